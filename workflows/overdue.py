"""Who is late and what follows: obligations past their due date, by town and by working days late; urging them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workflows.calendar.rules import WorkdayCalendar
from workflows.duties.models import UnitTask
from workflows.escalation.models import Escalation
from workflows.notifications.models import Notification
from workflows.notifications.service import notify_all, notify_each
from workflows.obligations.models import Obligation
from workflows.obligations.queries import overdue
from workflows.register.models import Enterprise
from workflows.sight import Sight
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, iso

PAGE = 50
BUCKETS = (
    (0, 2),
    (3, 6),
    (7, 11),
    (12, 14),
    (15, 10_000),
)  # working days late; the ladder's steps lie between


@dataclass(frozen=True, slots=True)
class Late:
    """One overdue obligation as the list shows it; `step` is the last ladder step that was sent."""

    obligation: Obligation
    enterprise: Enterprise
    workdays: int
    step: Escalation | None
    urged_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cell:
    """What part of the overdue board is listed; None restricts nothing."""

    campaign_id: int | None = None
    town_id: int | None = None
    bucket: int | None = None
    offset: int = 0


def matrix(
    session: Session, *, cell: Cell, sight: Sight, calendar: WorkdayCalendar, now: datetime
) -> dict[int, list[int]]:
    """Town id -> number of overdue obligations in each bucket of `BUCKETS`."""
    query = select(Obligation.town_id, Obligation.due_at, func.count())
    table: dict[int, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
    query = query.where(*_where(session, cell, sight, now)).group_by(Obligation.town_id, Obligation.due_at)
    for town_id, due_at, number in session.execute(query):
        table[town_id][bucket_of(workdays_late(due_at, calendar, now=now))] += number
    return dict(table)


def listed(
    session: Session, *, cell: Cell, sight: Sight, calendar: WorkdayCalendar, now: datetime
) -> list[Late]:
    """One page of overdue obligations, the latest first, one more than `PAGE` when there are further ones."""
    query = select(Obligation, Enterprise).join(Enterprise, Enterprise.id == Obligation.enterprise_id)
    query = query.where(*_where(session, cell, sight, now))
    if cell.bucket is not None:
        query = query.where(Obligation.due_at.in_(_due_instants(session, cell, sight, calendar, now)))
    query = query.order_by(Obligation.due_at, Obligation.id).offset(cell.offset).limit(PAGE + 1)
    found = [(obligation, firm) for obligation, firm in session.execute(query)]
    steps = _steps(session, [obligation for obligation, _ in found])
    urged = _urged(session, [obligation.id for obligation, _ in found])
    return [
        Late(o, firm, workdays_late(o.due_at, calendar, now=now), steps.get(o.id), urged.get(o.id))
        for o, firm in found
    ]


def in_cell(
    session: Session, *, cell: Cell, sight: Sight, calendar: WorkdayCalendar, now: datetime
) -> list[Obligation]:
    """Every overdue obligation of a part of the board, whatever its page."""
    query = select(Obligation).where(*_where(session, cell, sight, now))
    if cell.bucket is not None:
        query = query.where(Obligation.due_at.in_(_due_instants(session, cell, sight, calendar, now)))
    return list(session.scalars(query))


def workdays_late(due_at: datetime | None, calendar: WorkdayCalendar, *, now: datetime) -> int:
    """Working days since the due day; 0 on a weekend right after it, at least so many where a year is unpublished."""
    return calendar.at_least(day_of(due_at), day_of(now)) if due_at else 0


def bucket_of(workdays: int) -> int:
    """The index in `BUCKETS`."""
    return next(index for index, (low, high) in enumerate(BUCKETS) if low <= workdays <= high)


def urge(session: Session, obligations: Sequence[Obligation], *, actor: str, now: datetime) -> int:
    """Remind the safety officer and the principal of each; returns how many enterprises were reached."""
    notices = [
        (
            f"{one.enterprise_id}:{role}",
            str(Subject(SubjectKind.OBLIGATION, one.id)),
            {"title": one.title, "due_at": one.due_at and iso(one.due_at), "by": actor},
        )
        for one in obligations
        for role in ("safety_officer", "principal")
    ]
    notify_each(session, notices, kind="urged", at=now)
    return len({one.enterprise_id for one in obligations})


def selected(session: Session, ids: Sequence[int], *, sight: Sight, now: datetime) -> list[Obligation]:
    """Those of these obligations that are overdue and may be seen."""
    query = select(Obligation).where(Obligation.id.in_(ids), sight.of(Obligation), overdue(session, now=now))
    return list(session.scalars(query))


def urge_bodies(session: Session, tasks: Sequence[UnitTask], *, actor: str, now: datetime) -> int:
    """Remind the bodies of unit tasks; returns how many bodies were reached."""
    for task in tasks:
        data = {"title": task.title, "due_at": task.due_at and iso(task.due_at), "by": actor}
        subject = str(Subject(SubjectKind.UNIT_TASK, task.id))
        notify_all(
            session, [f"{task.body_id}:{task.body_role}"], kind="urged", subject=subject, data=data, at=now
        )
    return len({task.body_id for task in tasks})


def count(session: Session, *, sight: Sight, now: datetime) -> int:
    """How many overdue obligations somebody sees."""
    query = select(func.count()).select_from(Obligation)
    return session.scalar(query.where(sight.of(Obligation), overdue(session, now=now))) or 0


def _where(session: Session, cell: Cell, sight: Sight, now: datetime) -> list[ColumnElement[bool]]:
    conditions = [sight.of(Obligation), overdue(session, now=now)]
    if cell.campaign_id is not None:
        conditions.append(Obligation.campaign_id == cell.campaign_id)
    if cell.town_id is not None:
        conditions.append(Obligation.town_id == cell.town_id)
    return conditions


def _due_instants(
    session: Session, cell: Cell, sight: Sight, calendar: WorkdayCalendar, now: datetime
) -> list[datetime]:
    """The distinct due instants that lie in the cell's bucket: a handful, whatever the size of the campaign."""
    instants = session.scalars(select(Obligation.due_at).distinct().where(*_where(session, cell, sight, now)))
    return [
        due for due in instants if due and bucket_of(workdays_late(due, calendar, now=now)) == cell.bucket
    ]


def _steps(session: Session, obligations: Sequence[Obligation]) -> dict[int, Escalation]:
    rounds = {obligation.id: obligation.round for obligation in obligations}
    query = select(Escalation).where(
        Escalation.subject_kind == SubjectKind.OBLIGATION,
        Escalation.subject_id.in_(rounds),
        Escalation.outcome == "sent",
    )
    found = session.scalars(query.order_by(Escalation.offset, Escalation.id))
    return {one.subject_id: one for one in found if one.round == rounds[one.subject_id]}


def _urged(session: Session, ids: Sequence[int]) -> dict[int, datetime]:
    keys = [str(Subject(SubjectKind.OBLIGATION, number)) for number in ids]
    query = select(Notification.subject, func.max(Notification.created_at)).where(
        Notification.kind == "urged", Notification.subject.in_(keys)
    )
    return {
        Subject.parse(subject).id: at for subject, at in session.execute(query.group_by(Notification.subject))
    }
