"""Send a notice to a candidate group, in the transaction of what it tells; mark notices as read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account
from workflows.notifications import outbox, queries
from workflows.notifications.models import Notification, Reading


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
    """Different notices of one kind: (group, subject, data). Who wants them elsewhere at once gets them there."""
    told = [(group, subject, dict(data)) for group, subject, data in notices]
    if not told:
        return
    channels = outbox.wanted_at_once(session, (group for group, _, _ in told))
    quiet = [_row(one, kind, at) for one in told if one[0] not in channels]
    if quiet:
        session.connection().execute(insert(Notification), quiet)
    loud = [one for one in told if one[0] in channels]
    if loud:
        returning = insert(Notification).returning(Notification.id, sort_by_parameter_order=True)
        ids = session.scalars(returning, [_row(one, kind, at) for one in loud]).all()
        written = [outbox.Told(id_, group, about) for id_, (group, about, _) in zip(ids, loud, strict=True)]
        outbox.repeat(session, written, channels, kind=kind, at=at)


def _row(told: tuple[str, str, dict[str, Any]], kind: str, at: datetime) -> dict[str, Any]:
    group, subject, data = told
    return {"candidate_group": group, "kind": kind, "subject": subject, "data": data, "created_at": at}


def mark_read(session: Session, groups: Iterable[str], *, account_id: int, at: datetime) -> None:
    """This person has read everything that these groups were told."""
    _lock(session, account_id)
    columns = select(Notification.id, literal(account_id), literal(at, Reading.read_at.type))
    fresh = columns.where(queries.is_unread(groups, account_id))
    session.execute(insert(Reading).from_select(["notification_id", "account_id", "read_at"], fresh))


def mark_one_read(
    session: Session, notification_id: int, groups: Iterable[str], *, account_id: int, at: datetime
) -> None:
    """This person has read one notice; reading it again changes nothing. Raises NotFound for somebody else's."""
    notice = queries.find(session, notification_id, groups)
    _lock(session, account_id)
    if session.get(Reading, (account_id, notice.id)) is None:
        session.add(Reading(account_id=account_id, notification_id=notice.id, read_at=at))
        session.flush()


def _lock(session: Session, account_id: int) -> None:
    """Two tabs of one person take turns, else both would insert the same row."""
    session.execute(select(Account.id).where(Account.id == account_id).with_for_update())
