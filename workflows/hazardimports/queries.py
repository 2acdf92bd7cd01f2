"""Which files somebody has sent, and which of their rows became which hazards."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.exceptions import NotFound
from workflows.hazardimports.models import HazardImport, ImportedHazard


def imports(session: Session, *, actor: str, limit: int = 20) -> list[HazardImport]:
    """The newest files of one person, without their rows."""
    query = select(HazardImport).where(HazardImport.actor == actor)
    return list(session.scalars(query.order_by(HazardImport.id.desc()).limit(limit)))


def find(session: Session, import_id: int, *, actor: str) -> HazardImport:
    """Raises NotFound for somebody else's."""
    found = session.get(HazardImport, import_id)
    if found is None or found.actor != actor:
        raise NotFound(what="import", id=import_id)
    return found


def hazards_of(session: Session, fingerprints: Iterable[str]) -> dict[str, int]:
    """Fingerprint -> hazard, of rows that came in."""
    columns = ImportedHazard.fingerprint, ImportedHazard.hazard_id
    found = session.execute(select(*columns).where(among(ImportedHazard.fingerprint, fingerprints)))
    return {row.fingerprint: row.hazard_id for row in found}


def told_source(session: Session, hazard_id: int) -> str | None:
    """What the file said of where this hazard comes from."""
    return session.scalar(select(ImportedHazard.told_source).where(ImportedHazard.hazard_id == hazard_id))
