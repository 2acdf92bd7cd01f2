"""Plan a round's ladder and act on its steps; called by the process, never by a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any, Final

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from engine import decisions
from engine.among import among_given
from engine.deployment import latest_version
from engine.handlers import JobContext
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.rules import WorkdayCalendar
from workflows.calendar.service import load
from workflows.escalation.models import Escalation
from workflows.escalation.rules import (
    REMINDERS,
    UNDATED_STEP,
    LadderAction,
    LadderStep,
    Outcome,
    Unit,
    after,
    is_superseded,
    planned_at,
    put_off,
)
from workflows.notifications.service import notify_each
from workflows.subjects import Subject, group_of
from workflows.times import iso, parse_iso
from workflows.transactional import once

_WRITTEN: Final = select(
    Escalation.subject_kind, Escalation.subject_id, Escalation.round, Escalation.step
).where(Escalation.subject_kind == bindparam("kind"), among_given(Escalation.subject_id, "ids"))
Add = Callable[[date, int], date]
Ladders = Callable[[str], list[LadderStep]]
MAX_STEPS = 50
_ladders: dict[tuple[str, str], list[LadderStep]] = {}  # by content hash: never stale


@dataclass(frozen=True, slots=True)
class Record:
    """A step to be written down: the round it belongs to, when it was due and planned, what became of it."""

    job: JobContext
    step: LadderStep
    due_at: datetime
    planned_at: datetime
    outcome: Outcome

    @property
    def subject(self) -> Subject:
        return Subject.parse(self.job.business_key)

    @property
    def key(self) -> tuple[str, int, int, int]:
        return self.subject.kind, self.subject.id, self.job.variables["round"], self.step.index


def ladder(session: Session, name: str) -> list[LadderStep]:
    """All steps of one ladder, read from the newest decision table row by row."""
    _, version = once(session, "ladder", lambda: latest_version(session, "escalation"))
    if (version, name) not in _ladders:
        _ladders[version, name] = _read_ladder(session, name)
    return _ladders[version, name]


def _read_ladder(session: Session, name: str) -> list[LadderStep]:
    steps: list[LadderStep] = []
    for index in range(MAX_STEPS):
        row = decisions.decide(
            session, key="escalation", decision="ladder", inputs={"ladder": name, "step": index}
        )
        if row["action"] == "none":
            break
        steps.append(
            LadderStep(
                index,
                LadderAction(row["action"]),
                int(row["offset"]),
                str(row["recipient"]),
                Unit(row["unit"]),
            )
        )
    return steps


def plan(session: Session, job: JobContext) -> dict[str, Any]:
    """The first step of a round. A subject without a due date has no ladder."""
    return plan_many(session, [job])[0]


def plan_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The first step of each round."""
    records: list[Record] = []
    add = cache(load(session).add)
    ladders = cache(partial(ladder, session))
    answers = [_planned(job, ladders, add, records) for job in jobs]
    _write(session, records)
    return answers


def _planned(job: JobContext, ladders: Ladders, add: Add, records: list[Record]) -> dict[str, Any]:
    due_at = parse_iso(job.variables.get("due_at"))
    if due_at is None:
        return {"step": UNDATED_STEP, "calendar_missing": False, "next_step_at": None}
    steps = ladders(job.variables["ladder"])
    following = _next(steps, job.variables.get("step_waiting") or 0, due_at, add)
    while _is_past_reminder(steps, following, now=job.now):
        step = steps[following["step"]]
        at = planned_at(step, due_at=due_at, add_workdays=add)
        records.append(Record(job, step, due_at, at, Outcome.SUPERSEDED))
        following = _next(steps, step.index + 1, due_at, add)
    return following


def _is_past_reminder(steps: list[LadderStep], following: dict[str, Any], *, now: datetime) -> bool:
    """Whether a reminder's time was over when the round opened: whoever just got the work needs none."""
    at = parse_iso(following["next_step_at"])
    return at is not None and at <= now and steps[following["step"]].action in REMINDERS


