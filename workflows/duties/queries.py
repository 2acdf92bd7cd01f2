"""Read unit tasks with their states; states come from markings, as those of obligations do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.campaigns.tallies import Tally
from workflows.campaigns.views import View
from workflows.duties.models import UnitTask
from workflows.markings import markings_at, open_nodes_by_marking
from workflows.obligations.rules import ObligationState, RoundKind
from workflows.organizations.models import Organization
from workflows.sight import Sight

KEY = "unit_task"
FILE, CHECK = "file", "check"  # nodes of unit_task.bpmn
PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of unit tasks shows; None restricts nothing."""

    campaign_id: int | None = None
    duty_code: str | None = None
    body_id: int | None = None
    offset: int = 0


def listed(session: Session, *, wanted: Filter, sight: Sight) -> list[tuple[UnitTask, Organization]]:
    """One page with the bodies, one more than `PAGE` when there are further ones: open first, by due day."""
    pairs = {
        UnitTask.campaign_id: wanted.campaign_id, UnitTask.duty_code: wanted.duty_code,
        UnitTask.body_id: wanted.body_id,
    }  # fmt: skip
    query = select(UnitTask, Organization).join(Organization, Organization.id == UnitTask.body_id)
    query = query.where(
        sight.of(UnitTask), *(key == value for key, value in pairs.items() if value is not None)
    )
    order = (UnitTask.closed_at.is_not(None), UnitTask.due_at.is_(None), UnitTask.due_at, UnitTask.id)
    page = session.execute(query.order_by(*order).offset(wanted.offset).limit(PAGE + 1))
    return [(task, body) for task, body in page]


def states(session: Session, tasks: Iterable[UnitTask]) -> dict[int, ObligationState]:
    """The state of each task, by id."""
    found = list(tasks)
    known = open_nodes_by_marking(session, KEY)
    query = select(ProcessInstance.id, ProcessInstance.marking_id, ProcessInstance.status).where(
        ProcessInstance.id.in_([one.instance_id for one in found])
    )
    instances = {number: (marking_id, status) for number, marking_id, status in session.execute(query)}
    return {
        one.id: _state(known, one.round_kind, *instances.get(one.instance_id or 0, (None, None)))
        for one in found
    }


def _state(
    known: dict[int, frozenset[str]],
    round_kind: str,
    marking_id: int | None,
    status: InstanceStatus | None,
) -> ObligationState:
    open_nodes = known.get(marking_id or 0, frozenset())
    if status == InstanceStatus.CANCELLED:
        return ObligationState.CANCELLED
    if status == InstanceStatus.COMPLETED:
        return ObligationState.CLOSED
    if FILE in open_nodes:
        return ObligationState.RETURNED if round_kind == RoundKind.RETURN else ObligationState.IN_PROGRESS
    return ObligationState.SUBMITTED if CHECK in open_nodes else ObligationState.PENDING


def overdue(session: Session, *, now: datetime) -> ColumnElement[bool]:
    """Past the due date and not filed; what was filed waits for the lead office."""
    working = select(ProcessInstance.id).where(
        ProcessInstance.status.in_([InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED]),
        ProcessInstance.marking_id.in_(markings_at(session, KEY, {FILE})),
    )
    return and_(UnitTask.due_at < now, UnitTask.instance_id.in_(working))


def late(
    session: Session,
    *,
    campaign_id: int | None,
    sight: Sight,
    now: datetime,
    ids: Iterable[int] | None = None,
) -> list[tuple[UnitTask, Organization]]:
    """The overdue ones in sight, the latest first: a district has dozens of bodies, not thousands."""
    query = select(UnitTask, Organization).join(Organization, Organization.id == UnitTask.body_id)
    query = query.where(sight.of(UnitTask), overdue(session, now=now))
    if campaign_id is not None:
        query = query.where(UnitTask.campaign_id == campaign_id)
    if ids is not None:
        query = query.where(UnitTask.id.in_(list(ids)))
    found = session.execute(query.order_by(UnitTask.due_at, UnitTask.id))
    return [(task, body) for task, body in found]


def count_late(session: Session, *, sight: Sight, now: datetime) -> int:
    """How many overdue unit tasks somebody sees."""
    query = select(func.count()).select_from(UnitTask)
    return session.scalar(query.where(sight.of(UnitTask), overdue(session, now=now))) or 0


def progress(session: Session, view: View, *, now: datetime) -> dict[str, Tally]:
    """The campaign's unit tasks by duty: one grouped query."""
    late_ = case((UnitTask.due_at < now, 1), else_=0).label("late")
    facts = (
        ProcessInstance.marking_id, ProcessInstance.status, UnitTask.round_kind,
        UnitTask.duty_code, late_,
    )  # fmt: skip
    query = (
        select(*facts, func.count())
        .join(ProcessInstance, ProcessInstance.id == UnitTask.instance_id)
        .where(*view.of(UnitTask))
        .group_by(*facts)
    )
    known = open_nodes_by_marking(session, KEY)
    found: dict[str, Tally] = {}
    for marking_id, status, round_kind, code, is_late, number in session.execute(query):
        state = _state(known, round_kind, marking_id, status)
        found.setdefault(code, Tally()).add(state, number, late=bool(is_late))
    return found
