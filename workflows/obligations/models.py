"""Tables of obligations and of the extensions asked for them and for hazards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Obligation(Base):
    """One checklist item for one enterprise and period. Its state is read off its process instance's marking."""

    __tablename__ = "obligation"
    __table_args__ = (
        UniqueConstraint("campaign_id", "item_code", "enterprise_id", "period"),
        Index(
            "ix_obligation_open", "campaign_id", "due_at", "id", "town_id", "department_id", "item_code", "round_kind",
            sqlite_where=text("closed_at IS NULL"), postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_obligation_done", "campaign_id", "due_at", "id", "town_id", "department_id", "item_code",
            "enterprise_id", "instance_id",
            sqlite_where=text("closed_at IS NOT NULL"), postgresql_where=text("closed_at IS NOT NULL"),
        ),
        Index(
            "ix_obligation_campaign_town", "campaign_id", "town_id", "due_at", "id", "department_id", "item_code",
            "closed_at",
        ),
        Index("ix_obligation_campaign_closed", "campaign_id", "closed_at", "town_id", "department_id"),
        Index("ix_obligation_enterprise", "enterprise_id"),
        Index("ix_obligation_instance", "instance_id"),
        Index(
            "ix_obligation_unsubmitted", "due_at", "id", "town_id", "department_id", "item_code", "enterprise_id",
            "path_id", "campaign_id", "instance_id", "submitted_at", "closed_at",
            sqlite_where=text("submitted_at IS NULL AND closed_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL AND closed_at IS NULL"),
        ),
        Index(
            "ix_obligation_reviewed", "review_since", "town_id", "department_id", "enterprise_id", "review_group",
            "item_code", "path_id", "campaign_id", "id",
            sqlite_where=text("review_since IS NOT NULL"), postgresql_where=text("review_since IS NOT NULL"),
        ),
        Index(
            "ix_obligation_fixed", "campaign_id", "outcome", "closed_at", "id", "enterprise_id", "title",
            sqlite_where=text("outcome = 'defects_fixed'"), postgresql_where=text("outcome = 'defects_fixed'"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    item_code: Mapped[str]
    period: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    phase: Mapped[int]
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=1)
    round_kind: Mapped[str] = mapped_column(default="first")
    submitted_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    path_id: Mapped[int | None]  # the ladder's steps after the date so far, a `LadderPath`
    # The review it waits for, since when and whose it is: the database keeps both.
    review_since: Mapped[datetime | None]
    review_group: Mapped[str | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))


class Extension(Base):
    """A request to finish later: by the enterprise, decided by the department."""

    __tablename__ = "extension"
    __table_args__ = (
        Index("ix_extension_subject", "subject_kind", "subject_id"),
        Index("ix_extension_instance", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    requested_due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(Text)
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    granted: Mapped[bool | None]
    decided_at: Mapped[datetime | None]
    decided_due_on: Mapped[date | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
