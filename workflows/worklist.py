"""A person's open tasks as the inbox and the review queue show them: what, whose, until when.

Each part of a list is read along an index from where the last page ended (`Place`), one candidate group at a
time: what a page costs depends on its length, not on how much waits behind it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from engine.models import ProcessInstance, UserTask
from engine.types import DelegationState, TaskStatus
from workflows.campaigns.models import Campaign, LaunchProposal
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.inbox import Person
from workflows.obligations.models import Extension, Obligation
from workflows.obligations.rules import RoundKind, is_late
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.register.types import Industry, RiskLevel
from workflows.subjects import Subject
from workflows.times import day_of, next_midnight

PAGE = 50
REVIEW_NODES = (
    "town_review", "department_review", "site_check", "assess", "approve_plan", "verify", "accept", "decide", "check",
    "approve_launch", "confirm_interim", "list_plate", "list_account", "supervise", "consent", "site_review", "suspend",
    "re_review", "decide_closure", "check_effect",
)  # fmt: skip
WORKED = ("self_check", "fix", "file")
RETURNED = (RoundKind.RETURN, RoundKind.SITE_FAILED, "verification_failed")


class Urgency(StrEnum):
    """The groups of the inbox, the most urgent first."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


class Who(StrEnum):
    """Whose tasks a list shows."""

    CAN_DO = "can_do"  # everybody's of the group and one's own
    MINE = "mine"
    COLLEAGUES = "colleagues"
    DELEGATED = "delegated"
    REMIND = "remind"  # hidden until their follow-up day


