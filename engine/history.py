"""What happened in an instance."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import HistoryEntry


def of_instance(session: Session, instance_id: int) -> list[HistoryEntry]:
    """All lines, in the order in which they were written."""
    rows = session.scalars(
        select(HistoryEntry).where(HistoryEntry.instance_id == instance_id).order_by(HistoryEntry.id)
    )
    return list(rows)
