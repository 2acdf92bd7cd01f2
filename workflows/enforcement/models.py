"""The table of enforcements; what people entered at each step is a submission."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Enforcement(Base):
    """One enterprise of a signed list until it is closed. Its step is read off its process instance's marking.

    `due_at` is the date of the present step: of a visit, or of the order. `outcome`: closed (put right), none
    (no penalty), penalty or suspension.
    """

    __tablename__ = "enforcement"
    __table_args__ = (
        UniqueConstraint("entry_id"),
        Index("ix_enforcement_enterprise", "enterprise_id"),
        Index("ix_enforcement_department", "department_id", "closed_at"),
        Index("ix_enforcement_town", "town_id"),
        Index("ix_enforcement_instance", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("failing_list.id"))
    entry_id: Mapped[int] = mapped_column(ForeignKey("failing_list_entry.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    title: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    outcome: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
