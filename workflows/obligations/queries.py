"""Read obligations with their states; states come from markings, so lists join the process instance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, literal, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.campaigns.models import Campaign
from workflows.markings import markings_at, open_nodes_by_marking
from workflows.obligations.models import Obligation
from workflows.obligations.parts import CLOSED, Part, condition
from workflows.obligations.rules import REVIEW_NODES, WORK_NODES, ObligationState, state_of
from workflows.register.models import Enterprise
from workflows.register.types import Industry
from workflows.sight import Sight
from workflows.times import start_of_day

PAGE = 50


IN_ORDER = (Obligation.closed_at.is_not(None), Obligation.due_at.is_(None), Obligation.due_at, Obligation.id)
STAGES = (  # the same order in pieces: whether it is closed, what is in it
    (False, (Obligation.closed_at.is_(None), Obligation.due_at.is_not(None))),
    (False, (Obligation.closed_at.is_(None), Obligation.due_at.is_(None))),
    (True, (Obligation.closed_at.is_not(None), Obligation.due_at.is_not(None))),
    (True, (Obligation.closed_at.is_not(None), Obligation.due_at.is_(None))),
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of obligations shows; None restricts nothing."""

    campaign_id: int | None = None
    enterprise_id: int | None = None
    item_code: str | None = None
    town_id: int | None = None
    department_id: int | None = None
    industry: Industry | None = None
    part: Part | None = None
    closed_from: date | None = None
    offset: int = 0


def listed(
    session: Session, *, wanted: Filter, sight: Sight, now: datetime
) -> list[tuple[Obligation, Enterprise]]:
    """One page with its enterprises, one more than `PAGE` when there are further ones: what is due first, first."""
    query = select(Obligation, Enterprise).join(Enterprise, Enterprise.id == Obligation.enterprise_id)
    conditions = _conditions(session, wanted, sight, now)
    if wanted.enterprise_id is not None or sight.enterprise_ids:
        query = query.where(*conditions).order_by(*IN_ORDER)
    else:
        first = _first(session, wanted, conditions)
        query = query.join(first, first.c.id == Obligation.id)
        query = query.order_by(first.c.stage, first.c.due_at, first.c.id)
    page = session.execute(query.offset(wanted.offset).limit(PAGE + 1))
    return [(obligation, firm) for obligation, firm in page]


def _conditions(session: Session, wanted: Filter, sight: Sight, now: datetime) -> list[ColumnElement[bool]]:
    pairs = {
        Obligation.campaign_id: wanted.campaign_id, Obligation.enterprise_id: wanted.enterprise_id,
        Obligation.item_code: wanted.item_code, Obligation.town_id: wanted.town_id,
        Obligation.department_id: wanted.department_id,
    }  # fmt: skip
    found = [sight.of(Obligation), *(key == value for key, value in pairs.items() if value is not None)]
    if wanted.industry is not None:
        trade = Enterprise.id == Obligation.enterprise_id, Enterprise.industry == wanted.industry
        found.append(select(Enterprise.id).where(*trade).exists())
    if wanted.part is not None:
        found.append(condition(session, wanted.part, now=now))
    if wanted.closed_from is not None:
        found.append(Obligation.closed_at >= start_of_day(wanted.closed_from))
    return found


def _first(session: Session, wanted: Filter, conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    """Stage, due instant and id of as many of each campaign as the page may need, each stage along an index."""
    ids = [wanted.campaign_id]
    if wanted.campaign_id is None:
        ids = list(session.scalars(select(Campaign.id).order_by(Campaign.id)))
    each = [_stages(wanted, (Obligation.campaign_id == number, *conditions)) for number in ids or [0]]
    return union_all(*(select(one) for one in each)).subquery()


def _stages(wanted: Filter, conditions: Sequence[ColumnElement[bool]]) -> Subquery:
    closed = CLOSED.get(wanted.part) if wanted.part else None
    enough, stages = wanted.offset + PAGE + 1, []
    for number, (is_closed, stage) in enumerate(STAGES):
        if closed in (None, is_closed):
            query = select(literal(number).label("stage"), Obligation.due_at, Obligation.id)
            query = query.where(*stage, *conditions).order_by(Obligation.due_at, Obligation.id).limit(enough)
            stages.append(select(query.subquery()))
    found = union_all(*stages).subquery()
    return select(found).order_by(found.c.stage, found.c.due_at, found.c.id).limit(enough).subquery()


def instance_at(session: Session, nodes: Iterable[str]) -> ColumnElement[bool]:
    """Obligations whose instance is active, not suspended, with one of these nodes open."""
    active = select(ProcessInstance.id).where(
        ProcessInstance.status == InstanceStatus.ACTIVE,
        ProcessInstance.marking_id.in_(markings_at(session, "obligation", nodes)),
    )
    return Obligation.instance_id.in_(active)


def not_accepted(session: Session) -> ColumnElement[bool]:
    """Still with the enterprise or in review."""
    return instance_at(session, WORK_NODES | REVIEW_NODES)


def overdue(session: Session, *, now: datetime) -> ColumnElement[bool]:
    """Past the due date and still with the enterprise; what was submitted waits for others."""
    return and_(Obligation.due_at < now, instance_at(session, WORK_NODES))


def states(session: Session, obligations: Iterable[Obligation]) -> dict[int, ObligationState]:
    """The state of each obligation, by id."""
    listed = list(obligations)
    known = open_nodes_by_marking(session, "obligation")
    query = select(ProcessInstance.id, ProcessInstance.marking_id, ProcessInstance.status).where(
        ProcessInstance.id.in_([o.instance_id for o in listed])
    )
    instances = {number: (marking_id, status) for number, marking_id, status in session.execute(query)}
    return {o.id: state(known, o, *instances.get(o.instance_id or 0, (None, None))) for o in listed}


def state(
    known: dict[int, frozenset[str]],
    obligation: Obligation,
    marking_id: int | None,
    status: InstanceStatus | None,
) -> ObligationState:
    """One obligation's state from its instance's marking and status."""
    return state_of(
        known.get(marking_id or 0, frozenset()),
        ended=status == InstanceStatus.COMPLETED,
        cancelled=status == InstanceStatus.CANCELLED,
        round_kind=obligation.round_kind,
        outcome=obligation.outcome,
    )
