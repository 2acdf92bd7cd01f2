"""Report what one saw: the hazard, with its pictures, reaches the enterprise whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.evidence import queries as evidence
from workflows.evidence import service as evidence_files
from workflows.hazards import service
from workflows.hazards.models import Hazard
from workflows.hazards.rules import Source
from workflows.inbox import Person
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus
from workflows.sight import Sight
from workflows.subjects import Subject, SubjectKind


def report(
    session: Session, *, enterprise_id: int, title: str, place: str, description: str, photos: Sequence[int],
    source: Source, person: Person, now: datetime,
) -> Hazard:  # fmt: skip
    """Open the hazard. Its first task shows what was seen and the enterprise goes on from there.

    The enterprise's own report may say it in other words; what was seen first stays in the audit log.
    Raises ForeignEvidence for pictures that the reporter's organisation did not upload.
    """
    evidence.check_usable(session, photos, organization_id=person.organization_id)
    files = evidence.by_ids(session, photos).values() if photos else ()
    ids = evidence_files.adopt(session, files, organization_id=enterprise_id) if photos else []
    finding = service.Finding(
        enterprise_id=enterprise_id, title=title, place=place, description=description, found_by=person.actor,
        source=source, photos=tuple(ids),
    )  # fmt: skip
    return report_many(session, [finding], now=now)[0]


def report_many(session: Session, findings: Sequence[service.Finding], *, now: datetime) -> list[Hazard]:
    """The same for many that are known to be right, in the order given."""
    opened = service.open_many(session, findings, now=now)
    notes = [
        (one.found_by, "hazard.report", str(Subject(SubjectKind.HAZARD, hazard.id)), _seen(one))
        for hazard, one in zip(opened, findings, strict=True)
    ]
    audit.record_each(session, notes, at=now)
    return opened


def _seen(finding: service.Finding) -> dict[str, object]:
    seen = {"title": finding.title, "place": finding.place, "description": finding.description}
    return {**seen, "photos": list(finding.photos)}


def enterprises(session: Session, *, sight: Sight) -> list[Enterprise]:
    """The enterprises somebody may report for: their own, or those in their area."""
    seen = sight.of(Enterprise, enterprise_id=Enterprise.id)
    query = select(Enterprise).where(seen, Enterprise.status != EnterpriseStatus.DEREGISTERED)
    return list(session.scalars(query.order_by(Enterprise.name)))
