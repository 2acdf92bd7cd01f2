"""The table of objections to a line of a failing list; the lists themselves stand with the campaign's tables."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Objection(Base):
    """What an enterprise says against its line, and the department's answer; `upheld` is None until it is given."""

    __tablename__ = "objection"
    __table_args__ = (
        Index("ix_objection_entry", "entry_id"),
        Index("ix_objection_list", "list_id", "answered_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("failing_list_entry.id"))
    list_id: Mapped[int] = mapped_column(ForeignKey("failing_list.id"))
    text: Mapped[str] = mapped_column(Text)
    evidence: Mapped[list[Any]] = mapped_column(default=list)
    filed_by: Mapped[str] = mapped_column(String(120))
    filed_at: Mapped[datetime]
    upheld: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(String(120))
    answered_at: Mapped[datetime | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
