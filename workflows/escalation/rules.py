"""The ladder, pure: which step comes next, when, and whether it is still worth sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from workflows.calendar.exceptions import CalendarMissing
from workflows.times import day_of, morning_of

NO_STEP = 99  # beyond every row of the tables that older definitions ask themselves
NO_ACTION = "none"


class LadderAction(StrEnum):
    """What a step does; the rows of a table name them. Whatever punishes only drafts: a person decides."""

    REMIND = "remind"
    NOTIFY = "notify"
    TOWN_TASK = "town_task"
    DEPARTMENT_TASK = "department_task"
    DISTRICT_TASK = "district_task"
    COMMITTEE_TASK = "committee_task"
    DRAFT_CIRCULAR = "draft_circular"
    DRAFT_ENFORCEMENT = "draft_enforcement"
    REMIND_BODY = "remind_body"
    NOTIFY_BODY = "notify_body"
    OFFICE_TASK = "office_task"


REMINDERS = frozenset({LadderAction.REMIND, LadderAction.REMIND_BODY})


class Unit(StrEnum):
    """What a step's offset counts."""

    WORKDAY = "workday"
    MINUTE = "minute"


class Outcome(StrEnum):
    """A superseded step is recorded, not sent."""

    SENT = "sent"
    SUPERSEDED = "superseded"


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One row of a table; `offset` in its unit from the due day or instant, negative before it.

    The `number` stays with the row while the table changes around it, and is never given to another one.
    """

    number: int
    action: LadderAction
    offset: int
    recipient: str
    unit: Unit = Unit.WORKDAY


def planned_at(step: LadderStep, *, due_at: datetime, add_workdays: Callable[[date, int], date]) -> datetime:
    """The instant a step acts: always a working day, unless its ladder counts minutes.

    What belongs to the due day itself acts on the last working day up to it, early rather than late.

    Raises CalendarMissing from `add_workdays` when a year has no calendar yet.
    """
    if step.unit is Unit.MINUTE:
        return due_at + timedelta(minutes=step.offset)
    due_on = day_of(due_at)
    if step.offset == 0:
        return morning_of(add_workdays(due_on + timedelta(days=1), -1))
    return morning_of(add_workdays(due_on, step.offset))


def put_off(
    now: datetime, *, is_workday: Callable[[date], bool], add_workdays: Callable[[date, int], date]
) -> datetime | None:
    """The next working morning when nobody works today, else None. A year that nobody published puts nothing off."""
    today = day_of(now)
    try:
        return None if is_workday(today) else morning_of(add_workdays(today, 1))
    except CalendarMissing:
        return None


def is_superseded(step: LadderStep, following: datetime | None, *, now: datetime) -> bool:
    """After downtime a reminder is pointless when the step after it is due as well."""
    return step.action in REMINDERS and following is not None and following <= now


def left(steps: Sequence[LadderStep], taken: Mapping[int, int]) -> list[LadderStep]:
    """The steps that a round has not taken yet; `taken` says at which offset each number was."""
    return [step for step in steps if step.number not in taken]


def is_passed(step: LadderStep, taken: Mapping[int, int]) -> bool:
    """Whether the round has climbed higher already, so that a row which came later stays below."""
    return bool(taken) and step.offset < max(taken.values())
