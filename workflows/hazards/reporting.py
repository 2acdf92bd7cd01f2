"""Report what one saw: the hazard, with its pictures, reaches the enterprise whose it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
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


def report(
    session: Session, *, enterprise_id: int, title: str, place: str, description: str, photos: Sequence[int],
    source: Source, person: Person, now: datetime,
) -> Hazard:  # fmt: skip
    """Open the hazard. Its first task shows what was seen and the enterprise goes on from there.

    The enterprise's own report may say it in other words; what was seen first stays in the audit log.
    Raises ForeignEvidence for pictures that the reporter's organisation did not upload.
    """
    evidence.check_usable(session, photos, organization_id=person.organization_id)
    finding = service.Finding(
        enterprise_id=enterprise_id, title=title, place=place, description=description, found_by=person.actor,
        source=source,
    )  # fmt: skip
    hazard = service.open_hazard(session, finding, now=now)
    ids: list[int] = []
    if photos:
        files = evidence.by_ids(session, photos).values()
        ids = evidence_files.adopt(session, files, organization_id=enterprise_id)
        assert hazard.instance_id is not None
        runtime.set_variables(session, hazard.instance_id, {"photos": ids}, now=now, actor=person.actor)
    seen = {"title": title, "place": place, "description": description, "photos": ids}
    audit.record(
        session,
        at=now,
        actor=person.actor,
        action="hazard.report",
        subject=f"hazard:{hazard.id}",
        detail=seen,
    )
    return hazard


def enterprises(session: Session, *, sight: Sight) -> list[Enterprise]:
    """The enterprises somebody may report for: their own, or those in their area."""
    seen = sight.of(Enterprise, enterprise_id=Enterprise.id)
    query = select(Enterprise).where(seen, Enterprise.status != EnterpriseStatus.DEREGISTERED)
    return list(session.scalars(query.order_by(Enterprise.name)))
