"""Obligations of a campaign counted by state and by what one wants to compare: one grouped query, or what is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.campaigns import figures
from workflows.campaigns.views import View
from workflows.markings import open_nodes_by_marking
from workflows.obligations.models import Obligation
from workflows.obligations.rules import WITH_ENTERPRISE, ObligationState, is_overdue, state_of
from workflows.register.models import Enterprise
from workflows.register.types import Industry

DONE = (ObligationState.CLOSED, ObligationState.NOT_APPLICABLE)
Key = tuple[Any, ...]


class Dimension(StrEnum):
    """What is compared; the keys are ids of organisations, an industry, the code of an item."""

    TOWN = "town"
    DEPARTMENT = "department"
    INDUSTRY = "industry"
    ITEM = "item"


COLUMNS: dict[Dimension, InstrumentedAttribute[Any]] = {
    Dimension.TOWN: Obligation.town_id, Dimension.DEPARTMENT: Obligation.department_id,
    Dimension.INDUSTRY: Enterprise.industry, Dimension.ITEM: Obligation.item_code,
}  # fmt: skip


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

    @classmethod
    def sum_of(cls, tallies: Sequence[Tally]) -> Tally:
        """All of them in one."""
        return cls(*map(sum, zip(*map(numbers_of, tallies), strict=True)))

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


numbers_of = attrgetter(*(one.name for one in fields(Tally)))


def tallied(session: Session, view: View, by: Dimension, *, now: datetime) -> dict[Any, Tally]:
    """Values of the dimension -> the tally of the obligations in view that have it."""
    found = figures.kept(session, view)
    if found is None:
        return {value: tally for (value,), tally in count(session, view, by, now=now).items()}
    rows = found.rows(figures.Part.TALLIES, by)
    return {
        Industry(value) if by is Dimension.INDUSTRY else value: Tally(*numbers) for value, *numbers in rows
    }


def count(session: Session, view: View, *by: Dimension, now: datetime) -> dict[Key, Tally]:
    """Values of the dimensions -> the tally of the obligations that have them, from the obligations themselves."""
    past = case((Obligation.due_at < now, 1), else_=0).label("past")
    facts = (
        ProcessInstance.marking_id, ProcessInstance.status, Obligation.round_kind, Obligation.outcome, past,
        *(COLUMNS[one] for one in by),
    )  # fmt: skip
    query = select(func.count(), *facts).join(ProcessInstance, ProcessInstance.id == Obligation.instance_id)
    if Dimension.INDUSTRY in by:
        query = query.join(Enterprise, Enterprise.id == Obligation.enterprise_id)
    known = open_nodes_by_marking(session, "obligation")
    found: dict[Key, Tally] = defaultdict(Tally)
    rows = session.execute(query.where(*view.of(Obligation)).group_by(*facts))
    for number, marking_id, status, round_kind, outcome, is_past, *values in rows:
        state = state_of(
            known.get(marking_id or 0, frozenset()), ended=status == InstanceStatus.COMPLETED,
            cancelled=status == InstanceStatus.CANCELLED, round_kind=round_kind, outcome=outcome,
        )  # fmt: skip
        late = is_overdue(state, is_running=status == InstanceStatus.ACTIVE, is_past=bool(is_past))
        found[tuple(values)].add(state, number, late=late)
    return dict(found)
