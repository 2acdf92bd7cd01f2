"""The table of notices. The inbox is the record; other channels only repeat it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Notification(Base):
    """A notice to everybody in one candidate group; `data` fills the sentence that `kind` names."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_group", "candidate_group", "created_at"),
        Index("ix_notification_subject", "subject", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_group: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
