"""Read notices: the newest ones, how many a person has not read, whom each is about."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from workflows.duties.models import UnitTask
from workflows.exceptions import NotFound
from workflows.hazards.models import Hazard
from workflows.notifications.models import Notification, Reading
from workflows.obligations.models import Obligation
from workflows.organizations.models import Organization
from workflows.subjects import Subject, SubjectKind

HOMES = (
    (SubjectKind.OBLIGATION, Obligation.id, Obligation.enterprise_id),
    (SubjectKind.HAZARD, Hazard.id, Hazard.enterprise_id),
    (SubjectKind.UNIT_TASK, UnitTask.id, UnitTask.body_id),
)


def unread(session: Session, groups: Iterable[str], *, account_id: int) -> int:
    """How many notices to these groups this person has not read yet."""
    query = select(func.count()).select_from(Notification).where(is_unread(groups, account_id))
    return session.scalar(query) or 0


def latest(
    session: Session, groups: Iterable[str], *, account_id: int, limit: int
) -> list[tuple[Notification, bool]]:
    """The newest notices to these groups, each with whether this person has read it."""
    mine = and_(Reading.notification_id == Notification.id, Reading.account_id == account_id)
    query = (
        select(Notification, Reading.read_at.is_not(None))
        .outerjoin(Reading, mine)
        .where(Notification.candidate_group.in_(list(groups)))
        .order_by(Notification.created_at.desc(), Notification.id.desc())
        .limit(limit)
    )
    return [(notice, is_read) for notice, is_read in session.execute(query)]


def find(session: Session, notification_id: int, groups: Iterable[str]) -> Notification:
    """Raises NotFound for a notice to somebody else."""
    notice = session.get(Notification, notification_id)
    if notice is None or notice.candidate_group not in set(groups):
        raise NotFound(what="notice", id=notification_id)
    return notice


def is_unread(groups: Iterable[str], account_id: int) -> ColumnElement[bool]:
    """Notices to these groups that this person has not read."""
    known = select(Reading.notification_id).where(
        Reading.account_id == account_id, Reading.notification_id == Notification.id
    )
    return and_(Notification.candidate_group.in_(list(groups)), ~known.exists())


def homes(session: Session, notices: Iterable[Notification]) -> dict[str, str]:
    """Whom each notice is about, by subject: an obligation's or a hazard's enterprise, the body of a duty.

    A notice about a person or an import is about no organisation.
    """
    about = {one.subject.partition(":")[::2] for one in notices}
    found: dict[str, str] = {}
    for kind, number, column in HOMES:
        ids = [int(id_) for named, id_ in about if named == kind]
        query = select(number, Organization.name).join(Organization, Organization.id == column)
        found |= {
            str(Subject(kind, key)): name for key, name in session.execute(query.where(number.in_(ids)))
        }
    return found
