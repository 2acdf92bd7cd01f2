"""How many obligations and hazards an enterprise has, for its file."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.obligations.queries import states


def of_enterprise(session: Session, enterprise_id: int) -> dict[str, dict[str, int]]:
    """`obligations`: state -> number; `hazards`: open and closed."""
    mine = session.scalars(select(Obligation).where(Obligation.enterprise_id == enterprise_id)).all()
    is_open = func.sum(case((Hazard.closed_at.is_(None), 1), else_=0))
    whole, still = session.execute(
        select(func.count(), is_open).where(Hazard.enterprise_id == enterprise_id)
    ).one()
    found = Counter(str(state) for state in states(session, mine).values())
    return {"obligations": dict(found), "hazards": {"open": still or 0, "closed": whole - (still or 0)}}
