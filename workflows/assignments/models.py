"""The table of stand-ins; who has claimed or delegated a task stands in the task itself."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base
from workflows.accounts.types import Role
from workflows.columns import enum_type


class StandIn(Base):
    """One person does another's assigned tasks from one day to another, both included, in one role."""

    __tablename__ = "stand_in"
    __table_args__ = (
        CheckConstraint("absent_id <> stand_in_id", name="two_people"),
        CheckConstraint("from_on <= to_on", name="in_order"),
        Index("ix_stand_in_stand_in", "stand_in_id", "to_on"),
        Index("ix_stand_in_absent", "absent_id", "to_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    absent_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    stand_in_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    from_on: Mapped[date]
    to_on: Mapped[date]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    @property
    def group(self) -> str:
        """The candidate group whose tasks it is about."""
        return f"{self.organization_id}:{self.role}"
