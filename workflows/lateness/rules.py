"""What counts as late and how late it is, pure: kinds, dimensions, buckets of working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache

from workflows.calendar.rules import DAY, WorkdayCalendar
from workflows.times import day_of, next_midnight

REVIEW_WORKDAYS = 3  # [D] no source gives reviewers a time; at least `triggers.SLOW_DAYS`
BUCKETS = (
    (0, 2),
    (3, 6),
    (7, 11),
    (12, 14),
    (15, 10_000),
)  # working days late; the ladder's steps lie between


class Kind(StrEnum):
    """What can be late: whose work it is."""

    OBLIGATION = "obligation"
    DUTY = "unit_task"
    HAZARD = "hazard"
    REVIEW = "review"


class Dimension(StrEnum):
    """By what the board is grouped."""

    TOWN = "town"
    INDUSTRY = "industry"
    DEPARTMENT = "department"
    ITEM = "item"
    STEP = "step"
    BODY = "body"
    REVIEWER = "reviewer"


DIMENSIONS: Mapping[Kind, tuple[Dimension, ...]] = {
    Kind.OBLIGATION: (
        Dimension.TOWN,
        Dimension.INDUSTRY,
        Dimension.DEPARTMENT,
        Dimension.ITEM,
        Dimension.STEP,
    ),
    Kind.DUTY: (Dimension.BODY, Dimension.ITEM, Dimension.STEP),
    Kind.HAZARD: (Dimension.TOWN, Dimension.INDUSTRY, Dimension.DEPARTMENT, Dimension.STEP),
    Kind.REVIEW: (Dimension.REVIEWER, Dimension.TOWN, Dimension.INDUSTRY, Dimension.DEPARTMENT),
}


@dataclass(frozen=True, slots=True)
class Cuts:
    """Instants that separate the buckets: bucket `n` holds what is before `at[n]` and not before `at[n + 1]`.

    None: nothing is that old, since no calendar that far back was published.
    """

    at: tuple[datetime | None, ...]

    def span(self, bucket: int) -> tuple[datetime | None, datetime | None]:
        """From (None: from ever) and before (None: there is nothing) of one bucket."""
        return (self.at[bucket + 1] if bucket + 1 < len(self.at) else None), self.at[bucket]

    def bucket(self, moment: datetime) -> int:
        """The bucket of an instant: what no younger cut holds is in the oldest that there is."""
        known = [edge for edge in self.at[1:] if edge is not None]
        return next((n for n, edge in enumerate(known) if moment >= edge), len(known))


@lru_cache(maxsize=64)
def cuts(kind: Kind, calendar: WorkdayCalendar, *, at: datetime) -> Cuts:
    """The cuts for due instants; for reviews those for the instant at which a review began to wait.

    An obligation is late from its due instant on. A review is late once more than `REVIEW_WORKDAYS` working days
    have come since the day it came in.
    """
    today = day_of(at)
    if kind is Kind.REVIEW:
        first = _cut(calendar, today, REVIEW_WORKDAYS + 1)
        return Cuts((first, *(_cut(calendar, today, REVIEW_WORKDAYS + low) for low, _ in BUCKETS[1:])))
    return Cuts((at, *(_cut(calendar, today, low) for low, _ in BUCKETS[1:])))


def _cut(calendar: WorkdayCalendar, today: date, workdays: int) -> datetime | None:
    """The end of the last day that at least so many working days have followed, up to today."""
    earliest = min(calendar.years, default=today.year)
    day = today
    while workdays:
        if day.year < earliest:
            return None
        workdays -= day.year in calendar.years and calendar.is_workday(day)
        day -= DAY
    return next_midnight(day)


def workdays_late(due_at: datetime | None, calendar: WorkdayCalendar, *, now: datetime) -> int:
    """Working days since the due day; 0 on a weekend right after it, at least so many where a year is unpublished."""
    return calendar.at_least(day_of(due_at), day_of(now)) if due_at else 0


def days_late(kind: Kind, moment: datetime, calendar: WorkdayCalendar, *, at: datetime) -> int:
    """Working days since the due day, or those a review has waited beyond its limit."""
    return workdays_late(moment, calendar, now=at) - (REVIEW_WORKDAYS if kind is Kind.REVIEW else 0)


def bucket_of(workdays: int) -> int:
    """The index in `BUCKETS`."""
    return next(index for index, (low, high) in enumerate(BUCKETS) if low <= workdays <= high)
