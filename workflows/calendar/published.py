"""The working days that the State Council has published, as the library chinesecalendar carries them."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from chinese_calendar import constants

from workflows.calendar.rules import WorkdayCalendar


@lru_cache(1)
def published() -> WorkdayCalendar:
    """Known from the library's first to its last year (2004 to 2026 in version 1.11)."""
    return WorkdayCalendar(
        years=frozenset(day.year for day in constants.holidays),
        days_off=frozenset(constants.holidays),
        days_on=frozenset(constants.workdays),
    )


@lru_cache(1)
def names() -> dict[date, str]:
    """The holiday that each exceptional day of the library belongs to, in Chinese."""
    return {
        day: constants.Holiday(name).chinese
        for day, name in (constants.holidays | constants.workdays).items()
    }
