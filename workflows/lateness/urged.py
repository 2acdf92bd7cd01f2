"""Who urged last, and when: read off the notices, so that whatever way somebody urged counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.notifications.models import Notification
from workflows.subjects import Subject

KINDS = ("urged", "task.urged")


@dataclass(frozen=True, slots=True)
class Urged:
    """`by` is the actor."""

    at: datetime
    by: str


def last_urges(session: Session, subjects: Sequence[Subject], *, at: datetime) -> dict[Subject, Urged]:
    """The last urge of each subject up to `at`."""
    query = select(Notification.subject, Notification.created_at, Notification.data).where(
        among(Notification.subject, [str(one) for one in subjects]), Notification.kind.in_(KINDS),
        Notification.created_at <= at,
    )  # fmt: skip
    found = session.execute(query.order_by(Notification.id)) if subjects else ()
    return {Subject.parse(key): Urged(told_at, str(data.get("by") or "")) for key, told_at, data in found}
