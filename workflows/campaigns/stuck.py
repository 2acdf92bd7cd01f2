"""What keeps a campaign from going on by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Incident
from workflows.campaigns.views import View
from workflows.campaigns.whereabouts import MODELS
from workflows.obligations.models import Obligation

Places = Mapping[str, Mapping[str, list[int]]]  # `whereabouts.places`
WAITS_FOR_HAZARDS = "await_hazards"
WAITS_FOR_CALENDAR = "await_calendar"


@dataclass(frozen=True, slots=True)
class Stuck:
    """How many process instances wait for the administrator after a failure, how many for a year's calendar, and how
    many obligations for their hazards.
    """

    incidents: int
    calendar: int
    hazards: int

    @property
    def is_anything(self) -> bool:
        return bool(self.incidents or self.calendar or self.hazards)


def stuck(session: Session, view: View, places: Places) -> Stuck:
    """Of the obligations, hazards and unit tasks in view, which stand at `places`."""
    broken = sum(_broken(session, view, model) for model in MODELS.values())
    calendar = sum(_at(places, key, WAITS_FOR_CALENDAR) for key in MODELS)
    return Stuck(broken, calendar, _at(places, "obligation", WAITS_FOR_HAZARDS))


def _broken(session: Session, view: View, model: type[Obligation]) -> int:
    mine = select(model.id).where(model.instance_id == Incident.instance_id, *view.of(model))
    query = select(func.count(func.distinct(Incident.instance_id))).where(Incident.resolved_at.is_(None))
    return session.scalar(query.where(mine.exists())) or 0


def _at(places: Places, key: str, node: str) -> int:
    return places[key].get(node, [0])[0]
