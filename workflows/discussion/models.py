"""Tables of comments and of copies; both only grow."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class Comment(Base):
    """One remark; `mentions` are the actors that were named in it."""

    __tablename__ = "comment"
    __table_args__ = (Index("ix_comment_subject", "subject", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    mentions: Mapped[list[Any]]
    actor: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime]


class Copy(Base):
    """One person may read one file (抄送)."""

    __tablename__ = "copy"
    __table_args__ = (
        UniqueConstraint("subject", "account_id"),
        Index("ix_copy_account", "account_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(String(120))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    note: Mapped[str] = mapped_column(Text)
    copied_by: Mapped[str] = mapped_column(String(120))
    copied_at: Mapped[datetime]
