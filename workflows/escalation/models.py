"""The record of ladder steps: one row per (subject, round, step), sent or superseded."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base

TAKEN = "outcome = 'sent' AND \"offset\" > 0"  # steps after the date


class Escalation(Base):
    """One step that the ladder took, when it was planned and when it acted."""

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "round", "step"),
        Index("ix_escalation_group", "candidate_group", "acted_at"),
        Index("ix_escalation_campaign", "campaign_id", "acted_at"),
        Index(
            "ix_escalation_taken", "subject_kind", "subject_id", "acted_at", "action",
            sqlite_where=text(TAKEN), postgresql_where=text(TAKEN),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    town_id: Mapped[int | None]
    department_id: Mapped[int | None]
    round: Mapped[int]
    step: Mapped[int]
    action: Mapped[str]
    offset: Mapped[int]
    candidate_group: Mapped[str]
    planned_at: Mapped[datetime]
    acted_at: Mapped[datetime]
    outcome: Mapped[str]
