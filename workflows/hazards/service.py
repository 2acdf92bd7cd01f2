"""Open a hazard, and what the hazard process asks of the domain."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from engine import runtime
from engine.handlers import JobContext
from engine.models import ProcessInstance
from engine.types import InstanceStatus, Message, NewInstance
from workflows.calendar.service import load
from workflows.hazards.models import Hazard
from workflows.hazards.rules import PREPARATION, HazardLevel, Source, ladder_of, place_key
from workflows.notifications.service import notify_each
from workflows.obligations.models import Obligation
from workflows.organizations.queries import office_id
from workflows.register.models import Enterprise
from workflows.rounds import fifth_workday
from workflows.subjectrows import rows_of
from workflows.subjects import Subject, SubjectKind, group_of
from workflows.times import end_of_day, iso

VERIFICATION_FAILED = "verification_failed"  # the kind that hazard.bpmn gives `next_round`
OVER: Final = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What somebody found, where, and which obligation it belongs to, if any.

    `found_at` None: just now. `looks_major`, `due_on` and `photos` are what the forms of the loop start from.
    """

    enterprise_id: int
    campaign_id: int | None = None
    obligation_id: int | None = None
    title: str
    place: str
    description: str
    found_by: str
    source: Source = Source.REPORT
    department_id: int | None = None  # another one than the enterprise's
    follows_id: int | None = None
    kind: str | None = None
    found_at: datetime | None = None
    looks_major: bool | None = None
    due_on: date | None = None
    photos: tuple[int, ...] = ()


PROPOSED: Final = ("looks_major", "due_on", "photos")  # what forms start from, and no column holds


def open_hazard(session: Session, finding: Finding, *, now: datetime) -> Hazard:
    """Register a hazard and start its loop; the report is the first task.

    Until a plan gives the hazard its date, report, assessment and plan are due within five working days, and a
    ladder stands beside them: nobody lets a hazard rest by not planning its fix.
    """
    return open_many(session, [finding], now=now)[0]


def open_many(session: Session, findings: Sequence[Finding], *, now: datetime) -> list[Hazard]:
    """The same for many, in the order given."""
    firms = select(Enterprise).where(Enterprise.id.in_({one.enterprise_id for one in findings}))
    found = {firm.id: firm for firm in session.scalars(firms)}
    opened = [_hazard(one, found[one.enterprise_id], now=now) for one in findings]
    session.add_all(opened)
    session.flush()
    by_campaign: dict[int | None, list[tuple[Hazard, Finding]]] = {}
    for hazard, finding in zip(opened, findings, strict=True):
        by_campaign.setdefault(hazard.campaign_id, []).append((hazard, finding))
    for campaign_id, hazards in by_campaign.items():
        _start(session, hazards, campaign_id=campaign_id, now=now)
    return opened


def _hazard(finding: Finding, enterprise: Enterprise, *, now: datetime) -> Hazard:
    told = {name: value for name, value in asdict(finding).items() if name not in PROPOSED}
    told["found_at"] = finding.found_at or now
    told |= {
        "town_id": enterprise.town_id,
        "department_id": finding.department_id or enterprise.department_id,
    }
    return Hazard(**told, place_key=place_key(finding.place))


def _start(
    session: Session, hazards: Sequence[tuple[Hazard, Finding]], *, campaign_id: int | None, now: datetime
) -> None:
    office = office_id(session)
    due_at = iso(fifth_workday(now, load(session).add))
    starts = [
        NewInstance(
            str(Subject(SubjectKind.HAZARD, hazard.id)),
            _variables(hazard, office=office, due_at=due_at) | _proposed(finding),
            hazard.found_by,
        )
        for hazard, finding in hazards
    ]
    ids = runtime.start_many(session, key="hazard", instances=starts, group_id=campaign_id, now=now)
    for (hazard, _finding), instance_id in zip(hazards, ids, strict=True):
        hazard.instance_id = instance_id
    session.flush()


def _variables(hazard: Hazard, *, office: int, due_at: str) -> dict[str, Any]:
    return {
        "hazard_id": hazard.id,
        "obligation_id": hazard.obligation_id,
        "enterprise_id": hazard.enterprise_id,
        "title": hazard.title,
        "town_id": hazard.town_id,
        "department_id": hazard.department_id,
        "office_id": office,
        "ladder": ladder_of(HazardLevel.GENERAL),
        "round": PREPARATION,
        "round_kind": "first",
        "due_at": due_at,
        "step": 0,
        "place": hazard.place,
        "description": hazard.description,
    }


