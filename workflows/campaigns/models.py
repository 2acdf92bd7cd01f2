"""Tables of campaigns: what was launched, from which template, for whom; and the lists of failing enterprises."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Campaign(Base):
    """One launch of a template. `template` is the copy that was launched: later edits do not reach it."""

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_code: Mapped[str]
    title: Mapped[str]
    template: Mapped[dict[str, Any]]
    scope: Mapped[dict[str, Any]]
    office_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    launched_at: Mapped[datetime]
    launched_by: Mapped[str]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    archived_at: Mapped[datetime | None]


class PhaseDispatch(Base):
    """How far the dispatch of one phase has come: enterprises up to `last_enterprise_id` have what is theirs. Its row
    makes a second dispatch harmless.
    """

    __tablename__ = "phase_dispatch"
    __table_args__ = (UniqueConstraint("campaign_id", "phase"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    phase: Mapped[int]
    dispatched_at: Mapped[datetime]
    obligations: Mapped[int] = mapped_column(default=0)
    last_enterprise_id: Mapped[int] = mapped_column(default=0)
    is_complete: Mapped[bool] = mapped_column(default=False)


class FailingList(Base):
    """One department's draft of enterprises with an item not yet accepted at a cut-off (seed 002, 附件2).

    A draft has no effect: whoever decides on it does so by name.
    """

    __tablename__ = "failing_list"
    __table_args__ = (UniqueConstraint("campaign_id", "department_id", "cutoff_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    cutoff_on: Mapped[date]
    is_supplement: Mapped[bool]
    drafted_at: Mapped[datetime]


class FailingListEntry(Base):
    """One enterprise on a failing list, with the items that were open."""

    __tablename__ = "failing_list_entry"
    __table_args__ = (
        UniqueConstraint("list_id", "enterprise_id"),
        Index("ix_failing_list_entry_enterprise", "enterprise_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("failing_list.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    item_codes: Mapped[str] = mapped_column(Text)
