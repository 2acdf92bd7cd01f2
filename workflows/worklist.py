"""A person's open tasks as the inbox and the review queue show them: what, whose, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from workflows.campaigns.models import Campaign
from workflows.hazards.models import Hazard
from workflows.inbox import Person
from workflows.obligations.models import Extension, Obligation
from workflows.obligations.rules import RoundKind
from workflows.register.models import Enterprise
from workflows.register.types import RiskLevel
from workflows.subjects import Subject
from workflows.times import day_of, next_midnight

PAGE = 50
REVIEW_NODES = (
    "town_review", "department_review", "site_check", "assess", "approve_plan", "verify", "accept", "decide",
)  # fmt: skip
WORKED = ("self_check", "fix")
RETURNED = (RoundKind.RETURN, RoundKind.SITE_FAILED, "verification_failed")


class Urgency(StrEnum):
    """The groups of the inbox, the most urgent first."""

    OVERDUE = "overdue"
    RETURNED = "returned"
    TODAY = "today"
    WEEK = "week"
    LATER = "later"


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
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows; `None` restricts nothing."""

    reviews: bool = False
    urgency: Urgency | None = None
    offset: int = 0


def rows(session: Session, person: Person, *, wanted: Filter, now: datetime) -> list[Row]:
    """One page of open tasks, one more than `PAGE` when there are further ones; the most urgent first."""
    query = _with_subjects(_mine(person, wanted, now)).order_by(*_order(now))
    return [_row(record, now) for record in session.execute(query.limit(PAGE + 1).offset(wanted.offset))]


def following(session: Session, person: Person, task_id: int, *, wanted: Filter, now: datetime) -> int | None:
    """The task after this one in its list, else the one before it."""
    query = _with_subjects(_mine(person, wanted, now)).with_only_columns(UserTask.id).order_by(*_order(now))
    ids = list(session.scalars(query))
    if task_id not in ids:
        return ids[0] if ids else None
    at = ids.index(task_id)
    others = ids[at + 1 :] or ids[:at][-1:]
    return others[0] if others else None


def counts(session: Session, person: Person, *, reviews: bool, now: datetime) -> dict[Urgency, int]:
    """How many open tasks there are in each group."""
    query = select(_urgency(now).label("urgency"), func.count()).select_from(UserTask)
    query = query.outerjoin(Obligation, Obligation.instance_id == UserTask.instance_id)
    query = query.outerjoin(Hazard, Hazard.instance_id == UserTask.instance_id)
    query = query.where(*_open(person, reviews=reviews)).group_by("urgency")
    return {Urgency(urgency): number for urgency, number in session.execute(query)}


def row_of(session: Session, task_id: int, *, now: datetime) -> Row | None:
    """One task as a line, open or closed."""
    record = session.execute(_with_subjects([UserTask.id == task_id])).first()
    return _row(record, now) if record else None


def _open(person: Person, *, reviews: bool) -> list[ColumnElement[bool]]:
    node = UserTask.node.in_(REVIEW_NODES) if reviews else UserTask.node.not_in(REVIEW_NODES)
    return [UserTask.candidate_group.in_(person.groups), UserTask.status == TaskStatus.OPEN, node]


def _order(now: datetime) -> tuple[Any, ...]:
    rank = case({one.value: place for place, one in enumerate(Urgency)}, value=_urgency(now))
    return rank, UserTask.due_at.is_(None), UserTask.due_at, UserTask.id


def _mine(person: Person, wanted: Filter, now: datetime) -> list[ColumnElement[bool]]:
    conditions = _open(person, reviews=wanted.reviews)
    if wanted.urgency is not None:
        conditions.append(_urgency(now) == wanted.urgency.value)
    return conditions


def _urgency(now: datetime) -> ColumnElement[str]:
    today = next_midnight(day_of(now))
    week = next_midnight(day_of(now) + timedelta(days=7))
    returned = or_(Obligation.round_kind.in_(RETURNED), Hazard.round_kind.in_(RETURNED))
    worked = UserTask.node.in_(WORKED)
    return case(
        (UserTask.due_at < now, Urgency.OVERDUE.value),
        (and_(returned, worked), Urgency.RETURNED.value),
        (UserTask.due_at < today, Urgency.TODAY.value),
        (UserTask.due_at < week, Urgency.WEEK.value),
        else_=Urgency.LATER.value,
    )


def _with_subjects(conditions: list[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    firm = func.coalesce(
        Obligation.enterprise_id,
        Hazard.enterprise_id,
        ProcessInstance.variables["enterprise_id"].as_integer(),
    )
    return (
        select(
            UserTask, ProcessInstance.business_key, Obligation, Hazard, Extension, Campaign.title,
            Enterprise.name, Enterprise.risk_level,
        )
        .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
        .outerjoin(Obligation, Obligation.instance_id == UserTask.instance_id)
        .outerjoin(Hazard, Hazard.instance_id == UserTask.instance_id)
        .outerjoin(Extension, Extension.instance_id == UserTask.instance_id)
        .outerjoin(Enterprise, Enterprise.id == firm)
        .outerjoin(Campaign, Campaign.id == UserTask.group_id)
        .where(*conditions)
    )  # fmt: skip


def _row(record: Any, now: datetime) -> Row:
    task, business_key, obligation, hazard, extension, campaign, enterprise, risk = record
    about = obligation or hazard
    title = about.title if about else (extension.reason if extension else campaign or "")
    returned = bool(about and about.round_kind in RETURNED)
    return Row(
        task_id=task.id, node=task.node, name=task.name, subject=Subject.parse(business_key), title=title,
        item_code=obligation.item_code if obligation else None, enterprise=enterprise, risk_level=risk,
        due_at=task.due_at, opened_at=task.created_at, returned=returned,
        urgency=urgency_of(task.due_at, returned=returned and task.node in WORKED, now=now),
    )  # fmt: skip


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
