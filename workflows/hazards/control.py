"""What the process asks when a hazard is major: control first, the two marks, supervision while it is fixed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.handlers import JobContext
from workflows.audit import service as audit
from workflows.hazards.intervals import Interval, day_after
from workflows.hazards.models import Hazard
from workflows.hazards.rules import CONTROL, HazardLevel, ladder_of
from workflows.notifications.service import notify_all
from workflows.subjectrows import rows_of
from workflows.subjects import group_of
from workflows.submissions.queries import last_at
from workflows.times import end_of_day, iso, morning_of


def begin_control(session: Session, job: JobContext) -> dict[str, Any]:
    """Interim measures, assessment and plan have a due date and a ladder of their own, the quicker one."""
    [hazard] = rows_of(session, Hazard, [job])
    hazard.level = HazardLevel.MAJOR
    due_on = day_after(session, Interval.CONTROL, HazardLevel.MAJOR, now=job.now)
    return {
        "round": CONTROL,
        "due_at": iso(end_of_day(due_on)),
        "ladder": ladder_of(HazardLevel.MAJOR),
        "step": 0,
    }


def record_listing(session: Session, job: JobContext) -> dict[str, Any]:
    """The two marks, each with the person who decided it; what was not asked of the government is not on its list."""
    [hazard] = rows_of(session, Hazard, [job])
    values = job.variables
    accounted = bool(values["request_account"] and values.get("accounted"))
    asked = bool(values["request_account"])
    if values["plated"]:
        by = _signer(session, job, "list_plate") if asked else values["actor"]
        hazard.plated_at, hazard.plated_by, hazard.plate_no = job.now, by, values.get("plate_no")
        _tell(session, job, "hazard.plated", str(values.get("plate_no") or ""), now=job.now)
    if accounted:
        hazard.accounted_at, hazard.accounted_by = job.now, values["actor"]
        hazard.account_no = values.get("account_no")
        _tell(session, job, "hazard.accounted", str(values.get("account_no") or ""), now=job.now)
    _note(session, job, plated=bool(values["plated"]), accounted=accounted)
    return {"accounted": accounted}


def _signer(session: Session, job: JobContext, node: str) -> str | None:
    """Who filled in the form of a node of this instance before the present one."""
    found = last_at(session, job.instance_id, node)
    return found.actor if found is not None else None


def _note(session: Session, job: JobContext, **marks: bool) -> None:
    audit.record(
        session,
        at=job.now,
        actor=job.variables["actor"],
        action="hazard.list",
        subject=job.business_key,
        detail=marks,
    )


def _tell(session: Session, job: JobContext, kind: str, number: str, *, now: datetime) -> None:
    groups = [group_of(role, job.variables) for role in ("safety_officer", "principal", "town_officer")]
    data = {"title": job.variables["title"], "number": number}
    notify_all(session, groups, kind=kind, subject=job.business_key, data=data, at=now)


def plan_supervision(session: Session, job: JobContext) -> dict[str, Any]:
    """When the department looks next while a major hazard is fixed; nobody does for a general one."""
    if job.variables["level"] != HazardLevel.MAJOR:
        return {"supervise_at": None}
    day = day_after(session, Interval.SUPERVISION, HazardLevel.MAJOR, now=job.now)
    return {"supervise_at": iso(morning_of(day))}


def upgrade(session: Session, job: JobContext) -> dict[str, Any]:
    """A general hazard turned out to be major: everybody hears at once, and it is controlled before it is fixed."""
    [hazard] = rows_of(session, Hazard, [job])
    hazard.level = HazardLevel.MAJOR
    hazard.round, hazard.round_kind = hazard.round + 1, "upgraded"
    data = {"title": job.variables["title"], "reason": job.variables["upgrade_reason"]}
    roles = ("department_officer", "town_officer", "lead_officer", "principal", "safety_officer")
    groups = [group_of(role, job.variables) for role in roles]
    notify_all(session, groups, kind="hazard.upgraded", subject=job.business_key, data=data, at=job.now)
    return {"level": HazardLevel.MAJOR.value, "reported_at": job.variables.get("reported_at") or iso(job.now)}
