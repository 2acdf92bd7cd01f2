"""Write to the audit log; the entry belongs to the transaction of the decision it tells of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from workflows.accounts.types import SignIn
from workflows.audit.models import AuditEntry

ANONYMOUS = "anonymous"


def record(
    session: Session,
    *,
    at: datetime,
    actor: str,
    action: str,
    subject: str,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Note that `actor` (`account:17`, `system`) did `action` (`task.sign`) to `subject` (`obligation:12`)."""
    session.add(AuditEntry(at=at, actor=actor, action=action, subject=subject, detail=dict(detail or {})))


def record_each(
    session: Session, notes: Sequence[tuple[str, str, str, Mapping[str, Any]]], *, at: datetime
) -> None:
    """Many entries of one instant: (actor, action, subject, detail)."""
    rows = [
        {"at": at, "actor": actor, "action": action, "subject": subject, "detail": dict(detail)}
        for actor, action, subject, detail in notes
    ]
    session.connection().execute(insert(AuditEntry), rows)


def record_sign_in(session: Session, *, at: datetime, username: str, outcome: SignIn) -> None:
    """Note an attempt to sign in. The password, right or wrong, is never written."""
    if outcome.account_id is not None:
        account = f"account:{outcome.account_id}"
        record(session, at=at, actor=account, action="sign-in", subject=account)
        return
    reason = outcome.refusal.value if outcome.refusal else ""
    detail = {"reason": reason, "username": username}
    record(session, at=at, actor=ANONYMOUS, action="sign-in-refused", subject="sign-in", detail=detail)
