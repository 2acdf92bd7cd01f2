"""Hazards that came back: earlier ones of the enterprise at the same place, or of the same kind."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.hazards.models import Hazard
from workflows.hazards.rules import Outcome

MOST = 10


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier hazard, and what it has in common."""

    hazard: Hazard
    same_place: bool
    same_kind: bool


def earlier(session: Session, hazard: Hazard) -> list[Earlier]:
    """Those found before it, at the same place first, the newest first; duplicates that were merged are left out."""
    alike = []
    if hazard.place_key:
        alike.append(Hazard.place_key == hazard.place_key)
    if hazard.kind is not None:
        alike.append(Hazard.kind == hazard.kind)
    if not alike:
        return []
    query = (
        select(Hazard)
        .where(
            Hazard.enterprise_id == hazard.enterprise_id,
            Hazard.id < hazard.id,
            or_(Hazard.outcome.is_(None), Hazard.outcome != Outcome.MERGED),
            or_(*alike),
        )
        .order_by((Hazard.place_key == hazard.place_key).desc(), Hazard.id.desc())
        .limit(MOST)
    )
    return [_common(one, hazard) for one in session.scalars(query)]


def _common(one: Hazard, hazard: Hazard) -> Earlier:
    same_kind = hazard.kind is not None and one.kind == hazard.kind
    return Earlier(one, one.place_key == hazard.place_key != "", same_kind)
