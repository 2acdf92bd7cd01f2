"""Which tips there are, for the town and the lead office; how one stands, for whoever has its number."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session

from engine.among import among
from workflows.exceptions import NotFound
from workflows.hazards.models import Hazard
from workflows.hazards.queries import steps_of
from workflows.register.models import Enterprise
from workflows.sight import Sight
from workflows.tips.models import Tip
from workflows.tips.rules import State, state_of

PAGE = 50
MOST_CHOICES = 20


@dataclass(frozen=True, slots=True)
class LookUp:
    """What somebody who has the number is told."""

    tip: Tip
    state: State


def whose(sight: Sight) -> ColumnElement[bool]:
    """The tips somebody may see: a town those of its area, the office all; an enterprise and its department none."""
    if sight.everything:
        return true()
    return Tip.town_id.in_(sight.town_ids) if sight.town_ids else false()


def listed(session: Session, *, sight: Sight, decided: bool, offset: int = 0) -> list[tuple[Tip, Enterprise]]:
    """One page, one more than `PAGE` when there are further ones: what is due first, or what was decided last."""
    query = select(Tip, Enterprise).join(Enterprise, Enterprise.id == Tip.enterprise_id).where(whose(sight))
    if decided:
        query = query.where(Tip.decided_at.is_not(None)).order_by(Tip.decided_at.desc(), Tip.id.desc())
    else:
        query = query.where(Tip.decided_at.is_(None)).order_by(Tip.due_at, Tip.id)
    return [(tip, firm) for tip, firm in session.execute(query.offset(offset).limit(PAGE + 1))]


def count_open(session: Session, *, sight: Sight) -> int:
    """How many wait for their triage."""
    return session.scalar(select(func.count()).where(whose(sight), Tip.decided_at.is_(None))) or 0


def find(session: Session, tip_id: int, *, sight: Sight) -> Tip:
    """Raises NotFound for one that is not theirs to see."""
    tip = session.scalars(select(Tip).where(Tip.id == tip_id, whose(sight))).one_or_none()
    if tip is None:
        raise NotFound(what="tip", id=tip_id)
    return tip


def look_up(session: Session, number: str) -> LookUp | None:
    """The tip with this number and how it stands; None when there is none."""
    tip = session.scalars(select(Tip).where(Tip.number == number)).one_or_none()
    return LookUp(tip, states(session, [tip])[tip.id]) if tip else None


def states(session: Session, tips: list[Tip]) -> dict[int, State]:
    """How each stands, by id; a hazard that was merged stands as the one it is part of."""
    hazards = _ends_of(session, {tip.hazard_id for tip in tips if tip.hazard_id is not None})
    steps = steps_of(session, set(hazards.values()))
    return {
        tip.id: state_of(
            tip.outcome, steps.get(hazards[tip.hazard_id].id) if tip.hazard_id in hazards else None
        )
        for tip in tips
    }


def _ends_of(session: Session, ids: set[int]) -> dict[int, Hazard]:
    """Each hazard, or the one that it became part of in the end."""
    ends: dict[int, Hazard] = {}
    asked = {number: number for number in ids}
    while asked:
        rows = {
            one.id: one
            for one in session.scalars(select(Hazard).where(among(Hazard.id, set(asked.values()))))
        }
        now_at = {number: rows[at] for number, at in asked.items()}
        ends |= now_at
        asked = {
            number: one.merged_into_id for number, one in now_at.items() if one.merged_into_id is not None
        }
    return ends


def open_hazards(session: Session, enterprise_id: int) -> list[Hazard]:
    """What a tip may be part of: the newest open hazards of the enterprise."""
    query = select(Hazard).where(Hazard.enterprise_id == enterprise_id, Hazard.closed_at.is_(None))
    return list(session.scalars(query.order_by(Hazard.id.desc()).limit(MOST_CHOICES)))
