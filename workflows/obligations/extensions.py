"""Extensions: asked for by the enterprise, decided by the department, carried into the round by a message."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.exceptions import Conflict, InvalidForm
from workflows.forms import FieldProblem
from workflows.hazards.models import Hazard
from workflows.notifications.service import notify
from workflows.obligations.models import Extension, Obligation
from workflows.subjects import Subject, SubjectKind, group_of
from workflows.times import day_of, end_of_day, iso

MIN_REASON = 10  # characters


def request(
    session: Session,
    subject: Subject,
    *,
    due_on: date,
    reason: str,
    office_id: int,
    actor: str,
    now: datetime,
) -> Extension:
    """Ask for a later due date.

    Raises InvalidForm for a date that is not later or lies behind, Conflict while another request is open,
    while its campaign is suspended, or when the work is over.
    """
    target = load_target(session, subject)
    if is_over(session, target):
        raise Conflict(what="subject-closed", at=target.closed_at)
    if _is_suspended(session, target):
        raise Conflict(what="campaign-suspended")
    _check(target, due_on=due_on, reason=reason, today=day_of(now))
    pending = (
        Extension.subject_kind == subject.kind,
        Extension.subject_id == subject.id,
        Extension.decided_at.is_(None),
    )
    if session.scalar(select(Extension.id).where(*pending)) is not None:
        raise Conflict(what="extension-pending")
    extension = Extension(
        subject_kind=subject.kind,
        subject_id=subject.id,
        requested_due_on=due_on,
        reason=reason,
        requested_by=actor,
        requested_at=now,
    )
    session.add(extension)
    session.flush()
    variables = {
        "subject": str(subject.kind),
        "subject_id": subject.id,
        "extension_id": extension.id,
        "title": target.title,
        "enterprise_id": target.enterprise_id,
        "town_id": target.town_id,
        "department_id": target.department_id,
        "office_id": office_id,
        "requested_due_on": due_on.isoformat(),
        "request_reason": reason,
    }
    key = str(Subject(SubjectKind.EXTENSION, extension.id))
    instance = runtime.start(
        session,
        key="extension",
        business_key=key,
        group_id=target.campaign_id,
        variables=variables,
        now=now,
        actor=actor,
    )
    extension.instance_id = instance.id
    return extension


def load_target(session: Session, subject: Subject) -> Obligation | Hazard:
    """The obligation or hazard an extension is about."""
    if subject.kind is SubjectKind.OBLIGATION:
        return session.get_one(Obligation, subject.id)
    return session.get_one(Hazard, subject.id)


def is_over(session: Session, target: Obligation | Hazard) -> bool:
    """Whether it is closed or its process has ended. The process stays locked, so that the answer holds."""
    instance = session.get_one(ProcessInstance, target.instance_id, with_for_update=True)
    closed = isinstance(target, Hazard) and target.closed_at is not None
    return closed or instance.status in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)


def _is_suspended(session: Session, target: Obligation | Hazard) -> bool:
    return session.get_one(ProcessInstance, target.instance_id).status is InstanceStatus.SUSPENDED


def is_later(target: Obligation | Hazard, due_on: date) -> bool:
    """Only a subject with a date can be given a later one."""
    return target.due_at is not None and due_on > day_of(target.due_at)


def _check(target: Obligation | Hazard, *, due_on: date, reason: str, today: date) -> None:
    problems = []
    if not is_later(target, due_on):
        problems.append(FieldProblem("due_on", "not-later", {"due_at": target.due_at and iso(target.due_at)}))
    elif due_on < today:
        problems.append(FieldProblem("due_on", "not-future"))
    if len(reason.strip()) < MIN_REASON:
        problems.append(FieldProblem("reason", "minLength", {"limit": MIN_REASON}))
    if problems:
        raise InvalidForm(problems=problems)


def grant(session: Session, job: JobContext) -> None:
    """Set the new due date and re-enter the round; what was submitted meanwhile only gets the date.

    What has ended since the request keeps its date.
    """
    extension = session.get_one(Extension, job.variables["extension_id"])
    due_on = date.fromisoformat(job.variables["decided_due_on"])
    _decide(session, job, extension, granted=True, due_on=due_on)
    subject = Subject(SubjectKind(extension.subject_kind), extension.subject_id)
    target = load_target(session, subject)
    if is_over(session, target):
        return
    payload = {"due_at": iso(end_of_day(due_on))}
    received = runtime.correlate(
        session, name="extension_granted", correlation_key=str(subject), payload=payload, now=job.now
    )
    target.due_at = end_of_day(due_on)
    if not received and target.instance_id is not None:
        runtime.set_variables(session, target.instance_id, payload, now=job.now, actor="system")


def refuse(session: Session, job: JobContext) -> None:
    """The due date stays; the enterprise learns why."""
    extension = session.get_one(Extension, job.variables["extension_id"])
    _decide(session, job, extension, granted=False, due_on=None)


def _decide(
    session: Session, job: JobContext, extension: Extension, *, granted: bool, due_on: date | None
) -> None:
    extension.granted, extension.decided_at, extension.decided_due_on = granted, job.now, due_on
    subject = Subject(SubjectKind(extension.subject_kind), extension.subject_id)
    data: dict[str, Any] = {
        "title": job.variables["title"],
        "due_on": due_on and due_on.isoformat(),
        "reason": job.variables.get("reason") or "",
    }
    kind = "extension.granted" if granted else "extension.refused"
    notify(
        session,
        group_of("safety_officer", job.variables),
        kind=kind,
        subject=str(subject),
        data=data,
        at=job.now,
    )


def of_subject(session: Session, subject: Subject) -> list[Extension]:
    """Every request for a subject, oldest first."""
    query = select(Extension).where(
        Extension.subject_kind == subject.kind, Extension.subject_id == subject.id
    )
    return list(session.scalars(query.order_by(Extension.id)))
