"""Take in a tip, and what its process asks of the domain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from workflows.audit import service as audit
from workflows.calendar.service import load
from workflows.evidence import service as evidence_files
from workflows.evidence.models import Evidence
from workflows.evidence.types import ANONYMOUS
from workflows.hazards.models import Hazard
from workflows.hazards.rules import Source
from workflows.hazards.service import Finding, open_hazard
from workflows.notifications.service import notify
from workflows.organizations.queries import office_id
from workflows.register.models import Enterprise
from workflows.rounds import later
from workflows.subjectrows import rows_of
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, end_of_day, iso
from workflows.tips.checks import department_named, enterprise_named
from workflows.tips.codes import Scanned
from workflows.tips.models import Tip
from workflows.tips.rules import LADDER, TRIAGE_WORKDAYS, Outcome, new_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """What somebody saw: in their words, with their picture; `form_key` is that of the form they sent."""

    place: str
    text: str
    evidence_id: int | None
    form_key: str


def take_in(session: Session, scanned: Scanned, sighting: Sighting, *, now: datetime) -> Tip:
    """Keep a tip and give it to the town, once for each form that was filled in."""
    firm = scanned.enterprise
    values = {
        "number": new_number(), "form_key": sighting.form_key, "code_id": scanned.code.id, "enterprise_id": firm.id,
        "town_id": firm.town_id, "department_id": firm.department_id, "place": sighting.place, "text": sighting.text,
        "evidence_id": sighting.evidence_id, "reported_at": now, "due_at": _due(session, now), "round": 1, "reason": "",
    }  # fmt: skip
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    kept = dialect.insert(Tip).values(**values).on_conflict_do_nothing(index_elements=["form_key"])
    new = session.scalar(kept.returning(Tip.id))
    tip = session.scalars(select(Tip).where(Tip.form_key == sighting.form_key)).one()
    if new is not None:
        _start(session, tip, title=scanned.code.place, now=now)
    return tip


def _due(session: Session, now: datetime) -> datetime:
    return end_of_day(later(day_of(now), TRIAGE_WORKDAYS, load(session).add))


def _start(session: Session, tip: Tip, *, title: str, now: datetime) -> None:
    """The variables say where, in the words of whoever made the code; what the reporter wrote stays in the table."""
    variables = {
        "tip_id": tip.id,
        "office_id": office_id(session),
        **_whose(tip),
        **_round(tip),
        "title": title,
    }
    started = runtime.start(
        session,
        key="tip",
        business_key=_key(tip),
        group_id=None,
        variables=variables,
        now=now,
        actor=ANONYMOUS,
    )
    tip.instance_id = started.id
    _tell(session, tip, title, now=now)


def _whose(tip: Tip) -> dict[str, Any]:
    return {"enterprise_id": tip.enterprise_id, "town_id": tip.town_id, "department_id": tip.department_id}


def _round(tip: Tip) -> dict[str, Any]:
    return {"due_at": iso(tip.due_at), "round": tip.round, "ladder": LADDER, "step": 0}


def _key(tip: Tip) -> str:
    return str(Subject(SubjectKind.TIP, tip.id))


def _tell(session: Session, tip: Tip, title: str, *, now: datetime) -> None:
    data = {"title": title, "due_at": iso(tip.due_at)}
    group = f"{tip.town_id}:town_officer"
    notify(session, group, kind="tip.received", subject=_key(tip), data=data, at=now)


def accept(session: Session, job: JobContext) -> None:
    """Open the hazard in the town's words, with the department that deals with it.

    Its source says that a code was scanned, to the authorities alone; nothing in it leads to the report.
    """
    [tip] = rows_of(session, Tip, [job])
    said, officer = job.variables, job.variables["actor"]
    named = said.get("department")
    finding = Finding(
        enterprise_id=tip.enterprise_id, title=said["hazard_title"], place=said["hazard_place"],
        description=said["hazard_description"], found_by=officer, source=Source.TIP,
        department_id=department_named(session, named).id if named else None,
    )  # fmt: skip
    hazard = open_hazard(session, finding, now=job.now)
    if hazard.department_id != tip.department_id:
        _transferred(session, hazard, tip, officer, now=job.now)
    photos = _passed_on(session, tip, officer, now=job.now) if said.get("pass_on_photo") else []
    if photos and hazard.instance_id is not None:
        runtime.set_variables(session, hazard.instance_id, {"photos": photos}, now=job.now, actor=officer)
    seen = {"title": hazard.title, "place": hazard.place, "description": hazard.description, "photos": photos}
    audit.record(
        session, at=job.now, actor=officer, action="hazard.report",
        subject=str(Subject(SubjectKind.HAZARD, hazard.id)), detail=seen,
    )  # fmt: skip
    _decide(tip, Outcome.ACCEPTED, job, hazard_id=hazard.id)


def _transferred(session: Session, hazard: Hazard, tip: Tip, officer: str, *, now: datetime) -> None:
    """The town named another department than the enterprise's."""
    moved = {"from": tip.department_id, "to": hazard.department_id}
    tip.department_id = hazard.department_id
    subject = str(Subject(SubjectKind.HAZARD, hazard.id))
    audit.record(session, at=now, actor=officer, action="hazard.transfer", subject=subject, detail=moved)


def _passed_on(session: Session, tip: Tip, officer: str, *, now: datetime) -> list[int]:
    """The picture as the enterprise's evidence, as if the officer had brought it now."""
    kept = session.get(Evidence, tip.evidence_id) if tip.evidence_id else None
    if kept is None:
        return []
    passed = Evidence(
        sha256=kept.sha256, media_type=kept.media_type, size=kept.size, original_name=kept.original_name,
        uploaded_by=officer, uploaded_at=now,
    )  # fmt: skip
    return evidence_files.adopt(session, [passed], organization_id=tip.enterprise_id)


def join(session: Session, job: JobContext) -> None:
    """Part of a hazard that is known already."""
    [tip] = rows_of(session, Tip, [job])
    hazard = session.get_one(Hazard, job.variables["duplicate_of"])
    _decide(tip, Outcome.DUPLICATE, job, hazard_id=hazard.id)


def close(session: Session, job: JobContext) -> None:
    """No hazard; the reason is for whoever reported."""
    [tip] = rows_of(session, Tip, [job])
    tip.reason = job.variables["reason"]
    _decide(tip, Outcome.NOT_HAZARD, job)


def _decide(tip: Tip, outcome: Outcome, job: JobContext, *, hazard_id: int | None = None) -> None:
    tip.outcome, tip.hazard_id = outcome, hazard_id
    tip.decided_by, tip.decided_at = job.variables["actor"], job.now


def forward(session: Session, job: JobContext) -> dict[str, Any]:
    """Another enterprise's: its town looks into it, with its full time."""
    [tip] = rows_of(session, Tip, [job])
    firm: Enterprise = enterprise_named(session, job.variables["enterprise"])
    tip.enterprise_id, tip.town_id, tip.department_id = firm.id, firm.town_id, firm.department_id
    if tip.evidence_id is not None:
        [tip.evidence_id] = evidence_files.adopt(
            session, [session.get_one(Evidence, tip.evidence_id)], organization_id=firm.town_id
        )
    tip.round, tip.due_at = tip.round + 1, _due(session, job.now)
    _tell(session, tip, job.variables["title"], now=job.now)
    return {**_whose(tip), **_round(tip)}
