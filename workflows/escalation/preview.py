"""When the steps of a ladder would act for a sample due date, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.rules import SATURDAY, WorkdayCalendar
from workflows.escalation.rules import LadderStep, Unit, planned_at
from workflows.times import day_of


@dataclass(frozen=True, slots=True)
class Line:
    """A step with its instant, and whether that is a weekend that works (调休); or the year without a calendar."""

    step: LadderStep
    at: datetime | None
    is_swapped: bool = False
    missing: int | None = None


def preview(steps: Sequence[LadderStep], *, due_at: datetime, calendar: WorkdayCalendar) -> list[Line]:
    """The steps in their order; nothing is guessed for a year that nobody published."""
    return [_line(step, due_at, calendar) for step in steps]


def _line(step: LadderStep, due_at: datetime, calendar: WorkdayCalendar) -> Line:
    try:
        at = planned_at(step, due_at=due_at, add_workdays=calendar.add)
    except CalendarMissing as missing:
        return Line(step, None, missing=missing.year)
    return Line(step, at, is_swapped=step.unit is Unit.WORKDAY and day_of(at).weekday() >= SATURDAY)
