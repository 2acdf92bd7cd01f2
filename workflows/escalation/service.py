"""Plan a round's ladder and act on its steps; called by the process, never by a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from engine import decisions
from engine.handlers import JobContext
from engine.models import ProcessDefinition
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load
from workflows.escalation.models import Escalation
from workflows.escalation.rules import (
    UNDATED_STEP,
    LadderAction,
    LadderStep,
    Outcome,
    after,
    is_superseded,
    planned_at,
    put_off,
)
from workflows.notifications.service import notify
from workflows.subjects import Subject, group_of
from workflows.times import iso, parse_iso

MAX_STEPS = 50
_ladders: dict[tuple[str, str], list[LadderStep]] = {}  # by content hash: never stale


def ladder(session: Session, name: str) -> list[LadderStep]:
    """All steps of one ladder, read from the newest decision table row by row."""
    version = _version(session)
    if (version, name) not in _ladders:
        _ladders[version, name] = _read_ladder(session, name)
    return _ladders[version, name]


def _version(session: Session) -> str:
    """The content hash of the newest deployment, without the files of it."""
    newest = select(ProcessDefinition.hash).where(ProcessDefinition.key == "escalation")
    newest = newest.order_by(ProcessDefinition.deployed_at.desc(), ProcessDefinition.version.desc())
    return session.scalars(newest.limit(1)).one()


def _read_ladder(session: Session, name: str) -> list[LadderStep]:
    steps: list[LadderStep] = []
    for index in range(MAX_STEPS):
        row = decisions.decide(
            session, key="escalation", decision="ladder", inputs={"ladder": name, "step": index}
        )
        if row["action"] == "none":
            break
        steps.append(
            LadderStep(index, LadderAction(row["action"]), int(row["offset"]), str(row["recipient"]))
        )
    return steps


def plan(session: Session, job: JobContext) -> dict[str, Any]:
    """The first step of a round. A subject without a due date has no ladder."""
    due_at = parse_iso(job.variables.get("due_at"))
    if due_at is None:
        return {"step": UNDATED_STEP, "calendar_missing": False, "next_step_at": None}
    steps, add = ladder(session, job.variables["ladder"]), load(session).add
    following = _next(steps, job.variables.get("step_waiting") or 0, due_at, add)
    while _is_past_reminder(steps, following, now=job.now):
        step = steps[following["step"]]
        at = planned_at(step, due_at=due_at, add_workdays=add)
        _record(session, job, step, due_at=due_at, at=at, outcome=Outcome.SUPERSEDED)
        following = _next(steps, step.index + 1, due_at, add)
    return following


def _is_past_reminder(steps: list[LadderStep], following: dict[str, Any], *, now: datetime) -> bool:
    """Whether a reminder's time was over when the round opened: whoever just got the work needs none."""
    at = parse_iso(following["next_step_at"])
    return at is not None and at <= now and steps[following["step"]].action is LadderAction.REMIND


def act(session: Session, job: JobContext) -> dict[str, Any]:
    """Take one step: write it down once, tell whom it concerns, name the next.

    A step that comes late, after downtime or in a round that opened late, waits for the next working day.
    """
    due_at = parse_iso(job.variables["due_at"])
    assert due_at is not None  # plan() gives an undated subject no step
    calendar = load(session)
    steps, add = ladder(session, job.variables["ladder"]), calendar.add
    step = steps[job.variables["step"]]
    later = put_off(job.now, is_workday=calendar.is_workday, add_workdays=add)
    if later is not None:
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
    _record(session, job, step, due_at=due_at, at=at, outcome=outcome)
    return following


def _next(
    steps: list[LadderStep], index: int, due_at: datetime, add: Callable[[date, int], date]
) -> dict[str, Any]:
    step = after(steps, index)
    if step is None:
        return {"step": index, "step_waiting": None, "calendar_missing": False, "next_step_at": None}
    try:
        at = planned_at(step, due_at=due_at, add_workdays=add)
    except CalendarMissing:
        return {"step": index, "step_waiting": index, "calendar_missing": True, "next_step_at": None}
    return {"step": index, "step_waiting": None, "calendar_missing": False, "next_step_at": iso(at)}


def _record(
    session: Session, job: JobContext, step: LadderStep, *, due_at: datetime, at: datetime, outcome: Outcome
) -> None:
    subject = Subject.parse(job.business_key)
    values = job.variables
    known = select(Escalation.id).where(
        Escalation.subject_kind == subject.kind,
        Escalation.subject_id == subject.id,
        Escalation.round == values["round"],
        Escalation.step == step.index,
    )
    if session.scalar(known) is not None:
        return
    group = group_of(step.recipient, values)
    session.execute(
        insert(Escalation).values(
            campaign_id=job.group_id,
            subject_kind=subject.kind,
            subject_id=subject.id,
            enterprise_id=values["enterprise_id"],
            town_id=values["town_id"],
            department_id=values["department_id"],
            round=values["round"],
            step=step.index,
            action=step.action,
            offset=step.offset,
            candidate_group=group,
            acted_at=job.now,
            outcome=outcome,
            planned_at=at,
        )
    )
    if outcome is Outcome.SENT:
        data = {"title": values["title"], "due_at": iso(due_at), "offset": step.offset}
        notify(session, group, kind=f"ladder.{step.action}", subject=str(subject), data=data, at=job.now)
