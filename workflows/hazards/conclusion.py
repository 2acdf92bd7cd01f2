"""What the acceptance of a major hazard comes to: back to work, written off, suspended, shut down."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine.handlers import JobContext
from workflows.audit import service as audit
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardLevel, Outcome, ladder_of
from workflows.hazards.service import tell_obligations_of
from workflows.notifications.service import notify_all
from workflows.subjectrows import rows_of
from workflows.subjects import group_of
from workflows.times import end_of_day, iso

REWORK = "rework"


def conclude(session: Session, job: JobContext) -> dict[str, Any]:
    """How the acceptance ended, for the process; a write-off and a closure are written down with who decided."""
    outcome, values = job.properties["outcome"], job.variables
    if job.properties.get("written_off"):
        [hazard] = rows_of(session, Hazard, [job])
        hazard.written_off_at = job.now
        _decided(session, job, "hazard.write_off", {"reviewers": values["reviewers"]})
        _tell(session, job, "hazard.written_off", values["review_findings"])
    if outcome == Outcome.SHUT_DOWN:
        _shut_down(session, job)
    return {"outcome": outcome, "rework_reason": _reason(job) if outcome == REWORK else ""}


def _reason(job: JobContext) -> str:
    """What the form before the gateway said: the decision after the review, the consent or the acceptance."""
    values = job.variables
    if job.node == "review_failed":
        return str(values["suspension_opinion"])
    return str(values.get("consent_reason") or "" if values["passed"] else values["opinion"])


def _shut_down(session: Session, job: JobContext) -> None:
    """关闭: the body that may decide it has done so; a named person wrote down what and why."""
    [hazard] = rows_of(session, Hazard, [job])
    hazard.outcome, hazard.closed_at = Outcome.SHUT_DOWN, job.now
    session.flush()
    tell_obligations_of(session, [hazard], now=job.now)
    values = job.variables
    detail = {"outcome": values["closure_outcome"], "opinion": values["closure_opinion"]}
    _decided(session, job, "hazard.shut_down", detail)
    _tell(session, job, "hazard.shut_down", values["closure_opinion"])


def order_suspension(session: Session, job: JobContext) -> dict[str, Any]:
    """停产整顿: the enterprise has until the day that a named person wrote down; its rights were told."""
    [hazard] = rows_of(session, Hazard, [job])
    values = job.variables
    due_at = end_of_day(date.fromisoformat(values["rectify_due_on"]))
    hazard.round, hazard.round_kind, hazard.due_at = hazard.round + 1, "suspension", due_at
    hazard.fixed_at = hazard.verified_at = None
    again = values.get("closure") == "again"
    reason = values["closure_opinion"] if again else values["suspension_opinion"]
    detail = {"due_on": values["rectify_due_on"], "licences": values["licences"], "opinion": reason}
    _decided(session, job, "hazard.suspend", detail)
    _tell(session, job, "hazard.suspended", reason, due_at=iso(due_at))
    return {
        "round": hazard.round,
        "round_kind": "suspension",
        "due_at": iso(due_at),
        "ladder": ladder_of(HazardLevel.MAJOR),
        "step": 0,
    }


def _decided(session: Session, job: JobContext, action: str, detail: dict[str, Any]) -> None:
    actor = job.variables["actor"]
    audit.record(session, at=job.now, actor=actor, action=action, subject=job.business_key, detail=detail)


def _tell(session: Session, job: JobContext, kind: str, reason: str, **more: str) -> None:
    groups = [group_of(role, job.variables) for role in ("safety_officer", "principal", "town_officer")]
    data = {"title": job.variables["title"], "reason": reason, **more}
    notify_all(session, groups, kind=kind, subject=job.business_key, data=data, at=job.now)
