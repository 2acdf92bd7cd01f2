"""Tables of campaigns: what was launched, from which template, for whom; and the lists of failing enterprises."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base
from workflows.campaigns.workload import CAPACITY


class Campaign(Base):
    """One launch of a template. `template` is the copy that was launched: later edits do not reach it.

    After a suspension the enterprises whose files changed from `catch_up_since` on are brought into line; those up to
    `catch_up_after` are.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_code: Mapped[str]
    title: Mapped[str]
    template: Mapped[dict[str, Any]]
    scope: Mapped[dict[str, Any]]
    office_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    launched_at: Mapped[datetime]
    launched_by: Mapped[str]
    approved_by: Mapped[str | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    archived_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    catch_up_since: Mapped[datetime | None]
    catch_up_after: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def runs(self) -> bool:
        """Neither suspended nor over."""
        return not (self.suspended_at or self.cancelled_at or self.archived_at)


class CampaignDay(Base):
    """What was closed on one finished day (Shanghai): `closed` holds numbers of obligations by
    `town id/department id`. Rows are written once the day is over and never change.
    """

    __tablename__ = "campaign_day"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    closed: Mapped[dict[str, Any]]


class CampaignFigures(Base):
    """The figures of a large campaign as they were at `counted_at`: of the whole, of each town, of each department and
    of each department in each town (0 stands for all). The parts of `body` are `figures.Part`.

    `seen` names what had happened by then: as long as it is the same, so are the figures.
    """

    __tablename__ = "campaign_figures"

    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"), primary_key=True)
    town_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    department_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    counted_at: Mapped[datetime]
    seen: Mapped[str]
    body: Mapped[dict[str, Any]]


class CampaignChange(Base):
    """Who suspended, resumed or cancelled a campaign, and why; rows are only added."""

    __tablename__ = "campaign_change"
    __table_args__ = (Index("ix_campaign_change_campaign", "campaign_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str]
    reason: Mapped[str] = mapped_column(Text)
    actor: Mapped[str]
    at: Mapped[datetime]


class LaunchProposal(Base):
    """What somebody wants to launch and somebody else has to approve; `template` is the copy to be launched.

    `template_key` names what it was made from (`library.Offer.key`): the code, or the hash of a kept version.
    """

    __tablename__ = "launch_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_code: Mapped[str]
    template_key: Mapped[str]
    title: Mapped[str]
    template: Mapped[dict[str, Any]]
    scope: Mapped[dict[str, Any]]
    office_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    per_reviewer: Mapped[int] = mapped_column(default=CAPACITY, server_default=str(CAPACITY))
    proposed_at: Mapped[datetime]
    proposed_by: Mapped[str]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    campaign_id: Mapped[int | None] = mapped_column(ForeignKey("campaign.id"))
    withdrawn_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Neither launched nor withdrawn."""
        return self.campaign_id is None and self.withdrawn_at is None


class TemplateVersion(Base):
    """A template that somebody changed and kept. Its content never changes; a change is another version.

    `hash` is the SHA-256 of the content as canonical JSON; `based_on` the code or hash it was made from.
    """

    __tablename__ = "template_version"
    __table_args__ = (UniqueConstraint("hash"), Index("ix_template_version_code", "code", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str]
    title: Mapped[str]
    data: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    based_on: Mapped[str]
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]


class PhaseDispatch(Base):
    """How far the dispatch of one phase has come: enterprises up to `last_enterprise_id` have what is theirs. Its row
    makes a second dispatch harmless. `expected` obligations were counted when it began.
    """

    __tablename__ = "phase_dispatch"
    __table_args__ = (UniqueConstraint("campaign_id", "phase"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    phase: Mapped[int]
    dispatched_at: Mapped[datetime]
    obligations: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int] = mapped_column(default=0, server_default="0")
    last_enterprise_id: Mapped[int] = mapped_column(default=0)
    is_complete: Mapped[bool] = mapped_column(default=False)


class PeriodDispatch(Base):
    """How far the dispatch of what opens on one day of its own has come, as `PhaseDispatch` for a phase."""

    __tablename__ = "period_dispatch"
    __table_args__ = (UniqueConstraint("campaign_id", "opened_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    opened_on: Mapped[date]
    dispatched_at: Mapped[datetime]
    obligations: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int] = mapped_column(default=0, server_default="0")
    last_enterprise_id: Mapped[int] = mapped_column(default=0)
    is_complete: Mapped[bool] = mapped_column(default=False)


class FailingList(Base):
    """One department's list of enterprises with an item not yet accepted at a cut-off (seed 002, 附件2).

    A draft has no effect: whoever decides on it does so by name. Once signed it never changes; what follows is the
    process of `instance_id`. `objections_until` is None while its year has no calendar. The circular is the public
    text that a named person signed, if any.
    """

    __tablename__ = "failing_list"
    __table_args__ = (UniqueConstraint("campaign_id", "department_id", "cutoff_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    cutoff_on: Mapped[date]
    is_supplement: Mapped[bool]
    drafted_at: Mapped[datetime]
    objections_until: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    signed_by: Mapped[str | None]
    opinion: Mapped[str | None] = mapped_column(Text)
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
    circular: Mapped[str | None] = mapped_column(Text)
    circular_at: Mapped[datetime | None]
    circular_by: Mapped[str | None]


class FailingListEntry(Base):
    """One enterprise on a failing list with the items that were open: `items` holds for each the obligation, its code
    and the due date it had then. Town and department are those at the cut-off.
    """

    __tablename__ = "failing_list_entry"
    __table_args__ = (
        UniqueConstraint("list_id", "enterprise_id"),
        Index("ix_failing_list_entry_enterprise", "enterprise_id"),
        Index("ix_failing_list_entry_list", "list_id", "id"),
        Index("ix_failing_list_entry_town", "town_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("failing_list.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    town_id: Mapped[int | None]
    department_id: Mapped[int | None]
    item_codes: Mapped[str] = mapped_column(Text)
    items: Mapped[list[Any]] = mapped_column(default=list)
    struck_at: Mapped[datetime | None]
    struck_by: Mapped[str | None]
    strike_reason: Mapped[str | None] = mapped_column(Text)


class FileTask(Base):
    """An enterprise's "complete the file" task (补全档案): one per enterprise, however many items wait for it.

    `questions` maps each unknown fact to the [campaign id, item code] pairs that depend on it. `closed_at` is None
    while something is still unknown.
    """

    __tablename__ = "file_task"

    enterprise_id: Mapped[int] = mapped_column(
        ForeignKey("enterprise.id"), primary_key=True, autoincrement=False
    )
    questions: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class Adjustment(Base):
    """What a change of facts did, or asks somebody to decide, about one obligation.

    `action`: opened, reopened, withdrawn (nothing had been submitted), asked (the town decides), moved.
    `reason` names the changed facts or the status; `decision` is keep or withdraw.
    """

    __tablename__ = "adjustment"
    __table_args__ = (
        Index("ix_adjustment_enterprise", "enterprise_id", "id"),
        Index("ix_adjustment_obligation", "obligation_id"),
        Index("ix_adjustment_source", "source"),
        Index("ix_adjustment_open", "action", "decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    obligation_id: Mapped[int] = mapped_column(ForeignKey("obligation.id"))
    action: Mapped[str]
    reason: Mapped[dict[str, Any]]
    source: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    note: Mapped[str | None] = mapped_column(Text)
