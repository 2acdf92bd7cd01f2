"""The numbers at the end of menu entries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from web.auth import Visitor
from web.people import person_of, sight
from workflows import overdue, worklist
from workflows.accounts.permissions import Permission
from workflows.notifications.queries import unread


def menu_counts(session: Session, visitor: Visitor, now: datetime) -> Mapping[str, int]:
    """Open tasks, tasks to review, overdue obligations in sight, unread notices."""
    person = person_of(visitor)
    found = {"inbox": sum(worklist.counts(session, person, reviews=False, now=now).values())}
    if visitor.may(Permission.REVIEW):
        found["reviews"] = sum(worklist.counts(session, person, reviews=True, now=now).values())
    if visitor.may(Permission.SEE_OVERDUE):
        found["overdue"] = overdue.count(session, sight=sight(visitor), now=now)
    found["notices"] = unread(session, visitor.groups)
    return found
