"""What the obligation process asks of the domain: notice, hazards, rounds, sampling, closing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.handlers import JobContext
from workflows.calendar.service import load
from workflows.escalation.models import Escalation
from workflows.hazards import service as hazards
from workflows.hazards.models import Hazard
from workflows.notifications.service import notify
from workflows.obligations.models import Obligation
from workflows.obligations.rules import Outcome, RoundKind, is_late, is_sampled, round_due
from workflows.subjects import Subject, SubjectKind, group_of
from workflows.times import iso, parse_iso


def notify_enterprise(_session: Session, job: JobContext) -> dict[str, Any]:
    """Remember when the obligation reached the enterprise; the dispatch sends one notice for all of them."""
    return {"notified_at": iso(job.now)}


def open_hazards(session: Session, job: JobContext) -> dict[str, Any]:
    """Open one hazard for each defect that the self-check named.

    A form that comes back brings its defects along when it is sent again: what is still open is not opened twice.
    """
    obligation = session.get_one(Obligation, Subject.parse(job.business_key).id)
    still_open = hazards.open_ids(session, obligation.id)
    registered = {
        (title, place): number for title, place, number in job.variables.get("registered_defects", [])
    }
    for defect in job.variables["defects"]:
        key = defect["title"], defect["place"]
        if registered.get(key) not in still_open:
            registered[key] = _open_hazard(session, obligation, defect, job).id
    return {
        "open_hazards": len(hazards.open_ids(session, obligation.id)),
        "registered_defects": [[title, place, number] for (title, place), number in registered.items()],
        "defects": [],
    }


def _open_hazard(
    session: Session, obligation: Obligation, defect: Mapping[str, str], job: JobContext
) -> Hazard:
    return hazards.open_hazard(
        session, enterprise_id=obligation.enterprise_id, campaign_id=obligation.campaign_id,
        obligation_id=obligation.id, title=defect["title"], place=defect["place"],
        description=defect.get("description", ""), found_by=job.variables["actor"], now=job.now,
    )  # fmt: skip


def next_round(session: Session, job: JobContext) -> dict[str, Any]:
    """Begin another round: count it, set its due date, tell the enterprise why."""
    obligation = session.get_one(Obligation, Subject.parse(job.business_key).id)
    kind = RoundKind(job.properties["kind"])
    late = is_late(obligation.due_at, submitted_at=obligation.submitted_at, now=job.now)
    due_at = parse_iso(job.variables.get("due_at"))
    obligation.due_at = round_due(kind, due_at=due_at, now=job.now, add_workdays=load(session).add)
    obligation.round += 1
    obligation.round_kind = kind.value
    obligation.submitted_at = None
    data = {"title": obligation.title, "kind": kind.value, "reason": _reason(kind, job)}
    group = group_of("safety_officer", job.variables)
    notify(session, group, kind=f"round.{kind}", subject=job.business_key, data=data, at=job.now)
    return {
        "round": obligation.round,
        "round_kind": kind.value,
        "step": 0,
        "step_waiting": None,
        "due_at": iso(obligation.due_at) if obligation.due_at else None,
        "was_overdue": late or job.variables.get("was_overdue", False),
    }


def _reason(kind: RoundKind, job: JobContext) -> str:
    field = {RoundKind.RETURN: "reason", RoundKind.SITE_FAILED: "findings"}.get(kind)
    return str(job.variables.get(field) or "") if field else ""


def draw_sample(session: Session, job: JobContext) -> dict[str, Any]:
    """Decide whether somebody goes and looks."""
    subject = Subject.parse(job.business_key)
    was_overdue = job.variables.get("was_overdue", False) or _was_overdue(session, subject, job)
    risk_is_major = bool(job.variables["risk_major"])
    seed = f"{job.group_id}/{subject}"
    return {"sampled": is_sampled(seed=seed, risk_is_major=risk_is_major, was_overdue=was_overdue)}


def _was_overdue(session: Session, subject: Subject, job: JobContext) -> bool:
    """Submitted after its date, or a step after a date was taken in any round: an extension may have moved it."""
    obligation = session.get_one(Obligation, subject.id)
    if is_late(obligation.due_at, submitted_at=obligation.submitted_at, now=job.now):
        return True
    late = select(Escalation.id).where(
        Escalation.subject_kind == SubjectKind.OBLIGATION,
        Escalation.subject_id == subject.id,
        Escalation.offset > 0,
    )
    return session.scalar(late.limit(1)) is not None


def close(session: Session, job: JobContext) -> None:
    """Write down the end."""
    obligation = session.get_one(Obligation, Subject.parse(job.business_key).id)
    result = job.variables["result"]
    obligation.outcome = Outcome.DEFECTS_FIXED if result == "defects" else Outcome(result)
    obligation.closed_at = job.now
    notify(
        session,
        group_of("safety_officer", job.variables),
        kind="obligation.closed",
        subject=job.business_key,
        data={"title": obligation.title},
        at=job.now,
    )
