"""Read the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account
from workflows.accounts.queries import PREFIX
from workflows.audit.models import AuditEntry
from workflows.times import ZONE

PAGE = 50
MOST_PEOPLE = 200  # that a name may mean


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the log is read; what is empty restricts nothing. `person` is a part of a name, or an actor such as
    `system`; `subject` a thing (`obligation:12`) or a kind of things (`obligation`)."""

    person: str = ""
    action: str = ""
    subject: str = ""
    day: date | None = None


def of_subject(session: Session, subject: str, *, limit: int = 200) -> list[AuditEntry]:
    """What was decided about one thing, oldest first."""
    query = select(AuditEntry).where(AuditEntry.subject == subject).order_by(AuditEntry.id).limit(limit)
    return list(session.scalars(query))


def latest(
    session: Session, wanted: Filter | None = None, *, limit: int = PAGE, before: int | None = None
) -> list[AuditEntry]:
    """The newest entries, for reading backwards page by page (`before` is the last id seen)."""
    query = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        query = query.where(AuditEntry.id < before)
    if wanted is None:
        return list(session.scalars(query))
    if wanted.person:
        query = query.where(AuditEntry.actor.in_([wanted.person, *_actors(session, wanted.person)]))
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.subject:
        kind = AuditEntry.subject.startswith(f"{wanted.subject}:", autoescape=True)
        query = query.where(or_(AuditEntry.subject == wanted.subject, kind))
    if wanted.day is not None:
        start = datetime.combine(wanted.day, time(), ZONE)
        query = query.where(AuditEntry.at >= start, AuditEntry.at < start + timedelta(days=1))
    return list(session.scalars(query))


def actions(session: Session) -> Sequence[str]:
    """Every action that was ever written down, for a filter."""
    return session.scalars(select(AuditEntry.action).distinct().order_by(AuditEntry.action)).all()


def _actors(session: Session, text: str) -> list[str]:
    named = or_(
        Account.username.icontains(text, autoescape=True),
        Account.display_name.icontains(text, autoescape=True),
    )
    ids = session.scalars(select(Account.id).where(named).order_by(Account.id).limit(MOST_PEOPLE))
    return [f"{PREFIX}{number}" for number in ids]
