"""What the unit process asks of the domain: rounds, going on, closing; and opening a task by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from engine.handlers import JobContext
from workflows.audit import service as audit
from workflows.calendar.service import load
from workflows.campaigns.models import Campaign
from workflows.campaigns.planning import BodyTarget, Occurrence, answering, phase_at
from workflows.campaigns.scope import Scope
from workflows.campaigns.service import template_of
from workflows.duties.bodies import bodies_of
from workflows.duties.dispatch import insert_unit_tasks
from workflows.duties.models import UnitTask
from workflows.exceptions import NotFound
from workflows.notifications.service import notify_each
from workflows.obligations.rules import Outcome, RoundKind, round_due
from workflows.subjectrows import rows_of
from workflows.subjects import group_of
from workflows.times import day_of, iso, parse_iso


def accept(_session: Session, job: JobContext) -> dict[str, Any]:
    """The lead office accepted: does the duty go on? A continuous one does until the campaign's end."""
    until = parse_iso(job.variables.get("goes_on_until"))
    return {"goes_on": until is not None and job.now < until}


def accept_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    return [accept(session, job) for job in jobs]


def next_round(session: Session, job: JobContext) -> dict[str, Any]:
    """Begin another round: after a return with its reason, or because the duty goes on."""
    return next_rounds(session, [job])[0]


def next_rounds(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    pairs = list(zip(jobs, rows_of(session, UnitTask, jobs), strict=True))
    add = cache(load(session).add)
    answers = [_begun(task, job, add) for job, task in pairs]
    returned = [
        (group_of("body", job.variables), job.business_key, _returned(task, job))
        for job, task in pairs
        if job.properties["kind"] == RoundKind.RETURN
    ]
    notify_each(session, returned, kind="round.return", at=jobs[0].now)
    return answers


def _returned(task: UnitTask, job: JobContext) -> dict[str, Any]:
    reason = str(job.variables.get("reason") or "")
    return {"title": task.title, "kind": RoundKind.RETURN.value, "reason": reason}


def _begun(task: UnitTask, job: JobContext, add: Callable[[date, int], date]) -> dict[str, Any]:
    kind = RoundKind(job.properties["kind"])
    due_at = parse_iso(job.variables.get("due_at"))
    task.due_at = round_due(kind, due_at=due_at, now=job.now, add_workdays=add)
    task.round += 1
    task.round_kind = kind.value
    task.submitted_at = None
    return {
        "round": task.round,
        "round_kind": kind.value,
        "step": 0,
        "due_at": iso(task.due_at) if task.due_at else None,
    }


def withdraw(session: Session, job: JobContext) -> dict[str, Any]:
    """The body goes on with what it had filed: the same round, the same due date, the same ladder."""
    [task] = rows_of(session, UnitTask, [job])
    task.submitted_at = None
    return {"step": 0}


def close(session: Session, job: JobContext) -> None:
    """Write down the end and tell the body."""
    close_many(session, [job])


def close_many(session: Session, jobs: Sequence[JobContext]) -> list[None]:
    """The same for many."""
    notices = []
    for job, task in zip(jobs, rows_of(session, UnitTask, jobs), strict=True):
        task.outcome, task.closed_at = Outcome.COMPLIANT, job.now
        notices.append((group_of("body", job.variables), job.business_key, {"title": task.title}))
    notify_each(session, notices, kind="obligation.closed", at=jobs[0].now)
    return [None] * len(jobs)


def open_by_hand(
    session: Session, campaign: Campaign, *, duty_code: str, body_id: int, actor: str, now: datetime
) -> UnitTask:
    """Open a duty that comes with a finding (U8), for one body; its period is the instant.

    Raises NotFound for a duty that is dispatched by date or a body it does not fall to.
    """
    template = template_of(campaign)
    duty = next((one for one in template.duties if one.code == duty_code and not one.dispatched), None)
    target = _target(session, campaign, duty_code, body_id) if duty else None
    if duty is None or target is None:
        raise NotFound(what="duty", code=duty_code)
    occurrence = Occurrence(duty, iso(now), phase_at(template, day_of(now)), day_of(now), None)
    [number] = insert_unit_tasks(session, campaign, [(occurrence, target)], now=now, opened_by=actor)
    task = session.get_one(UnitTask, number)
    task.title = duty.title
    audit.record(
        session, at=now, actor=actor, action="duty.open", subject=f"unit_task:{number}",
        detail={"duty": duty_code, "body_id": body_id},
    )  # fmt: skip
    return task


def _target(session: Session, campaign: Campaign, duty_code: str, body_id: int) -> BodyTarget | None:
    bodies = bodies_of(session, scope=Scope.from_json(campaign.scope), office_id=campaign.office_id)
    targets = answering(template_of(campaign).duty(duty_code), bodies)
    return next((one for one in targets if one.organization_id == body_id), None)
