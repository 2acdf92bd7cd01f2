"""Open a hazard, and what the hazard process asks of the domain."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.calendar.service import load
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardLevel, ladder_of
from workflows.notifications.service import notify, notify_all
from workflows.obligations.models import Obligation
from workflows.organizations.queries import office_id
from workflows.register.models import Enterprise
from workflows.rounds import fifth_workday
from workflows.subjects import Subject, SubjectKind, group_of
from workflows.times import end_of_day, iso

VERIFICATION_FAILED = "verification_failed"  # the kind that hazard.bpmn gives `next_round`
PREPARATION = 0  # before the first round of fixing: the ladder's record counts it apart


def open_hazard(
    session: Session,
    *,
    enterprise_id: int,
    campaign_id: int | None = None,
    obligation_id: int | None = None,
    title: str,
    place: str,
    description: str,
    found_by: str,
    now: datetime,
) -> Hazard:
    """Register a hazard and start its loop; the report is the first task.

    Until a plan gives the hazard its date, report, assessment and plan are due within five working days, and a
    ladder stands beside them: nobody lets a hazard rest by not planning its fix.
    """
    enterprise = session.get_one(Enterprise, enterprise_id)
    hazard = Hazard(
        campaign_id=campaign_id,
        obligation_id=obligation_id,
        enterprise_id=enterprise_id,
        town_id=enterprise.town_id,
        department_id=enterprise.department_id,
        title=title,
        place=place,
        description=description,
        found_at=now,
        found_by=found_by,
    )
    session.add(hazard)
    session.flush()
    variables = {
        "hazard_id": hazard.id,
        "obligation_id": obligation_id,
        "enterprise_id": enterprise_id,
        "title": title,
        "town_id": enterprise.town_id,
        "department_id": enterprise.department_id,
        "office_id": office_id(session),
        "ladder": ladder_of(HazardLevel.GENERAL),
        "round": PREPARATION,
        "round_kind": "first",
        "due_at": iso(fifth_workday(now, load(session).add)),
        "step": 0,
        "place": place,
        "description": description,
    }
    instance = runtime.start(
        session,
        key="hazard",
        business_key=str(Subject(SubjectKind.HAZARD, hazard.id)),
        group_id=campaign_id,
        variables=variables,
        now=now,
        actor=found_by,
    )
    hazard.instance_id = instance.id
    session.flush()
    return hazard


def open_ids(session: Session, obligation_id: int) -> set[int]:
    """The hazards of this obligation that are not closed."""
    still_open = Hazard.obligation_id == obligation_id, Hazard.closed_at.is_(None)
    return set(session.scalars(select(Hazard.id).where(*still_open)))


def report_at_once(session: Session, job: JobContext) -> dict[str, Any]:
    """A hazard that looks major, or that the town confirms as major, is reported at once, and only once (seed 004)."""
    if job.variables.get("reported_at"):
        return {}
    groups = [
        group_of(role, job.variables)
        for role in ("department_officer", "town_officer", "lead_officer", "principal")
    ]
    notify_all(
        session,
        groups,
        kind="hazard.major",
        subject=job.business_key,
        data={"title": job.variables["title"]},
        at=job.now,
    )
    return {"reported_at": iso(job.now)}


def schedule(session: Session, job: JobContext) -> dict[str, Any]:
    """Take level and due date from the plan; the ladder follows from the level."""
    hazard = session.get_one(Hazard, Subject.parse(job.business_key).id)
    hazard.level = HazardLevel(job.variables["level"])
    hazard.due_at = hazard.original_due_at = end_of_day(date.fromisoformat(job.variables["due_on"]))
    return {
        "round": hazard.round,
        "due_at": iso(hazard.due_at),
        "ladder": ladder_of(HazardLevel(hazard.level)),
        "step": 0,
        "step_waiting": None,
    }


def next_round(session: Session, job: JobContext) -> dict[str, Any]:
    """Begin another round of fixing: after a failed verification or a granted extension.

    A failed verification moves no date: what is dangerous and late is late, and the new round's ladder says so at
    once. More time for a hazard is a person's decision, an extension.
    """
    hazard = session.get_one(Hazard, Subject.parse(job.business_key).id)
    kind = job.properties["kind"]
    hazard.round += 1
    hazard.round_kind = kind
    hazard.due_at = datetime.fromisoformat(job.variables["due_at"])
    reason = ""
    if kind == VERIFICATION_FAILED:
        reason = job.variables.get("findings") or job.variables.get("opinion") or ""
    group = group_of("safety_officer", job.variables)
    data = {"title": hazard.title, "kind": kind, "reason": reason}
    notify(session, group, kind=f"round.{kind}", subject=job.business_key, data=data, at=job.now)
    return {"round": hazard.round, "round_kind": kind, "step": 0, "step_waiting": None}


def close(session: Session, job: JobContext) -> None:
    """Close the hazard and let its obligation go on when it was the last."""
    hazard = session.get_one(Hazard, Subject.parse(job.business_key).id)
    hazard.closed_at = job.now
    session.flush()
    if hazard.obligation_id is not None:
        _tell_obligation(session, hazard.obligation_id, now=job.now)


def _tell_obligation(session: Session, obligation_id: int, *, now: datetime) -> None:
    """Lock, then count: two hazards that close side by side must not each see the other one open."""
    obligation = session.get_one(Obligation, obligation_id)
    instance = session.get_one(ProcessInstance, obligation.instance_id, with_for_update=True)
    if instance.status in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED):
        return
    remaining = len(open_ids(session, obligation_id))
    runtime.set_variables(session, instance.id, {"open_hazards": remaining}, now=now, actor="system")
    if remaining == 0:
        key = str(Subject(SubjectKind.OBLIGATION, obligation_id))
        runtime.correlate(session, name="hazards_closed", correlation_key=key, payload={}, now=now)
