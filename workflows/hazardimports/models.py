"""Tables of hazards that come from workbooks: the files, and which row became which hazard."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base
from workflows.columns import enum_type
from workflows.register.types import ImportStatus


class HazardImport(Base):
    """One file on its way in, of one official.

    `verdicts` has an entry for each row, in the order of the file; `rejected` keeps the refused rows as they were
    written, `headers` those of each sheet. `claimed_at` is the machine's time of the last sign of life of whoever
    works on it, `failed_while` says what was being done when it failed.
    """

    __tablename__ = "hazard_import"
    __table_args__ = (
        Index("ix_hazard_import_actor", "actor", "id"),
        Index("ix_hazard_import_status", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(80))
    file_name: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[ImportStatus] = mapped_column(enum_type(ImportStatus), default=ImportStatus.WAITING)
    good: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    headers: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    rejected: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    problems: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    verdicts: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    claimed_at: Mapped[datetime | None]
    failed_while: Mapped[ImportStatus | None] = mapped_column(enum_type(ImportStatus))


class ImportedHazard(Base):
    """A row that became a hazard; its fingerprint keeps the same row from becoming another.

    `told_source` is what the file says of where the hazard comes from.
    """

    __tablename__ = "imported_hazard"
    __table_args__ = (Index("ix_imported_hazard_import", "import_id"),)

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("hazard_import.id"))
    row: Mapped[int]
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), unique=True)
    told_source: Mapped[str | None] = mapped_column(String(80))
