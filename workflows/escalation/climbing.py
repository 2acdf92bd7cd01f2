"""One round on its ladder, pure: what is written down when it opens or a timer fires, and what it waits for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.rules import WorkdayCalendar
from workflows.escalation.rules import (
    NO_ACTION,
    NO_STEP,
    REMINDERS,
    LadderStep,
    Outcome,
    Unit,
    is_passed,
    is_superseded,
    left,
    planned_at,
    put_off,
)
from workflows.escalation.table import Table
from workflows.times import iso

Add = Callable[[date, int], date]


@dataclass(frozen=True, slots=True)
class Done:
    """A step to be written down: when it was planned, what became of it."""

    step: LadderStep
    planned_at: datetime
    outcome: Outcome


@dataclass(slots=True)
class Climb:
    """A round on the table of its campaign; `taken` holds the offset of each step that it took, by number."""

    table: Table
    ladder: str
    due_at: datetime
    taken: dict[int, int]
    now: datetime
    add: Add
    done: list[Done] = field(default_factory=list)

    def plan(self) -> dict[str, Any]:
        """What the round waits for when it opens: whoever just got the work needs no reminder of an earlier time."""
        while (step := self._next()) is not None:
            at = self._at(step)
            if at is None or at > self.now or step.action not in REMINDERS:
                return self._waits(step, at)
            self._note(step, at, Outcome.SUPERSEDED)
        return nothing()

    def act(self, calendar: WorkdayCalendar, *, armed: int | None) -> dict[str, Any]:
        """Take the step whose time has come, if the table still has one, and say what the round waits for.

        `armed` is the number of the step that the timer was set for under this very table: it keeps its instant.
        A step that comes late waits for the next working day; one that counts minutes waits for nothing.
        """
        step = self._next()
        if step is None:
            return nothing()
        at = self._at(step)
        if at is None or (at > self.now and step.number != armed):
            return self._waits(step, at)
        later = put_off(self.now, is_workday=calendar.is_workday, add_workdays=self.add)
        if later is not None and step.unit is Unit.WORKDAY:
            return self._waits(step, later)
        self._take(step, at)
        following = self._next()
        return nothing() if following is None else self._waits(following, self._at(following))

    def _next(self) -> LadderStep | None:
        """The next step that is still to be taken; rows below those that were taken are written down and passed."""
        for step in left(self.table.steps(self.ladder), self.taken):
            if not is_passed(step, self.taken):
                return step
            self._note(step, self._at(step) or self.now, Outcome.SUPERSEDED)
        return None

    def _take(self, step: LadderStep, at: datetime) -> None:
        others = left(self.table.steps(self.ladder), {**self.taken, step.number: step.offset})
        following = next((one for one in others if not is_passed(one, self.taken)), None)
        next_at = None if following is None else self._at(following)
        superseded = is_superseded(step, next_at, now=self.now)
        self._note(step, at, Outcome.SUPERSEDED if superseded else Outcome.SENT)

    def _note(self, step: LadderStep, at: datetime, outcome: Outcome) -> None:
        self.done.append(Done(step, at, outcome))
        self.taken[step.number] = step.offset

    def _at(self, step: LadderStep) -> datetime | None:
        """When the step acts; None while a year on the way has no calendar."""
        try:
            return planned_at(step, due_at=self.due_at, add_workdays=self.add)
        except CalendarMissing:
            return None

    def _waits(self, step: LadderStep, at: datetime | None) -> dict[str, Any]:
        return {
            "action": step.action.value,
            "step": step.number,
            "calendar_missing": at is None,
            "next_step_at": None if at is None else iso(at),
            "ladder_table": self.table.hash,
        }


def nothing() -> dict[str, Any]:
    """There is no further step; `step` says so to definitions that ask a table of their own."""
    return {
        "action": NO_ACTION,
        "step": NO_STEP,
        "calendar_missing": False,
        "next_step_at": None,
        "ladder_table": None,
    }
