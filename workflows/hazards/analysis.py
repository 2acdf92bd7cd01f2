"""Hazards found in a period, counted as of an instant: rates by town, department, level, kind and source, and what is
behind each number. What was reopened since counts as not fixed; what was merged counts once, as the one it was merged
into.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from workflows.hazards.models import Hazard
from workflows.hazards.rates import Counts, Part
from workflows.hazards.rules import Outcome
from workflows.register.models import Enterprise
from workflows.sight import Sight
from workflows.times import end_of_day, start_of_day

PAGE = 50
MONTHS = 12


class Dimension(StrEnum):
    """By what a cohort is divided."""

    TOWN = "town"
    DEPARTMENT = "department"
    LEVEL = "level"
    KIND = "kind"
    SOURCE = "source"


COLUMNS: Mapping[Dimension, Any] = {
    Dimension.TOWN: Hazard.town_id,
    Dimension.DEPARTMENT: Hazard.department_id,
    Dimension.LEVEL: Hazard.level,
    Dimension.KIND: Hazard.kind,
    Dimension.SOURCE: Hazard.source,
}


@dataclass(frozen=True, slots=True)
class Cohort:
    """Hazards found from `first` to `last`, both days included, in sight, and perhaps of one town or department.

    `at` is the instant as of which they are counted.
    """

    first: date
    last: date
    at: datetime
    sight: Sight
    town_id: int | None = None
    department_id: int | None = None

    def conditions(self) -> Sequence[ColumnElement[bool]]:
        found = [
            Hazard.found_at >= start_of_day(self.first), Hazard.found_at <= min(end_of_day(self.last), self.at),
            or_(Hazard.outcome.is_(None), Hazard.outcome != Outcome.MERGED), self.sight.of(Hazard),
        ]  # fmt: skip
        if self.town_id is not None:
            found.append(Hazard.town_id == self.town_id)
        if self.department_id is not None:
            found.append(Hazard.department_id == self.department_id)
        return found


def part_of(part: Part, at: datetime) -> ColumnElement[bool]:
    """Which hazards of a cohort are in a part, as of `at`."""
    verified = Hazard.verified_at <= at
    still_open = or_(Hazard.verified_at.is_(None), Hazard.verified_at > at)
    found: Mapping[Part, ColumnElement[bool]] = {
        Part.FOUND: Hazard.id.is_not(None),
        Part.FIXED: or_(Hazard.fixed_at <= at, verified),
        Part.DUE: Hazard.due_at <= at,
        Part.IN_TIME: and_(Hazard.due_at <= at, verified, Hazard.verified_at <= Hazard.due_at),
        Part.LATE_OPEN: and_(Hazard.due_at < at, still_open),
        Part.DUE_ORIGINALLY: Hazard.original_due_at <= at,
        Part.IN_TIME_ORIGINALLY: and_(
            Hazard.original_due_at <= at, verified, Hazard.verified_at <= Hazard.original_due_at
        ),
        Part.LATE_OPEN_ORIGINALLY: and_(Hazard.original_due_at < at, still_open),
        Part.CLOSED: and_(verified, Hazard.closed_at <= at, Hazard.outcome == Outcome.CLOSED),
        Part.LISTED: or_(Hazard.plated_at <= at, Hazard.accounted_at <= at),
        Part.WRITTEN_OFF: Hazard.written_off_at <= at,
    }
    return found[part]


def counts(session: Session, cohort: Cohort) -> Counts:
    """Of the whole cohort."""
    return Counts(*session.execute(select(*_sums(cohort.at)).where(*cohort.conditions())).one())


def counts_by(session: Session, cohort: Cohort, by: Dimension) -> dict[Any, Counts]:
    """Town, department, level, kind or source -> its counts; None: no level or no kind yet. One grouped statement."""
    key = COLUMNS[by]
    rows = session.execute(select(key, *_sums(cohort.at)).where(*cohort.conditions()).group_by(key))
    return {row[0]: Counts(*row[1:]) for row in rows}


def _sums(at: datetime) -> list[ColumnElement[int]]:
    return [
        func.coalesce(func.sum(case((part_of(Part(one.name), at), 1), else_=0)), 0) for one in fields(Counts)
    ]


def rows(
    session: Session,
    cohort: Cohort,
    part: Part,
    *,
    by: Dimension | None = None,
    key: Any = None,
    offset: int = 0,
) -> list[tuple[Hazard, Enterprise]]:
    """What is behind a number: one page, one more than `PAGE` when there are further ones, the oldest first."""
    query = select(Hazard, Enterprise).join(Enterprise, Enterprise.id == Hazard.enterprise_id)
    query = query.where(*cohort.conditions(), part_of(part, cohort.at))
    if by is not None:
        query = query.where(COLUMNS[by].is_(None) if key is None else COLUMNS[by] == key)
    page = query.order_by(Hazard.found_at, Hazard.id).offset(offset).limit(PAGE + 1)
    return [(hazard, firm) for hazard, firm in session.execute(page)]


def months(session: Session, cohort: Cohort) -> list[tuple[Cohort, Counts]]:
    """The twelve months up to the cohort's last day, the oldest first, all as of the same instant."""
    last = cohort.last.replace(day=1)
    firsts = [_months_before(last, number) for number in range(MONTHS)]
    month = case(*((Hazard.found_at >= start_of_day(first), first.isoformat()) for first in firsts))
    year = replace(cohort, first=firsts[-1])
    rows = session.execute(select(month, *_sums(cohort.at)).where(*year.conditions()).group_by(month))
    found = {row[0]: Counts(*row[1:]) for row in rows}
    ends = [cohort.last, *(first - timedelta(days=1) for first in firsts[:-1])]
    newest_first = [
        (replace(cohort, first=first, last=end), found.get(first.isoformat(), Counts()))
        for first, end in zip(firsts, ends, strict=True)
    ]
    return newest_first[::-1]


def _months_before(first: date, number: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 - number, 12)
    return date(year, month + 1, 1)
