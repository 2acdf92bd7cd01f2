"""How a campaign stands: one grouped query, folded by town and by item."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from workflows.campaigns.tallies import Tally, counted
from workflows.campaigns.views import View
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation


@dataclass(slots=True)
class Progress:
    """The whole, by town id, by item code; hazards open and in all."""

    whole: Tally = field(default_factory=Tally)
    by_town: dict[int, Tally] = field(default_factory=lambda: defaultdict(Tally))
    by_item: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    hazards: int = 0
    hazards_open: int = 0
    enterprises: int = 0


def progress(session: Session, view: View, *, now: datetime) -> Progress:
    """Count the obligations and hazards of a campaign in view."""
    found = Progress()
    columns = Obligation.town_id, Obligation.item_code
    for state, number, late, (town_id, item_code) in counted(session, view, *columns, now=now):
        for tally in (found.whole, found.by_town[town_id], found.by_item[item_code]):
            tally.add(state, number, late=late)
    unclosed = func.sum(case((Hazard.closed_at.is_(None), 1), else_=0))
    hazards = select(func.count(), unclosed).select_from(Hazard).where(*view.of(Hazard))
    found.hazards, still_open = session.execute(hazards).one()
    found.hazards_open = still_open or 0
    firms = select(func.count(func.distinct(Obligation.enterprise_id))).where(*view.of(Obligation))
    found.enterprises = session.scalar(firms) or 0
    return found
