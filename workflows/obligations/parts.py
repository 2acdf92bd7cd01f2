"""The rows behind a number of obligations: the conditions of what `campaigns/tallies.py` counts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.markings import open_nodes_by_marking
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ACCEPTED_NODES, REVIEW_NODES, WORK_NODES, Outcome, RoundKind

AFTER_WORK = REVIEW_NODES | ACCEPTED_NODES | {"site_check"}


class Part(StrEnum):
    """What is counted."""

    OWED = "owed"
    DONE = "done"
    REVIEWING = "reviewing"
    RETURNED = "returned"
    OVERDUE = "overdue"


CLOSED: Final = {  # whether all that counts in a part is closed, or nothing of it is
    Part.DONE: True,
    Part.REVIEWING: False,
    Part.RETURNED: False,
    Part.OVERDUE: False,
}


def condition(session: Session, part: Part, *, now: datetime) -> ColumnElement[bool]:
    """Which obligations are counted in this part."""
    owed = or_(_status() != InstanceStatus.CANCELLED, Obligation.outcome == Outcome.NOT_APPLICABLE)
    if part is Part.OWED:
        return owed
    if part is Part.DONE:  # said like this PostgreSQL knows that it is nearly all that is closed
        return and_(Obligation.closed_at.is_not(None), owed)
    known = open_nodes_by_marking(session, "obligation").items()
    going_on = ProcessInstance.status.in_([InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED])
    if part is Part.REVIEWING:
        reviewed = [number for number, nodes in known if nodes & REVIEW_NODES and not nodes & WORK_NODES]
        return _among(going_on, ProcessInstance.marking_id.in_(reviewed))
    if part is Part.RETURNED:
        at_work = [number for number, nodes in known if nodes & WORK_NODES]
        sent_back = Obligation.round_kind.in_([RoundKind.RETURN, RoundKind.SITE_FAILED])
        return and_(sent_back, _of(going_on, ProcessInstance.marking_id.in_(at_work)))
    with_firm = [number for number, nodes in known if nodes & WORK_NODES or not nodes & AFTER_WORK]
    active = ProcessInstance.status == InstanceStatus.ACTIVE
    return and_(Obligation.due_at < now, _of(active, ProcessInstance.marking_id.in_(with_firm)))


def _status() -> ColumnElement[Any]:
    """The status of its process, looked up: beside an OR PostgreSQL would read every process for an EXISTS."""
    mine = ProcessInstance.id == Obligation.instance_id
    return select(ProcessInstance.status).where(mine).scalar_subquery()


def _of(*conditions: Any) -> ColumnElement[bool]:
    """Each asked for by itself: a page needs fifty, and nearly all meet the conditions."""
    mine = ProcessInstance.id == Obligation.instance_id
    return select(ProcessInstance.id).where(mine, *conditions).exists()


def _among(*conditions: Any) -> ColumnElement[bool]:
    """Asked for at once, since few meet the conditions."""
    return Obligation.instance_id.in_(select(ProcessInstance.id).where(*conditions))
