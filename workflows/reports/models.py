"""The table of figures that were taken for reports."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, event
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base
from workflows.audit.triggers import protect


class ReportFigures(Base):
    """The figures of the report at a node of a process, as they were found. The newest before a submission belongs to
    it. The database itself refuses to change or remove them.
    """

    __tablename__ = "report_figures"
    __table_args__ = (Index("ix_report_figures_instance", "instance_id", "node", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    node: Mapped[str] = mapped_column(String(40))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    taken_by: Mapped[str]
    taken_at: Mapped[datetime]


event.listen(ReportFigures.__table__, "after_create", protect)
