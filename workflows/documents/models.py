"""The table of templates that offices use instead of those of the product."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class DocumentTemplate(Base):
    """From then on an organisation uses this file for one kind of document; without a file, what counts for all. Rows
    are only added: the newest counts.
    """

    __tablename__ = "document_template"
    __table_args__ = (Index("ix_document_template_kind", "kind", "organization_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
