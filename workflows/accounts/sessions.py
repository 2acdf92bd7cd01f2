"""Browser sessions in our own table: opened at sign-in, touched while used, ended by time or by hand."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from workflows.accounts import rules
from workflows.accounts.models import WebSession

TOUCH_EVERY = timedelta(minutes=1)  # not every page view is worth a write


def open_session(session: Session, *, account_id: int, now: datetime) -> str:
    """Start a session and return its secret, which is stored nowhere. Dead sessions are swept on the way."""
    secret = secrets.token_urlsafe(32)
    _sweep(session, now)
    session.add(WebSession(id_hash=_hash(secret), account_id=account_id, created_at=now, last_seen_at=now))
    session.flush()
    return secret


def find_session(session: Session, *, secret: str, now: datetime) -> WebSession | None:
    """The live session of this secret, with its account; None when unknown, idle, old or shut off."""
    found = session.get(WebSession, _hash(secret))
    if found is None or not found.account.active:
        return None
    if rules.session_over(created_at=found.created_at, last_seen_at=found.last_seen_at, now=now):
        return None
    return found


def is_stale(found: WebSession, *, now: datetime) -> bool:
    """Whether it is time to write down again that the session is in use."""
    return now - found.last_seen_at >= TOUCH_EVERY


def touch(session: Session, *, secret: str, now: datetime, language: str | None = None) -> None:
    """Note that the session is in use, and which language its person chose."""
    if (found := session.get(WebSession, _hash(secret))) is not None:
        found.last_seen_at = max(now, found.last_seen_at)
        if language is not None:
            found.account.language = language


def close_session(session: Session, *, secret: str) -> None:
    """Sign out this browser; the other sessions of the person go on."""
    session.execute(delete(WebSession).where(WebSession.id_hash == _hash(secret)))


def close_all(session: Session, *, account_id: int, but: str = "") -> None:
    """Sign out every browser of a person, but the one with this secret."""
    mine = WebSession.account_id == account_id, WebSession.id_hash != _hash(but)
    session.execute(delete(WebSession).where(*mine))


def _sweep(session: Session, now: datetime) -> None:
    over = or_(WebSession.last_seen_at < now - rules.IDLE, WebSession.created_at < now - rules.ABSOLUTE)
    session.execute(delete(WebSession).where(over))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
