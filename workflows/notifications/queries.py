"""Read notices: how many are unread."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.notifications.models import Notification


def unread(session: Session, groups: Iterable[str]) -> int:
    """How many notices these groups have not read yet."""
    mine = Notification.candidate_group.in_(list(groups)), Notification.read_at.is_(None)
    return session.scalar(select(func.count()).select_from(Notification).where(*mine)) or 0