def _proposed(finding: Finding) -> dict[str, Any]:
    """What the finder knows beyond the hazard's columns, under the names that the forms know."""
    told = {
        "kind": finding.kind,
        "matches_major_criteria": finding.looks_major,
        "proposed_due_on": finding.due_on.isoformat() if finding.due_on else None,
        "photos": list(finding.photos) or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def open_ids(session: Session, obligation_ids: Collection[int]) -> dict[int, set[int]]:
    """The hazards that each of these obligations waits for: its own, and those into which its own were merged."""
    found: dict[int, set[int]] = {obligation_id: set() for obligation_id in obligation_ids}
    other = aliased(Hazard)
    own = select(Hazard.obligation_id, Hazard.id).where(
        Hazard.obligation_id.in_(obligation_ids), Hazard.closed_at.is_(None)
    )
    merged = (
        select(Hazard.obligation_id, other.id)
        .join(other, other.id == Hazard.merged_into_id)
        .where(Hazard.obligation_id.in_(obligation_ids), other.closed_at.is_(None))
    )
    for obligation_id, hazard_id in session.execute(own.union_all(merged)):
        found[obligation_id or 0].add(hazard_id)
    return found


def report_at_once(session: Session, job: JobContext) -> dict[str, Any]:
    """A hazard that looks major, or that the town confirms as major, is reported at once, and only once (seed 004)."""
    return report_many_at_once(session, [job])[0]


def report_many_at_once(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    new = [job for job in jobs if not job.variables.get("reported_at")]
    notices = [
        (group_of(role, job.variables), job.business_key, {"title": job.variables["title"]})
        for job in new
        for role in ("department_officer", "town_officer", "lead_officer", "principal")
    ]
    notify_each(session, notices, kind="hazard.major", at=jobs[0].now)
    return [{} if job.variables.get("reported_at") else {"reported_at": iso(job.now)} for job in jobs]


def schedule(session: Session, job: JobContext) -> dict[str, Any]:
    """Take level and due date from the plan; the ladder follows from the level."""
    return schedule_many(session, [job])[0]


def schedule_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    hazards = rows_of(session, Hazard, jobs)
    return [_scheduled(hazard, job) for hazard, job in zip(hazards, jobs, strict=True)]


def _scheduled(hazard: Hazard, job: JobContext) -> dict[str, Any]:
    level = HazardLevel(job.variables["level"])
    due_at = end_of_day(date.fromisoformat(job.variables["due_on"]))
    hazard.level, hazard.due_at = level, due_at
    hazard.original_due_at = hazard.original_due_at or due_at
    return {
        "round": hazard.round,
        "due_at": iso(due_at),
        "ladder": ladder_of(level),
        "step": 0,
    }


def next_round(session: Session, job: JobContext) -> dict[str, Any]:
    """Begin another round of fixing: after a failed verification or a granted extension.

    A failed verification moves no date: what is dangerous and late is late, and the new round's ladder says so at
    once. More time for a hazard is a person's decision, an extension.
    """
    return next_rounds(session, [job])[0]


def next_rounds(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    answers = []
    notices: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for hazard, job in zip(rows_of(session, Hazard, jobs), jobs, strict=True):
        kind = job.properties["kind"]
        hazard.round, hazard.round_kind = hazard.round + 1, kind
        hazard.due_at = datetime.fromisoformat(job.variables["due_at"])
        hazard.fixed_at = hazard.verified_at = None
        data = {"title": hazard.title, "kind": kind, "reason": _reason(kind, job)}
        notice = group_of("safety_officer", job.variables), job.business_key, data
        notices.setdefault(kind, []).append(notice)
        answers.append({"round": hazard.round, "round_kind": kind, "step": 0})
    for kind, told in notices.items():
        notify_each(session, told, kind=f"round.{kind}", at=jobs[0].now)
    return answers


def withdraw(session: Session, job: JobContext) -> dict[str, Any]:
    """The enterprise goes on fixing: the same round, the same due date, the same ladder."""
    [hazard] = rows_of(session, Hazard, [job])
    hazard.fixed_at = None
    return {"step": 0}


def _reason(kind: str, job: JobContext) -> str:
    if kind != VERIFICATION_FAILED:
        return ""
    if job.variables.get("level") == HazardLevel.MAJOR:
        return job.variables.get("rework_reason") or job.variables.get("opinion") or ""
    return job.variables.get("findings") or ""


def tell_obligations_of(session: Session, hazards: Collection[Hazard], *, now: datetime) -> None:
    """Count again for every obligation that waits for these hazards, and let go on what waits for none."""
    merged = select(Hazard.obligation_id).where(
        Hazard.merged_into_id.in_([one.id for one in hazards]), Hazard.obligation_id.is_not(None)
    )
    concerned = {one.obligation_id for one in hazards if one.obligation_id is not None}
    concerned |= set(session.scalars(merged))
    if concerned:
        _tell_obligations(session, sorted(number for number in concerned if number), now=now)


def _tell_obligations(session: Session, obligation_ids: Sequence[int], *, now: datetime) -> None:
    """Lock, then count: two hazards that close side by side must not each see the other one open."""
    homes = (
        select(Obligation.id, ProcessInstance.id)
        .join(ProcessInstance, ProcessInstance.id == Obligation.instance_id)
        .where(Obligation.id.in_(obligation_ids), ProcessInstance.status.not_in(OVER))
        .order_by(ProcessInstance.id)
        .with_for_update(of=ProcessInstance)
    )
    running: dict[int, int] = dict(session.execute(homes).all())
    remaining = {one: len(ids) for one, ids in open_ids(session, list(running)).items()}
    counts = {running[one]: {"open_hazards": count} for one, count in remaining.items()}
    runtime.set_variables_many(session, counts, now=now, actor="system")
    free = [
        Message(name="hazards_closed", correlation_key=str(Subject(SubjectKind.OBLIGATION, one)), payload={})
        for one, count in remaining.items()
        if count == 0
    ]
    runtime.correlate_many(session, free, now=now)
