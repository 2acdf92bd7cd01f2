"""Move a template to another start year: every date by the same number of years, February's end to February's end."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from workflows.campaigns.planning import clamped
from workflows.campaigns.templates import from_json
from workflows.campaigns.types import CampaignTemplate

DATED = frozenset({"default_due_on", "starts_on", "ends_on", "cutoff_on", "supplement_on", "due", "opens_on"})
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
EARLIEST, LATEST = 2000, 2100  # years a template may be moved to


def year_of(text: str) -> int | None:
    """A start year as somebody typed it; None for what makes no sense."""
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return year if EARLIEST <= year <= LATEST else None


def starting_in(template: CampaignTemplate, year: int) -> CampaignTemplate:
    """The template as it would run if it began in `year`. Recurrences name days and months: they follow by themselves.

    Raises TemplateRefused when the moved dates are not sound.
    """
    years = year - template.starts_on.year
    return from_json(_shifted(template.data, years)) if years else template


def moved(day: date, years: int) -> date:
    """The same day another year; the last day of February stays the last day of February."""
    is_last = day.month == 2 and day == clamped(day.year, 2, 31)
    return clamped(day.year + years, day.month, 31 if is_last else day.day)


def _shifted(data: Mapping[str, Any], years: int) -> dict[str, Any]:
    return {name: _value(name, value, years) for name, value in data.items()}


def _value(name: str, value: Any, years: int) -> Any:
    if isinstance(value, Mapping):
        return _shifted(value, years)
    if name == "key_dates":
        return [_day(text, years) for text in value]
    if isinstance(value, list):
        return [_shifted(one, years) if isinstance(one, Mapping) else one for one in value]
    return _day(value, years) if name in DATED else value


def _day(value: Any, years: int) -> Any:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        return value
    return moved(date.fromisoformat(value), years).isoformat()
