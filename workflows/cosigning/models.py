"""The table of co-signatures; who has to sign is a task of the process `cosign`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Cosignature(Base):
    """One signature that one task waits for; `agreed` is None until it is given or refused."""

    __tablename__ = "cosignature"
    __table_args__ = (Index("ix_cosignature_task", "task_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("user_task.id"))
    subject: Mapped[str] = mapped_column(String(120))
    cosigner_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    question: Mapped[str] = mapped_column(Text)
    asked_by: Mapped[str] = mapped_column(String(120))
    asked_at: Mapped[datetime]
    agreed: Mapped[bool | None]
    opinion: Mapped[str] = mapped_column(Text, default="")
    decided_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("process_instance.id"))
