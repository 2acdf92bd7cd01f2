"""Tables of the appraisal: reported values, self-evaluations of bodies, and what was frozen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class IndicatorValue(Base):
    """What somebody reported for an indicator and year, as it was written; the newest counts. Rows are only added."""

    __tablename__ = "indicator_value"
    __table_args__ = (Index("ix_indicator_value_code_year", "code", "year", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    value: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(Text)
    entered_by: Mapped[str]
    entered_at: Mapped[datetime]


class SelfEvaluation(Base):
    """How a body sees its own year; checked by the lead office. One that is sent back is filed again as a new row."""

    __tablename__ = "self_evaluation"
    __table_args__ = (Index("ix_self_evaluation_year", "year", "body_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    year: Mapped[int]
    statement: Mapped[str] = mapped_column(Text)
    filed_by: Mapped[str]
    filed_at: Mapped[datetime]
    accepted: Mapped[bool | None]
    opinion: Mapped[str | None] = mapped_column(Text)
    checked_by: Mapped[str | None]
    checked_at: Mapped[datetime | None]


class EvaluationTask(Base):
    """What a body has to evaluate for a year, and until when. Its step is read off its process instance's marking."""

    __tablename__ = "evaluation_task"
    __table_args__ = (
        UniqueConstraint("year", "body_id"),
        Index("ix_evaluation_task_instance", "instance_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    body_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    body_role: Mapped[str]
    title: Mapped[str]
    due_at: Mapped[datetime]
    round: Mapped[int]
    set_by: Mapped[str]
    set_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))


class Appraisal(Base):
    """The mid-term or the final appraisal: the figures of its year as they were found. It never changes."""

    __tablename__ = "appraisal"
    __table_args__ = (UniqueConstraint("kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    year: Mapped[int]
    score: Mapped[str | None]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    opinion: Mapped[str] = mapped_column(Text)
    frozen_by: Mapped[str]
    frozen_at: Mapped[datetime]
