"""The calendar of one's due dates behind a secret address, which its owner can take back."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows import worklist
from workflows.accounts.models import Account
from workflows.assignments.queries import person_of
from workflows.exceptions import NotFound
from workflows.i18n import gettext as _
from workflows.i18n import spoken
from workflows.notifications.channels import preference_of
from workflows.notifications.ical import Event, calendar
from workflows.notifications.models import Preference
from workflows.titles import titled

MOST = 500  # events; calendars on phones choke on more [D]


def make(session: Session, account: Account, *, now: datetime) -> str:
    """A new secret, shown once and stored nowhere; an older one stops working."""
    secret = secrets.token_urlsafe(32)
    session.execute(select(Account.id).where(Account.id == account.id).with_for_update())
    preference = preference_of(session, account.id)
    preference.feed_hash, preference.feed_made_at = _hash(secret), now
    session.add(preference)
    session.flush()
    return secret


def revoke(session: Session, account: Account) -> None:
    """The address stops working at once; pressing twice is harmless."""
    preference = session.get(Preference, account.id)
    if preference is not None:
        preference.feed_hash = preference.feed_made_at = None
        session.flush()


def owner(session: Session, secret: str) -> Account:
    """Whose calendar this is. Raises NotFound for an unknown or revoked secret and for a shut account."""
    query = select(Account).join(Preference, Preference.account_id == Account.id)
    account = session.scalar(query.where(Preference.feed_hash == _hash(secret), Account.active))
    if account is None:
        raise NotFound(what="calendar")
    return account


def file_of(session: Session, account: Account, *, home: str, now: datetime) -> str:
    """The calendar of a person's open tasks that have a due date."""
    person = person_of(session, account, now=now)
    host = urlsplit(home).hostname or "localhost"
    with spoken(account.language):
        events = [
            Event(
                uid=f"task-{row.task_id}@{host}", due_at=row.due_at, changed_at=row.opened_at,
                title=f"{titled(row.title)} · {_(row.name)}",
                place=row.enterprise or "", url=f"{home}/inbox?task={row.task_id}",
            )
            for row in worklist.dated(session, person, limit=MOST, now=now)
            if row.due_at is not None
        ]  # fmt: skip
        return calendar(events, name=_("闭环：%(name)s的期限") % {"name": account.display_name}, now=now)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