def act(session: Session, job: JobContext) -> dict[str, Any]:
    """Take one step: write it down once, tell whom it concerns, name the next.

    A step that comes late, after downtime or in a round that opened late, waits for the next working day; one that
    counts minutes waits for nothing.
    """
    return act_many(session, [job])[0]


def act_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """Take one step of each."""
    records: list[Record] = []
    calendar = load(session)
    ladders, add = cache(partial(ladder, session)), cache(calendar.add)
    answers = [_acted(job, ladders, calendar, add, records) for job in jobs]
    _write(session, records)
    return answers


def _acted(
    job: JobContext, ladders: Ladders, calendar: WorkdayCalendar, add: Add, records: list[Record]
) -> dict[str, Any]:
    due_at = parse_iso(job.variables["due_at"])
    assert due_at is not None  # plan() gives an undated subject no step
    steps = ladders(job.variables["ladder"])
    step = steps[job.variables["step"]]
    later = put_off(job.now, is_workday=calendar.is_workday, add_workdays=add)
    if later is not None and step.unit is Unit.WORKDAY:
        return {
            "step": step.index,
            "step_waiting": None,
            "calendar_missing": False,
            "next_step_at": iso(later),
        }
    at = planned_at(step, due_at=due_at, add_workdays=add)
    following = _next(steps, step.index + 1, due_at, add)
    superseded = is_superseded(step, parse_iso(following["next_step_at"]), now=job.now)
    outcome = Outcome.SUPERSEDED if superseded else Outcome.SENT
    records.append(Record(job, step, due_at, at, outcome))
    return following


def _next(steps: list[LadderStep], index: int, due_at: datetime, add: Add) -> dict[str, Any]:
    step = after(steps, index)
    if step is None:
        return {"step": index, "step_waiting": None, "calendar_missing": False, "next_step_at": None}
    try:
        at = planned_at(step, due_at=due_at, add_workdays=add)
    except CalendarMissing:
        return {"step": index, "step_waiting": index, "calendar_missing": True, "next_step_at": None}
    return {"step": index, "step_waiting": None, "calendar_missing": False, "next_step_at": iso(at)}


def _write(session: Session, records: Sequence[Record]) -> None:
    """Write each step down once, and send those that are not superseded."""
    known = _known(session, records)
    new = [one for one in records if one.key not in known]
    if not new:
        return
    session.connection().execute(insert(Escalation), [_row(one) for one in new])
    sent: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for one in new:
        if one.outcome is Outcome.SENT:
            values = one.job.variables
            data = {"title": values["title"], "due_at": iso(one.due_at), "offset": one.step.offset}
            notice = group_of(one.step.recipient, values), one.job.business_key, data
            sent.setdefault(one.step.action, []).append(notice)
    for action, notices in sent.items():
        notify_each(session, notices, kind=f"ladder.{action}", at=new[0].job.now)


def _known(session: Session, records: Sequence[Record]) -> set[tuple[str, int, int, int]]:
    """The keys among these that were written before."""
    subjects: dict[str, set[int]] = {}
    for one in records:
        subjects.setdefault(one.subject.kind, set()).add(one.subject.id)
    found: set[tuple[str, int, int, int]] = set()
    for kind, ids in subjects.items():
        rows = session.execute(_WRITTEN, {"kind": kind, "ids": list(ids)})
        found.update((k, i, r, s) for k, i, r, s in rows)
    return found


def _row(one: Record) -> dict[str, Any]:
    values = one.job.variables
    return {
        "campaign_id": one.job.group_id,
        "subject_kind": one.subject.kind,
        "subject_id": one.subject.id,
        "enterprise_id": values["enterprise_id"],
        "town_id": values["town_id"],
        "department_id": values["department_id"],
        "round": values["round"],
        "step": one.step.index,
        "action": one.step.action,
        "offset": one.step.offset,
        "candidate_group": group_of(one.step.recipient, values),
        "acted_at": one.job.now,
        "outcome": one.outcome,
        "planned_at": one.planned_at,
    }
