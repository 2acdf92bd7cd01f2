"""How dates, numbers and lateness read on pages: the same words as in mail, so they live in `workflows/formats.py`."""

from workflows.formats import (
    MOST_IN_MENU,
    NONE,
    clock,
    day,
    extended,
    instant,
    lateness,
    local_day,
    number,
    of_menu,
    percent,
    short,
)

__all__ = [
    "MOST_IN_MENU",
    "NONE",
    "clock",
    "day",
    "extended",
    "instant",
    "lateness",
    "local_day",
    "number",
    "of_menu",
    "percent",
    "short",
]
