"""The record of ladder steps, one row per (subject, round, step), sent or superseded; and the versions of tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Escalation(Base):
    """One step that the ladder took, when it was planned and when it acted."""

    __tablename__ = "escalation"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "round", "step"),
        Index("ix_escalation_group", "candidate_group", "acted_at"),
        Index("ix_escalation_campaign", "campaign_id", "acted_at"),
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


class LadderPath(Base):
    """Steps after the date that subjects took one after the other: the last one, and the path before it.

    However many took the same steps at the same instants, they share one row: thousands that a page counts by what
    they reached are counted by path. Two rows may say the same; that harms nobody.
    """

    __tablename__ = "ladder_path"
    __table_args__ = (Index("ix_ladder_path_parent", "parent_id", "acted_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None]
    action: Mapped[str]
    acted_at: Mapped[datetime]


class LadderVersion(Base):
    """One version of a table; the highest `version` of its `scope` is in force. Rows are only added.

    The scope is `house`, the default of everybody, or a campaign, e.g. `campaign:3`.
    """

    __tablename__ = "ladder_version"
    __table_args__ = (UniqueConstraint("scope", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    scope: Mapped[str]
    version: Mapped[int]
    hash: Mapped[str]
    content: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(Text)
    saved_at: Mapped[datetime]
    saved_by: Mapped[str]
