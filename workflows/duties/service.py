"""What the unit process asks of the domain: rounds, going on, closing; and opening a task by hand."""

from __future__ import annotations

from datetime import datetime
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
from workflows.notifications.service import notify
from workflows.obligations.rules import Outcome, RoundKind, round_due
from workflows.subjects import Subject, group_of
from workflows.times import day_of, iso, parse_iso


def accept(_session: Session, job: JobContext) -> dict[str, Any]:
    """The lead office accepted: does the duty go on? A continuous one does until the campaign's end."""
    until = parse_iso(job.variables.get("goes_on_until"))
    return {"goes_on": until is not None and job.now < until}


def next_round(session: Session, job: JobContext) -> dict[str, Any]:
    """Begin another round: after a return with its reason, or because the duty goes on."""
    task = session.get_one(UnitTask, Subject.parse(job.business_key).id)
    kind = RoundKind(job.properties["kind"])
    due_at = parse_iso(job.variables.get("due_at"))
    task.due_at = round_due(kind, due_at=due_at, now=job.now, add_workdays=load(session).add)
    task.round += 1
    task.round_kind = kind.value
    task.submitted_at = None
    if kind is RoundKind.RETURN:
        data = {"title": task.title, "kind": kind.value, "reason": str(job.variables.get("reason") or "")}
        group = group_of("body", job.variables)
        notify(session, group, kind="round.return", subject=job.business_key, data=data, at=job.now)
    return {
        "round": task.round,
        "round_kind": kind.value,
        "step": 0,
        "step_waiting": None,
        "due_at": iso(task.due_at) if task.due_at else None,
    }


def close(session: Session, job: JobContext) -> None:
    """Write down the end and tell the body."""
    task = session.get_one(UnitTask, Subject.parse(job.business_key).id)
    task.outcome, task.closed_at = Outcome.COMPLIANT, job.now
    group = group_of("body", job.variables)
    notify(
        session,
        group,
        kind="obligation.closed",
        subject=job.business_key,
        data={"title": task.title},
        at=job.now,
    )


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
