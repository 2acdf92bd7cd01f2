"""The tables of codes on walls and of what was reported through them. Nothing in them says who reported."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class TipCode(Base):
    """A code for one place of an enterprise. `made_by_id` is the organisation that made it and may disable it.

    The token is kept as it is: it hangs on a wall for everybody to read, and has to be printed again.
    """

    __tablename__ = "tip_code"
    __table_args__ = (UniqueConstraint("token"), Index("ix_tip_code_enterprise", "enterprise_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    place: Mapped[str] = mapped_column(String(120))
    token: Mapped[str] = mapped_column(String(40))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    created_by: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime]
    disabled_by: Mapped[str | None] = mapped_column(String(80))
    disabled_at: Mapped[datetime | None]


class Tip(Base):
    """One report: the reporter's own words and picture, which only the town and the lead office see.

    `number` looks it up, `form_key` names the form it was sent with, so that a form sent twice is one tip. `outcome`
    is None while it is looked into; `hazard_id` is the hazard it led to or was part of; the evidence is the town's.
    `erased_at`: since when the words and the picture of one that was no hazard are gone.
    """

    __tablename__ = "tip"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("form_key"),
        Index("ix_tip_town", "town_id", "decided_at", "due_at"),
        Index("ix_tip_decided", "decided_at", "due_at"),
        Index("ix_tip_hazard", "hazard_id"),
        Index("ix_tip_evidence", "evidence_id"),
        Index(
            "ix_tip_to_erase",
            "decided_at",
            sqlite_where=sql("outcome = 'not_hazard' AND erased_at IS NULL"),
            postgresql_where=sql("outcome = 'not_hazard' AND erased_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(8))
    form_key: Mapped[str] = mapped_column(String(64))
    code_id: Mapped[int] = mapped_column(ForeignKey("tip_code.id"))
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    town_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    place: Mapped[str] = mapped_column(String(120))
    text: Mapped[str] = mapped_column(Text)
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    reported_at: Mapped[datetime]
    due_at: Mapped[datetime]
    round: Mapped[int] = mapped_column(default=1)
    outcome: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text, default="")
    hazard_id: Mapped[int | None] = mapped_column(ForeignKey("hazard.id"))
    decided_by: Mapped[str | None] = mapped_column(String(80))
    decided_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