class Order(StrEnum):
    """How a list is sorted."""

    URGENT = "urgent"
    NEWEST = "newest"
    OLDEST = "oldest"
    ENTERPRISE = "enterprise"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of tasks."""

    task_id: int
    node: str
    name: str
    subject: Subject
    title: str
    item_code: str | None
    enterprise: str | None
    risk_level: RiskLevel | None
    due_at: datetime | None
    opened_at: datetime
    returned: bool
    was_late: bool  # submitted after its due date, or not yet and past it
    urgency: Urgency
    assignee: str | None
    owner: str | None
    delegation_state: DelegationState | None
    follow_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the last task and what it was sorted by."""

    task_id: int
    urgency: Urgency = Urgency.LATER
    due_at: datetime | None = None
    enterprise: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; `None` restricts nothing."""

    reviews: bool = False
    urgency: Urgency | None = None
    campaign_id: int | None = None
    phase: int | None = None
    town_id: int | None = None
    industry: Industry | None = None
    who: Who = Who.CAN_DO
    order: Order = Order.URGENT
    after: Place | None = None

    @property
    def narrows(self) -> bool:
        """Whether anything but the group of urgency is left out."""
        return replace(self, urgency=None, after=None, order=Order.URGENT) != Filter(reviews=self.reviews)


def rows(session: Session, person: Person, *, wanted: Filter, now: datetime) -> list[Row]:
    """One page of open tasks, one more than `PAGE` when there are further ones."""
    return _rows(session, _ids(session, person, wanted, now, limit=PAGE + 1), now)


def place_of(row: Row) -> Place:
    """Where the page that ends with this row ends."""
    return Place(row.task_id, row.urgency, row.due_at, row.enterprise or "")


def dated(session: Session, person: Person, *, limit: int, now: datetime) -> list[Row]:
    """The open tasks that have a due date, reviews and what is put off among them, the earliest first."""
    parts = [*scopes(person, Who.CAN_DO, now=now), *scopes(person, Who.REMIND, now=now)]
    query = select(UserTask.id).where(or_(*parts), UserTask.due_at.is_not(None))
    return _rows(
        session, session.scalars(query.order_by(UserTask.due_at, UserTask.id).limit(limit)).all(), now
    )


def following(session: Session, person: Person, task_id: int, *, wanted: Filter, now: datetime) -> int | None:
    """The task after this one in its list, else the first one of the list."""
    row = row_of(session, task_id, now=now)
    after = place_of(row) if row else None
    ids = _ids(session, person, replace(wanted, after=after), now, limit=1)
    ids = ids or _ids(session, person, replace(wanted, after=None), now, limit=2)
    return next((one for one in ids if one != task_id), None)


def row_of(session: Session, task_id: int, *, now: datetime) -> Row | None:
    """One task as a line, open or closed."""
    return next(iter(_rows(session, [task_id], now)), None)


def scopes(person: Person, who: Who, *, now: datetime) -> list[ColumnElement[bool]]:
    """The open tasks a list is made of, in parts that exclude one another and lie together in an index."""
    groups = sorted(person.groups)
    waiting = UserTask.follow_up_at > now
    if who is Who.COLLEAGUES:
        others = UserTask.assignee.not_in([person.actor, *(actor for actor, _ in person.absent)])
        return [_of_group(group, UserTask.assignee.is_not(None), others) for group in groups]
    if who is Who.DELEGATED:
        pending = UserTask.owner == person.actor, UserTask.delegation_state == DelegationState.PENDING
        return [_of_group(group, *pending) for group in groups]
    mine = [and_(UserTask.assignee == person.actor, UserTask.status == TaskStatus.OPEN)]
    if who is Who.REMIND:
        return [and_(one, waiting) for one in mine]
    if who is Who.CAN_DO:
        mine += [_of_group(group, UserTask.assignee == absent) for absent, group in sorted(person.absent)]
    mine = [and_(one, or_(UserTask.follow_up_at.is_(None), not_(waiting))) for one in mine]
    if who is Who.MINE:
        return mine
    return mine + [_of_group(group, UserTask.assignee.is_(None)) for group in groups]


def narrowed(wanted: Filter) -> list[ColumnElement[bool]]:
    """What the filter leaves of a query with the tables of `with_subjects`, its urgency apart."""
    node = UserTask.node.in_(REVIEW_NODES) if wanted.reviews else UserTask.node.not_in(REVIEW_NODES)
    pairs: list[tuple[Any, Any]] = [
        (UserTask.group_id, wanted.campaign_id), (phase_of(), wanted.phase),
        (Enterprise.town_id, wanted.town_id), (Enterprise.industry, wanted.industry),
    ]  # fmt: skip
    return [node, *(column == value for column, value in pairs if value is not None)]


def phase_of() -> ColumnElement[int]:
    """The phase of what a task is about; needs the tables of `with_subjects`."""
    return func.coalesce(Obligation.phase, UnitTask.phase)


def owner_name() -> ColumnElement[str]:
    """Whose work it is: the body of a duty, else the enterprise; needs the tables of `with_subjects`."""
    return func.coalesce(Organization.name, Enterprise.name)


def with_subjects(columns: Select[Any]) -> Select[Any]:
    """Tasks with the obligation, hazard or duty they are about and whose it is: what filters ask for."""
    process = aliased(ProcessInstance)
    # most tasks are about obligations: for those nothing else is looked up
    other = case((Obligation.id.is_(None), UserTask.instance_id))
    firm = func.coalesce(
        Obligation.enterprise_id,
        Hazard.enterprise_id,
        process.variables["enterprise_id"].as_integer(),
    )
    return (
        columns.select_from(UserTask)
        .outerjoin(Obligation, Obligation.instance_id == UserTask.instance_id)
        .outerjoin(Hazard, Hazard.instance_id == other)
        .outerjoin(UnitTask, UnitTask.instance_id == other)
        .outerjoin(process, process.id == other)
        .outerjoin(Organization, Organization.id == UnitTask.body_id)
        .outerjoin(Enterprise, Enterprise.id == firm)
    )


def urgency_of(due_at: datetime | None, *, returned: bool, now: datetime) -> Urgency:
    """The group of one task."""
    if due_at is not None and due_at < now:
        return Urgency.OVERDUE
    if returned:
        return Urgency.RETURNED
    if due_at is not None and due_at < next_midnight(day_of(now)):
        return Urgency.TODAY
    if due_at is not None and due_at < next_midnight(day_of(now) + timedelta(days=7)):
        return Urgency.WEEK
    return Urgency.LATER


def is_returned() -> ColumnElement[bool]:
    """Whether a task is work that was sent back; needs the tables of `with_subjects`."""
    kind = func.coalesce(Obligation.round_kind, Hazard.round_kind, UnitTask.round_kind)
    return and_(UserTask.node.in_(WORKED), func.coalesce(kind.in_(RETURNED), False))


def _of_group(group: str, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(UserTask.candidate_group == group, UserTask.status == TaskStatus.OPEN, *conditions)


@dataclass(frozen=True, slots=True)
class _Part:
    """A stretch of a list: its condition, what it is sorted by, whether it needs the tables of the subjects."""

    condition: ColumnElement[bool]
    order: tuple[Any, ...]


def _ids(session: Session, person: Person, wanted: Filter, now: datetime, *, limit: int) -> list[int]:
    found: list[int] = []
    parts = scopes(person, wanted.who, now=now)
    for part in _parts(wanted, now):
        if len(found) < limit and parts:
            found += session.scalars(_stretch(parts, part, wanted, limit - len(found)))
    return found


def _stretch(scope: Sequence[ColumnElement[bool]], part: _Part, wanted: Filter, limit: int) -> Select[Any]:
    """The first ids of a part: the first of each scope, put together."""
    keys = [column.label(f"o{number}") for number, column in enumerate(part.order)]
    columns = select(UserTask.id, *keys)
    base = with_subjects(columns) if _needs_subjects(wanted) else columns
    base = base.where(part.condition, *narrowed(wanted))
    newest = wanted.order is Order.NEWEST
    last: Any = UserTask.id.desc() if newest else UserTask.id
    limited = [base.where(one).order_by(*part.order, last).limit(limit).subquery() for one in scope]
    together = union_all(*(select(one) for one in limited)).subquery()
    sorted_by = [together.c[f"o{number}"] for number in range(len(keys))]
    last = together.c.id.desc() if newest else together.c.id
    return select(together.c.id).order_by(*sorted_by, last).limit(limit)


def _needs_subjects(wanted: Filter) -> bool:
    by_firm = wanted.phase is not None or wanted.town_id is not None or wanted.industry is not None
    return by_firm or not wanted.reviews or wanted.order is Order.ENTERPRISE


def _parts(wanted: Filter, now: datetime) -> Iterator[_Part]:
    after = wanted.after
    if wanted.order is Order.URGENT:
        yield from _urgent(wanted, now)
        return
    group = group_of_urgency(wanted.urgency, reviews=wanted.reviews, now=now) if wanted.urgency else None
    if wanted.order is Order.ENTERPRISE:
        name = func.coalesce(owner_name(), "")
        yield _Part(_all(group, _beyond(name, after.enterprise, after) if after else None), (name,))
        return
    older = UserTask.id < after.task_id if after else None
    newer = UserTask.id > after.task_id if after else None
    yield _Part(_all(group, older if wanted.order is Order.NEWEST else newer), ())


def _urgent(wanted: Filter, now: datetime) -> Iterator[_Part]:
    """Overdue, returned, today, this week, later; what has no date comes last in its group."""
    order = list(Urgency)
    begin = order.index(wanted.after.urgency) if wanted.after else 0
    for place, urgency in enumerate(order):
        if place < begin or wanted.urgency not in (None, urgency):
            continue
        if wanted.reviews and urgency is Urgency.RETURNED:
            continue  # a review is no work that was sent back
        after = wanted.after if place == begin else None
        group = group_of_urgency(urgency, reviews=wanted.reviews, now=now)
        if after is None or after.due_at is not None:
            beyond = _beyond(UserTask.due_at, after.due_at, after) if after else None
            yield _Part(_all(group, UserTask.due_at.is_not(None), beyond), (UserTask.due_at,))
        if urgency in (Urgency.RETURNED, Urgency.LATER):
            undated = UserTask.id > after.task_id if after is not None and after.due_at is None else None
            yield _Part(_all(group, UserTask.due_at.is_(None), undated), ())


def group_of_urgency(urgency: Urgency, *, reviews: bool, now: datetime) -> ColumnElement[bool]:
    """The tasks of one group. Reviews are never returned work, so their groups need no other table."""
    today, week = next_midnight(day_of(now)), next_midnight(day_of(now) + timedelta(days=7))
    due = UserTask.due_at
    if urgency is Urgency.OVERDUE:
        return due < now
    if urgency is Urgency.RETURNED:
        return and_(or_(due.is_(None), due >= now), UserTask.node.in_(WORKED), is_returned())
    span = {
        Urgency.TODAY: and_(due >= now, due < today),
        Urgency.WEEK: and_(due >= today, due < week),
        Urgency.LATER: or_(due.is_(None), due >= week),
    }[urgency]
    return span if reviews else and_(span, not_(is_returned()))


def _beyond(column: Any, value: Any, after: Place) -> ColumnElement[bool]:
    return or_(column > value, and_(column == value, UserTask.id > after.task_id))


def _all(*conditions: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return and_(True, *(one for one in conditions if one is not None))


def _rows(session: Session, ids: Sequence[int], now: datetime) -> list[Row]:
    columns = (
        UserTask, ProcessInstance.business_key, ProcessInstance.variables, Obligation, Hazard, UnitTask,
        Extension, func.coalesce(Campaign.title, LaunchProposal.title), owner_name(), Enterprise.risk_level,
    )  # fmt: skip
    query = (
        with_subjects(select(*columns))
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .outerjoin(Extension, Extension.instance_id == UserTask.instance_id)
        .outerjoin(Campaign, Campaign.id == UserTask.group_id)
        .outerjoin(LaunchProposal, LaunchProposal.instance_id == UserTask.instance_id)
        .where(UserTask.id.in_(ids))
    )
    found = {record[0].id: _row(record, now) for record in session.execute(query)}
    return [found[number] for number in ids if number in found]


def _submitted(about: Obligation | Hazard | UnitTask) -> datetime | None:
    return None if isinstance(about, Hazard) else about.submitted_at


def _row(record: Any, now: datetime) -> Row:
    task, business_key, variables, obligation, hazard, duty, extension, campaign, owner, risk = record
    about = obligation or hazard or duty
    coded = obligation or duty
    title = about.title if about else (extension.reason if extension else variables.get("title", campaign))
    returned = bool(about and about.round_kind in RETURNED)
    return Row(
        task_id=task.id, node=task.node, name=task.name, subject=Subject.parse(business_key), title=title or "",
        item_code=coded.item_code if coded else None, enterprise=owner, risk_level=risk,
        due_at=task.due_at, opened_at=task.created_at, returned=returned,
        was_late=about is not None and is_late(about.due_at, submitted_at=_submitted(about), now=now),
        urgency=urgency_of(task.due_at, returned=returned and task.node in WORKED, now=now),
        assignee=task.assignee, owner=task.owner, delegation_state=task.delegation_state,
        follow_up_at=task.follow_up_at,
    )  # fmt: skip
