"""The table of saved filters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base


class SavedFilter(Base):
    """One filter of the inbox or the review queue; with an `organization_id` everybody there sees it."""

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("account_id", "page", "name"),
        Index("ix_saved_filter_organization", "organization_id", "page"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    organization_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    page: Mapped[str] = mapped_column(String(16))
    name: Mapped[str] = mapped_column(String(40))
    query: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
