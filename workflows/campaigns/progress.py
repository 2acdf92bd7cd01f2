"""How a campaign stands: one grouped query, folded by town and by item."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.hazards.models import Hazard
from workflows.markings import open_nodes_by_marking
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState, state_of
from workflows.sight import Sight

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


@dataclass(slots=True)
class Progress:
    """The whole, by town id, by item code; hazards open and in all."""

    whole: Tally = field(default_factory=Tally)
    by_town: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_item: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    hazards: int = 0
    hazards_open: int = 0
    enterprises: int = 0


def progress(session: Session, campaign_id: int, *, sight: Sight, now: datetime) -> Progress:
    """Count the obligations and hazards of a campaign that somebody may see."""
    found = Progress()
    for state, town_id, item_code, late, number in _states(session, campaign_id, sight, now):
        for tally in (found.whole, found.by_town[town_id], found.by_item[item_code]):
            tally.add(state, number, late=late)
    mine = Hazard.campaign_id == campaign_id, sight.of(Hazard)
    unclosed = func.sum(case((Hazard.closed_at.is_(None), 1), else_=0))
    found.hazards, still_open = session.execute(
        select(func.count(), unclosed).select_from(Hazard).where(*mine)
    ).one()
    found.hazards_open = still_open or 0
    firms = select(func.count(func.distinct(Obligation.enterprise_id)))
    found.enterprises = (
        session.scalar(firms.where(Obligation.campaign_id == campaign_id, sight.of(Obligation))) or 0
    )
    return found


def _states(
    session: Session, campaign_id: int, sight: Sight, now: datetime
) -> list[tuple[ObligationState, int, str, bool, int]]:
    late = case((Obligation.due_at < now, 1), else_=0).label("late")
    facts = (
        ProcessInstance.marking_id, ProcessInstance.status, Obligation.round_kind, Obligation.outcome,
        Obligation.town_id, Obligation.item_code, late,
    )  # fmt: skip
    query = (
        select(*facts, func.count())
        .join(ProcessInstance, ProcessInstance.id == Obligation.instance_id)
        .where(Obligation.campaign_id == campaign_id, sight.of(Obligation))
        .group_by(*facts)
    )
    known = open_nodes_by_marking(session, "obligation")
    return [
        (
            state_of(
                known.get(marking_id or 0, frozenset()), ended=status == InstanceStatus.COMPLETED,
                cancelled=status == InstanceStatus.CANCELLED, round_kind=round_kind, outcome=outcome,
            ),
            town_id, item_code, bool(is_late) and status == InstanceStatus.ACTIVE, number,
        )
        for marking_id, status, round_kind, outcome, town_id, item_code, is_late, number in session.execute(query)
    ]  # fmt: skip
