"""How many working days each week with reviews has, and the years of which nobody knows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from workflows.calendar.rules import DAY, WorkdayCalendar


@dataclass(frozen=True, slots=True)
class Weeks:
    """`workdays` by the Monday of a week, without weeks that touch one of the `unknown_years`."""

    workdays: Mapping[date, int]
    unknown_years: tuple[int, ...]


def weeks_of(calendar: WorkdayCalendar, mondays: Iterable[date]) -> Weeks:
    """What the calendar says of the weeks that begin on these days."""
    asked = set(mondays)
    found = {monday: calendar.in_week(monday) for monday in asked}
    years = {day.year for monday in asked for day in (monday, monday + 6 * DAY)}
    known = {monday: days for monday, days in found.items() if days is not None}
    return Weeks(known, tuple(sorted(years - calendar.years)))
