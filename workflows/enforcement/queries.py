"""Read enforcements with their steps; a step comes from the marking."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.among import among
from engine.models import ProcessInstance
from workflows.enforcement.models import Enforcement
from workflows.exceptions import NotFound
from workflows.markings import open_nodes_by_marking
from workflows.register.models import Enterprise
from workflows.sight import Sight

KEY = "enforcement"
PAGE = 50
STEPS = ("visit", "put_right", "determine")  # nodes where people work


def listed(
    session: Session, *, sight: Sight, closed: bool = False, offset: int = 0
) -> list[tuple[Enforcement, Enterprise]]:
    """One page, one more than `PAGE` when there are further ones: what is due first, first."""
    over = Enforcement.closed_at.is_not(None) if closed else Enforcement.closed_at.is_(None)
    query = (
        select(Enforcement, Enterprise)
        .join(Enterprise, Enterprise.id == Enforcement.enterprise_id)
        .where(sight.of(Enforcement), over)
        .order_by(Enforcement.due_at, Enforcement.id)
    )
    return [(one, firm) for one, firm in session.execute(query.offset(offset).limit(PAGE + 1))]


def counts(session: Session, *, sight: Sight) -> tuple[int, int]:
    """How many in sight are open, and how many are over."""
    closed = func.count(Enforcement.closed_at)
    whole, over = session.execute(select(func.count(), closed).where(sight.of(Enforcement))).one()
    return whole - over, over


def find(session: Session, number: int, *, sight: Sight) -> Enforcement:
    """Raises NotFound for one that is not theirs to see."""
    one = session.get(Enforcement, number)
    if one is None or not sight.allows(one):
        raise NotFound(what="enforcement", id=number)
    return one


def of_lines(session: Session, entry_ids: Iterable[int]) -> dict[int, Enforcement]:
    """The enforcement that followed from each line, by line."""
    query = select(Enforcement).where(among(Enforcement.entry_id, entry_ids))
    return {one.entry_id: one for one in session.scalars(query)}


def steps(session: Session, found: Iterable[Enforcement]) -> dict[int, str]:
    """Where each stands, by id: a node of `STEPS`, else how it ended."""
    rows = list(found)
    known = open_nodes_by_marking(session, KEY)
    query = select(ProcessInstance.id, ProcessInstance.marking_id).where(
        among(ProcessInstance.id, [one.instance_id for one in rows])
    )
    at = {number: known.get(marking or 0, frozenset()) for number, marking in session.execute(query)}
    return {one.id: _step(one, at.get(one.instance_id or 0, frozenset())) for one in rows}


def _step(one: Enforcement, nodes: frozenset[str]) -> str:
    return one.outcome or next((step for step in STEPS if step in nodes), STEPS[0])
