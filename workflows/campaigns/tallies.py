"""Obligations of a campaign counted by state, and by whatever column one wants to compare: one grouped query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.campaigns.views import View
from workflows.markings import open_nodes_by_marking
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState, state_of
from workflows.register.models import Enterprise

DONE = (ObligationState.CLOSED, ObligationState.NOT_APPLICABLE)
WITH_ENTERPRISE = (ObligationState.IN_PROGRESS, ObligationState.RETURNED, ObligationState.PENDING)


@dataclass(slots=True)
class Tally:
    """Counts of obligations; `overdue` are past their due date and still with the enterprise.

    What was withdrawn is counted as `cancelled` only.
    """

    total: int = 0
    cancelled: int = 0
    done: int = 0
    reviewing: int = 0
    returned: int = 0
    working: int = 0
    accepted: int = 0
    overdue: int = 0

    @property
    def share_done(self) -> float:
        """Between 0 and 1; 0 where there is nothing to do."""
        return self.done / self.total if self.total else 0.0

    def add(self, state: ObligationState, number: int, *, late: bool) -> None:
        if state is ObligationState.CANCELLED:
            self.cancelled += number
            return
        self.total += number
        if state in DONE:
            self.done += number
        elif state is ObligationState.SUBMITTED:
            self.reviewing += number
        elif state in (ObligationState.ACCEPTED, ObligationState.SAMPLED):
            self.accepted += number
        elif state in WITH_ENTERPRISE:
            self.working += number
            self.returned += number if state is ObligationState.RETURNED else 0
            self.overdue += number if late else 0


def counted(
    session: Session,
    view: View,
    *columns: InstrumentedAttribute[Any] | ColumnElement[Any],
    now: datetime,
) -> Iterator[tuple[ObligationState, int, bool, tuple[Any, ...]]]:
    """(state, how many, late?, values of `columns`) of the obligations in view; columns of enterprises may be asked
    for too.
    """
    late = case((Obligation.due_at < now, 1), else_=0).label("late")
    facts = (
        ProcessInstance.marking_id, ProcessInstance.status, Obligation.round_kind, Obligation.outcome, late, *columns,
    )  # fmt: skip
    query = select(func.count(), *facts).join(ProcessInstance, ProcessInstance.id == Obligation.instance_id)
    if any(getattr(column, "class_", None) is Enterprise for column in columns):
        query = query.join(Enterprise, Enterprise.id == Obligation.enterprise_id)
    known = open_nodes_by_marking(session, "obligation")
    rows = session.execute(query.where(*view.of(Obligation)).group_by(*facts))
    for number, marking_id, status, round_kind, outcome, is_late, *values in rows:
        state = state_of(
            known.get(marking_id or 0, frozenset()), ended=status == InstanceStatus.COMPLETED,
            cancelled=status == InstanceStatus.CANCELLED, round_kind=round_kind, outcome=outcome,
        )  # fmt: skip
        yield state, number, bool(is_late) and status == InstanceStatus.ACTIVE, tuple(values)
