"""Send a notice to a candidate group."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from workflows.notifications.models import Notification


def notify(
    session: Session, group: str, *, kind: str, subject: str, data: Mapping[str, Any], at: datetime
) -> None:
    notify_all(session, [group], kind=kind, subject=subject, data=data, at=at)


def notify_all(
    session: Session, groups: Iterable[str], *, kind: str, subject: str, data: Mapping[str, Any], at: datetime
) -> None:
    """The same notice to several groups, one row each."""
    notify_each(session, [(group, subject, data) for group in groups], kind=kind, at=at)


def notify_each(
    session: Session, notices: Iterable[tuple[str, str, Mapping[str, Any]]], *, kind: str, at: datetime
) -> None:
    """Different notices of one kind: (group, subject, data)."""
    rows = [
        {"candidate_group": group, "kind": kind, "subject": subject, "data": dict(data), "created_at": at}
        for group, subject, data in notices
    ]
    if rows:
        session.execute(insert(Notification), rows)


def mark_read(session: Session, groups: Iterable[str], *, at: datetime) -> None:
    """Everything these groups have not read yet is read now."""
    unread = Notification.candidate_group.in_(list(groups)), Notification.read_at.is_(None)
    session.execute(update(Notification).where(*unread).values(read_at=at))


def latest(session: Session, groups: Iterable[str], *, limit: int = 30) -> list[Notification]:
    """The newest notices of these groups."""
    mine = Notification.candidate_group.in_(list(groups))
    return list(
        session.scalars(
            select(Notification)
            .where(mine)
            .order_by(Notification.created_at.desc(), Notification.id.desc())
            .limit(limit)
        )
    )
