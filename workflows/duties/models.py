"""The table of unit tasks: what one government body has to do for one duty and period."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class UnitTask(Base):
    """One duty for one body and period. Its state is read off its process instance's marking.

    `town_id`, `department_id`, `enterprise_id` repeat `body_id` for the kind of body it is: who may see it.
    """

    __tablename__ = "unit_task"
    __table_args__ = (
        UniqueConstraint("campaign_id", "duty_code", "body_id", "period"),
        Index("ix_unit_task_campaign_due", "campaign_id", "due_at"),
        Index("ix_unit_task_body", "body_id"),
        Index("ix_unit_task_instance", "instance_id"),
        Index(
            "ix_unit_task_unsubmitted",
            "due_at",
            sqlite_where=text("submitted_at IS NULL AND closed_at IS NULL"),
            postgresql_where=text("submitted_at IS NULL AND closed_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    duty_code: Mapped[str]
    period: Mapped[str] = mapped_column(default="")
    title: Mapped[str]
    phase: Mapped[int]
    body_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    body_role: Mapped[str]
    town_id: Mapped[int | None]
    department_id: Mapped[int | None]
    enterprise_id: Mapped[int | None]
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    round: Mapped[int] = mapped_column(default=1)
    round_kind: Mapped[str] = mapped_column(default="first")
    outcome: Mapped[str | None]
    opened_by: Mapped[str | None]
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    path_id: Mapped[int | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))

    @property
    def item_code(self) -> str:
        """The row of the template, as an obligation calls it."""
        return self.duty_code
