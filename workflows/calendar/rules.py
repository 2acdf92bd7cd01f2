"""Working days counted on a published calendar; pure, and silent about years that nobody published."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from workflows.calendar.exceptions import CalendarMissing

DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class WorkdayCalendar:
    """Monday to Friday, less the `days_off`, plus the `days_on` (调休), in the `years` that are published."""

    years: frozenset[int]
    days_off: frozenset[date]
    days_on: frozenset[date]

    def is_workday(self, day: date) -> bool:
        """Raises CalendarMissing for a day in an unpublished year."""
        if day.year not in self.years:
            raise CalendarMissing(year=day.year)
        return day in self.days_on or (day.weekday() < SATURDAY and day not in self.days_off)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after `day` (before it when n is negative); `day` itself when n is 0."""
        step = DAY if n > 0 else -DAY
        left = abs(n)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and with `end`; negative when `end` is the earlier day.

        `between(day, add(day, n)) == n`.
        """
        if end < start:
            return -sum(map(self.is_workday, days(end, start - DAY)))
        return sum(map(self.is_workday, days(start + DAY, end)))

    def at_least(self, start: date, end: date) -> int:
        """`between` for a later `end`, where days of years that nobody published count as none."""
        return sum(day.year in self.years and self.is_workday(day) for day in days(start + DAY, end))

    def count(self, first: date, last: date) -> int:
        """Working days from `first` to `last`, both included."""
        return sum(map(self.is_workday, days(first, last)))

    def in_week(self, monday: date) -> int | None:
        """Working days from `monday` to its Sunday; None when a day of them lies in an unpublished year."""
        sunday = monday + 6 * DAY
        return self.count(monday, sunday) if {monday.year, sunday.year} <= self.years else None

    def with_days(self, changes: Iterable[tuple[date, bool]]) -> WorkdayCalendar:
        """The same calendar where each (day, is_workday) of `changes` wins."""
        known = list(changes)
        if not known:
            return self
        off, on = set(self.days_off), set(self.days_on)
        for day, is_workday in known:
            (on if is_workday else off).add(day)
            (off if is_workday else on).discard(day)
        return replace(self, days_off=frozenset(off), days_on=frozenset(on))

    def with_years(self, years: Iterable[int]) -> WorkdayCalendar:
        """The same calendar where `years` are known afresh: their days off and on come through `with_days` alone."""
        fresh = frozenset(years)
        return (
            replace(
                self,
                years=self.years | fresh,
                days_off=frozenset(day for day in self.days_off if day.year not in fresh),
                days_on=frozenset(day for day in self.days_on if day.year not in fresh),
            )
            if fresh
            else self
        )


def days(first: date, last: date) -> Iterable[date]:
    """Each day from `first` to `last`, both included."""
    return (first + DAY * offset for offset in range((last - first).days + 1))
