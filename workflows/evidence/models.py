"""The table of evidence; the bytes lie in a folder, named by their sha256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base, UtcDateTime
from workflows.evidence.types import BY_MEDIA_TYPE


class Evidence(Base):
    """One file of one organisation. Uploading the same bytes again is the same evidence, with its first date."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("organization_id", "sha256"),
        Index(None, "sha256"),
        Index(
            "ix_evidence_anonymous",
            "uploaded_at",
            sqlite_where=text("uploaded_by = 'anonymous'"),
            postgresql_where=text("uploaded_by = 'anonymous'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    original_name: Mapped[str] = mapped_column(String(200))
    uploaded_by: Mapped[str] = mapped_column(String(80))
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))

    @property
    def is_image(self) -> bool:
        """Whether a page can show it as a picture."""
        return self.media_type.startswith("image/") and self.is_shown

    @property
    def is_shown(self) -> bool:
        """Whether a browser may open it in place instead of downloading it."""
        kind = BY_MEDIA_TYPE.get(self.media_type)
        return kind is not None and kind.shown
