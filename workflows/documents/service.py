"""Use another template from now on; write a document."""

from __future__ import annotations

import io
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.documents import queries
from workflows.documents.checking import LARGEST, check
from workflows.documents.models import DocumentTemplate
from workflows.documents.rendering import render
from workflows.documents.types import Facts, Kind
from workflows.evidence.service import store


def upload(
    session: Session, stream: BinaryIO, *, kind: Kind, organization_id: int, filename: str, actor: str,
    folder: Path, now: datetime,
) -> DocumentTemplate:  # fmt: skip
    """The organisation uses this file from now on. Raises TemplateRefused, or what evidence is refused for."""
    content = stream.read(LARGEST + 1)
    check(content, kind, now=now)
    kept = store(
        session, io.BytesIO(content), filename=filename, organization_id=organization_id, uploaded_by=actor,
        now=now, folder=folder,
    )  # fmt: skip
    return use(session, kind=kind, organization_id=organization_id, evidence_id=kept.id, actor=actor, now=now)


def use(
    session: Session, *, kind: Kind, organization_id: int, evidence_id: int | None, actor: str, now: datetime
) -> DocumentTemplate:
    """From now on an earlier file counts, or (None) what counts for everybody."""
    version = DocumentTemplate(
        kind=kind, organization_id=organization_id, evidence_id=evidence_id, changed_by=actor, changed_at=now
    )
    session.add(version)
    session.flush()
    audit.record(
        session, at=now, actor=actor, action="document.template", subject=f"document:{version.id}",
        detail={"kind": kind.value, "organization": organization_id, "evidence": evidence_id},
    )  # fmt: skip
    return version


def write(
    session: Session, kind: Kind, facts: Facts, *, organization_id: int | None, folder: Path, now: datetime
) -> bytes:
    """The document, in the template that counts for the organisation."""
    used = queries.in_force(session, kind, organization_id)
    return render(queries.content(session, kind, used, folder=folder), kind, facts, now=now)
