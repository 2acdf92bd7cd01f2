"""The rows behind a number of obligations: the conditions of what `campaigns/tallies.py` counts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, not_, or_, select
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


def condition(session: Session, part: Part, *, now: datetime) -> ColumnElement[bool]:
    """Which obligations are counted in this part."""
    left_out = ProcessInstance.status == InstanceStatus.CANCELLED
    does_not_apply = Obligation.outcome == Outcome.NOT_APPLICABLE
    if part is Part.OWED:
        return or_(_of(not_(left_out)), does_not_apply)
    if part is Part.DONE:
        return or_(
            _of(ProcessInstance.status == InstanceStatus.COMPLETED), and_(_of(left_out), does_not_apply)
        )
    known = open_nodes_by_marking(session, "obligation").items()
    going_on = ProcessInstance.status.in_([InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED])
    if part is Part.REVIEWING:
        reviewed = [number for number, nodes in known if nodes & REVIEW_NODES and not nodes & WORK_NODES]
        return _of(going_on, ProcessInstance.marking_id.in_(reviewed))
    if part is Part.RETURNED:
        at_work = [number for number, nodes in known if nodes & WORK_NODES]
        sent_back = Obligation.round_kind.in_([RoundKind.RETURN, RoundKind.SITE_FAILED])
        return and_(sent_back, _of(going_on, ProcessInstance.marking_id.in_(at_work)))
    with_firm = [number for number, nodes in known if nodes & WORK_NODES or not nodes & AFTER_WORK]
    active = ProcessInstance.status == InstanceStatus.ACTIVE
    return and_(Obligation.due_at < now, _of(active, ProcessInstance.marking_id.in_(with_firm)))


def _of(*conditions: Any) -> ColumnElement[bool]:
    return Obligation.instance_id.in_(select(ProcessInstance.id).where(*conditions))
