"""The table of hazards; what people entered at each step is a submission."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base
from workflows.hazards.rules import Source


class Hazard(Base):
    """One hazard from report to closure and the check of its effect. Its step is read off its instance's marking.

    `outcome`: closed, merged (into another one) or shut_down (the enterprise); None while it is open. 挂牌 (plated)
    is the department's mark, 挂账 (accounted) the government's: each with who decided it, when, and a document number.
    """

    __tablename__ = "hazard"
    __table_args__ = (
        Index("ix_hazard_obligation", "obligation_id"),
        Index("ix_hazard_enterprise", "enterprise_id"),
        Index("ix_hazard_campaign_town", "campaign_id", "town_id"),
        Index(
            "ix_hazard_instance", "instance_id", "closed_at", "campaign_id", "town_id", "department_id",
            "enterprise_id", "id", "path_id",
        ),
        Index("ix_hazard_place", "enterprise_id", "place_key"),
        Index("ix_hazard_merged_into", "merged_into_id"),
        Index("ix_hazard_found", "found_at"),
        Index(
            "ix_hazard_open",
            "due_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )  # fmt: skip

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
    fixed_at: Mapped[datetime | None]
    verified_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    source: Mapped[str] = mapped_column(default=Source.REPORT)
    kind: Mapped[str | None]
    place_key: Mapped[str] = mapped_column(default="")
    cause: Mapped[str | None] = mapped_column(Text)
    correction: Mapped[str | None] = mapped_column(Text)
    prevention: Mapped[str | None] = mapped_column(Text)
    plated_at: Mapped[datetime | None]
    plated_by: Mapped[str | None]
    plate_no: Mapped[str | None]
    accounted_at: Mapped[datetime | None]
    accounted_by: Mapped[str | None]
    account_no: Mapped[str | None]
    written_off_at: Mapped[datetime | None]
    effective: Mapped[bool | None]
    effect_checked_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    path_id: Mapped[int | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
