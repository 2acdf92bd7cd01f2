"""The table of late turns that are over; those under way are read off obligations, duties, hazards and open tasks."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, event, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base, Identifier
from workflows.lateness import triggers


class LateTurn(Base):
    """One task that was closed after its date, or a review that waited for days; the database writes it itself.

    A turn lasts from `since` up to `until`; it was late from `due_at` on. A review has no `due_at`: what its limit
    makes of it is counted when somebody asks. Town, department and item are those of the moment it ended.
    """

    __tablename__ = "late_turn"
    __table_args__ = (
        Index(
            "ix_late_turn_ended", "kind", "until", "due_at", "since", "town_id", "department_id", "item_code",
            "enterprise_id", "path_id", "campaign_id", "subject_id", "body_id", "candidate_group",
            sqlite_where=text("due_at IS NOT NULL"), postgresql_where=text("due_at IS NOT NULL"),
        ),
        Index(
            "ix_late_turn_reviewed", "kind", "until", "since", "town_id", "department_id", "enterprise_id",
            "candidate_group", "item_code", "path_id", "campaign_id", "subject_id", "body_id", "due_at",
            sqlite_where=text("due_at IS NULL"), postgresql_where=text("due_at IS NULL"),
        ),
        Index("ix_late_turn_subject", "kind", "subject_id"),
    )  # fmt: skip

    task_id: Mapped[int] = mapped_column(Identifier, ForeignKey("user_task.id"), primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    campaign_id: Mapped[int | None]
    town_id: Mapped[int | None]
    department_id: Mapped[int | None]
    enterprise_id: Mapped[int | None]
    body_id: Mapped[int | None]
    item_code: Mapped[str | None]
    candidate_group: Mapped[str]
    due_at: Mapped[datetime | None]
    since: Mapped[datetime]
    until: Mapped[datetime]
    path_id: Mapped[int | None]  # the ladder's steps up to then


event.listen(LateTurn.__table__, "after_create", triggers.install)
