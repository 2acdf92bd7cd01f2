"""The table of hazards; what people entered at each step is a submission."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Hazard(Base):
    """One hazard from report to closure. Its step is read off its process instance's marking."""

    __tablename__ = "hazard"
    __table_args__ = (
        Index("ix_hazard_obligation", "obligation_id"),
        Index("ix_hazard_enterprise", "enterprise_id"),
        Index("ix_hazard_campaign_town", "campaign_id", "town_id"),
        Index("ix_hazard_instance", "instance_id"),
        Index(
            "ix_hazard_open",
            "due_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    obligation_id: Mapped[int | None] = mapped_column(ForeignKey("obligation.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    title: Mapped[str]
    place: Mapped[str]
    description: Mapped[str] = mapped_column(Text)
    level: Mapped[str | None]
    found_at: Mapped[datetime]
    found_by: Mapped[str]
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=1)
    round_kind: Mapped[str] = mapped_column(default="first")
    closed_at: Mapped[datetime | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
