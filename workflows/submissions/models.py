"""Tables of submissions (what was entered at a task) and of drafts (what is being entered)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base
from workflows.audit.triggers import protect


class Submission(Base):
    """The form of one completed task, as it was sent. The database itself refuses to change or remove it."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("task_id"),
        Index("ix_submission_instance", "instance_id", "id"),
        Index("ix_submission_actor", "actor", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"))
    node: Mapped[str]
    form_key: Mapped[str]
    round: Mapped[int]
    form: Mapped[dict[str, Any]]
    actor: Mapped[str]
    on_behalf_of: Mapped[str | None]
    submitted_at: Mapped[datetime]


event.listen(Submission.__table__, "after_create", protect)


class Draft(Base):
    """What one person has typed into a task's form so far; who has none goes on from the newest of the others."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("task_id", "actor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"))
    form: Mapped[dict[str, Any]]
    actor: Mapped[str]
    saved_at: Mapped[datetime]
