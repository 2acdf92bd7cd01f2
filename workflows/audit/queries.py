"""Read the audit log."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.audit.models import AuditEntry


def of_subject(session: Session, subject: str, *, limit: int = 200) -> list[AuditEntry]:
    """What was decided about one thing, oldest first."""
    query = select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id).limit(limit)
    return list(session.scalars(query))


def latest(session: Session, *, limit: int = 50, before: int | None = None) -> list[AuditEntry]:
    """The newest entries, for reading backwards page by page (`before` is the last id seen)."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    return list(session.scalars(query))
