"""The table of promises; rows are only added and settled once."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base, Identifier


class Promise(Base):
    """Somebody whose turn it is says by which day it will be done, in answer to who urged last.

    It is settled once: kept when it was handed in, broken at the end of its day, replaced by a newer promise.
    """

    __tablename__ = "promise"
    __table_args__ = (
        Index("ix_promise_subject", "subject_kind", "subject_id", "id"),
        Index("ix_promise_open", "settled_at", "by_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_kind: Mapped[str]
    subject_id: Mapped[int]
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    town_id: Mapped[int | None]
    department_id: Mapped[int | None]
    enterprise_id: Mapped[int | None]
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    instance_id: Mapped[int] = mapped_column(Identifier, ForeignKey("process_instance.id"))
    whose: Mapped[str]
    title: Mapped[str]
    by_on: Mapped[date]
    words: Mapped[str] = mapped_column(Text)
    promised_by: Mapped[str]
    promised_at: Mapped[datetime]
    urged_by: Mapped[str]
    urged_at: Mapped[datetime]
    outcome: Mapped[str | None]
    settled_at: Mapped[datetime | None]
