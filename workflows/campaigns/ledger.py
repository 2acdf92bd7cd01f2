"""The ledger of a campaign: every obligation in view, a row each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.campaigns.views import View
from workflows.exceptions import Conflict
from workflows.markings import open_nodes_by_marking
from workflows.obligations.models import Obligation
from workflows.obligations.queries import state
from workflows.obligations.rules import ObligationState, is_overdue
from workflows.register.models import Enterprise

LARGEST = 50_000  # rows of one file: more than anybody reads, and a minute of work
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One obligation, its enterprise, its state, and whether it is overdue."""

    obligation: Obligation
    enterprise: Enterprise
    state: ObligationState
    overdue: bool


def entries(session: Session, view: View, *, now: datetime) -> Iterator[Entry]:
    """In the order of enterprises and items. Raises Conflict when there are more than `LARGEST`."""
    number = session.scalar(select(func.count()).select_from(Obligation).where(*view.of(Obligation))) or 0
    if number > LARGEST:
        raise Conflict(what="ledger-too-large", number=number, largest=LARGEST, campaign_id=view.campaign_id)
    return _entries(session, view, now)


def _entries(session: Session, view: View, now: datetime) -> Iterator[Entry]:
    known = open_nodes_by_marking(session, "obligation")
    query = (
        select(Obligation, Enterprise, ProcessInstance.marking_id, ProcessInstance.status)
        .join(Enterprise, Enterprise.id == Obligation.enterprise_id)
        .join(ProcessInstance, ProcessInstance.id == Obligation.instance_id)
        .where(*view.of(Obligation))
        .order_by(Enterprise.id, Obligation.id)
    )
    for one, firm, marking_id, status in session.execute(query.execution_options(yield_per=_AT_ONCE)):
        is_past = one.due_at is not None and one.due_at < now
        standing = state(known, one, marking_id, status)
        late = is_overdue(standing, is_running=status == InstanceStatus.ACTIVE, is_past=is_past)
        yield Entry(one, firm, standing, late)
