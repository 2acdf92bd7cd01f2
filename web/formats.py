"""How dates, numbers and lateness read on pages: the same words as in mail, so they live in `workflows/formats.py`."""

from workflows.formats import NONE, clock, day, extended, instant, lateness, local_day, number, percent, short

__all__ = [
    "NONE",
    "clock",
    "day",
    "extended",
    "instant",
    "lateness",
    "local_day",
    "number",
    "percent",
    "short",
]
