"""Which template counts for whom, and which there were."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.documents.layout import house_template
from workflows.documents.models import DocumentTemplate
from workflows.documents.types import Kind
from workflows.evidence import storage
from workflows.evidence.models import Evidence
from workflows.exceptions import NotFound
from workflows.organizations import queries as organizations


def versions(
    session: Session, kind: Kind, organization_id: int
) -> list[tuple[DocumentTemplate, Evidence | None]]:
    """What an organisation has used, the newest first."""
    query = (
        select(DocumentTemplate, Evidence)
        .outerjoin(Evidence, Evidence.id == DocumentTemplate.evidence_id)
        .where(DocumentTemplate.kind == kind, DocumentTemplate.organization_id == organization_id)
        .order_by(DocumentTemplate.id.desc())
    )
    return [(version, file) for version, file in session.execute(query)]


def find(session: Session, kind: Kind, organization_id: int, version_id: int) -> DocumentTemplate:
    """One version of an organisation. Raises NotFound for another's."""
    found = session.get(DocumentTemplate, version_id)
    if found is None or (found.kind, found.organization_id) != (kind, organization_id):
        raise NotFound(what="document_template", id=version_id)
    return found


def newest(session: Session, kind: Kind, organization_id: int) -> DocumentTemplate | None:
    """What an organisation decided last."""
    of = DocumentTemplate.kind == kind, DocumentTemplate.organization_id == organization_id
    return session.scalars(
        select(DocumentTemplate).where(*of).order_by(DocumentTemplate.id.desc()).limit(1)
    ).first()


def in_force(session: Session, kind: Kind, organization_id: int | None) -> DocumentTemplate | None:
    """The organisation's own template, else the lead office's; None where that of the product counts."""
    for home in (organization_id, organizations.office_id(session)):
        found = newest(session, kind, home) if home is not None else None
        if found is not None and found.evidence_id is not None:
            return found
    return None


def content(session: Session, kind: Kind, used: DocumentTemplate | None, *, folder: Path) -> bytes:
    """The file of a version; of the product's template where there is none."""
    if used is None or used.evidence_id is None:
        return house_template(kind)
    return storage.path_of(folder, session.get_one(Evidence, used.evidence_id).sha256).read_bytes()
