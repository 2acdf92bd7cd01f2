"""How a campaign stands: the whole, by town and by item, its hazards, its enterprises."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from workflows.campaigns import figures
from workflows.campaigns.tallies import Dimension, Tally, count, tallied
from workflows.campaigns.views import View
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation


@dataclass(slots=True)
class Progress:
    """The whole, by town id, by item code; hazards open and in all. `counted_at` is None when it is of now."""

    whole: Tally = field(default_factory=Tally)
    by_town: dict[int, Tally] = field(default_factory=dict)
    by_item: dict[str, Tally] = field(default_factory=dict)
    hazards: int = 0
    hazards_open: int = 0
    enterprises: int = 0
    counted_at: datetime | None = None


def progress(session: Session, view: View, *, now: datetime) -> Progress:
    """Count the obligations and hazards of a campaign in view, or read what was counted."""
    if (kept := figures.kept(session, view)) is not None:
        by_town, by_item = (tallied(session, view, by, now=now) for by in (Dimension.TOWN, Dimension.ITEM))
        [hazards, still_open] = next(kept.rows(figures.Part.HAZARDS), [0, 0])
        [firms] = next(kept.rows(figures.Part.ENTERPRISES), [0])
        whole = Tally.sum_of(list(by_town.values()))
        return Progress(whole, by_town, by_item, hazards, still_open, firms, kept.counted_at)
    return _counted(session, view, now)


def _counted(session: Session, view: View, now: datetime) -> Progress:
    """From the obligations: one grouped query, folded by town and by item."""
    towns, items = defaultdict(list), defaultdict(list)
    for (town_id, code), tally in count(session, view, Dimension.TOWN, Dimension.ITEM, now=now).items():
        towns[town_id].append(tally)
        items[code].append(tally)
    by_town = {key: Tally.sum_of(found) for key, found in towns.items()}
    by_item = {key: Tally.sum_of(found) for key, found in items.items()}
    unclosed = func.sum(case((Hazard.closed_at.is_(None), 1), else_=0))
    hazards, still_open = session.execute(select(func.count(), unclosed).where(*view.of(Hazard))).one()
    firms = select(func.count(func.distinct(Obligation.enterprise_id))).where(*view.of(Obligation))
    whole = Tally.sum_of(list(by_town.values()))
    return Progress(whole, by_town, by_item, hazards, still_open or 0, session.scalar(firms) or 0)
