"""Read notices: how many are unread, whose enterprise each is about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.hazards.models import Hazard
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind


def unread(session: Session, groups: Iterable[str]) -> int:
    """How many notices these groups have not read yet."""
    mine = Notification.candidate_group.in_(list(groups)), Notification.read_at.is_(None)
    return session.scalar(select(func.count()).select_from(Notification).where(*mine)) or 0


def enterprises(session: Session, notices: Iterable[Notification]) -> dict[str, str]:
    """The enterprise's name by subject, for notices about an obligation or a hazard."""
    subjects = {Subject.parse(one.subject) for one in notices}
    found: dict[str, str] = {}
    for kind, table in ((SubjectKind.OBLIGATION, Obligation), (SubjectKind.HAZARD, Hazard)):
        ids = [one.id for one in subjects if one.kind is kind]
        query = select(table.id, Enterprise.name).join(Enterprise, Enterprise.id == table.enterprise_id)
        found |= {
            str(Subject(kind, number)): name
            for number, name in session.execute(query.where(table.id.in_(ids)))
        }
    return found
