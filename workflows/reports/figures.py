"""Count the figures of a report: what stands now, and what has come since its first day."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workflows.campaigns.progress import progress
from workflows.campaigns.views import View
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.reports.snapshots import Figures, Reported
from workflows.sight import Sight
from workflows.times import start_of_day


def count(session: Session, one: Reported, *, now: datetime) -> Figures:
    """The figures of the department, or of the whole campaign; of a large one as they were counted last."""
    mine = () if one.department_id is None else (one.department_id,)
    view = View(one.campaign_id, Sight(everything=one.department_id is None, department_ids=mine))
    found = progress(session, view, now=now)
    as_of, since = found.counted_at or now, start_of_day(one.since)
    ours, hazards = view.of(Obligation), view.of(Hazard)
    return Figures(
        as_of=as_of, since=one.since, enterprises=found.enterprises, whole=found.whole,
        closed_new=_count(session, Obligation, *ours, Obligation.closed_at.between(since, as_of)),
        hazards=found.hazards, hazards_new=_count(session, Hazard, *hazards, Hazard.found_at.between(since, as_of)),
        hazards_closed=found.hazards - found.hazards_open,
        hazards_closed_new=_count(session, Hazard, *hazards, Hazard.closed_at.between(since, as_of)),
        towns=dict(found.by_town), items=dict(found.by_item),
    )  # fmt: skip


def _count(session: Session, model: type[Obligation | Hazard], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
