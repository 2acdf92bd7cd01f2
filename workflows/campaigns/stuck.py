"""What keeps a campaign from going on by itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Incident, ProcessInstance
from engine.types import InstanceStatus
from workflows.campaigns.views import View
from workflows.campaigns.whereabouts import MODELS
from workflows.markings import markings_at
from workflows.obligations.models import Obligation

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


def stuck(session: Session, view: View) -> Stuck:
    """Counted over the obligations, hazards and unit tasks in view."""
    broken = sum(_broken(session, view, model) for model in MODELS.values())
    calendar = sum(_at(session, view, key, WAITS_FOR_CALENDAR) for key in MODELS)
    return Stuck(broken, calendar, _at(session, view, "obligation", WAITS_FOR_HAZARDS))


def _broken(session: Session, view: View, model: type[Obligation]) -> int:
    query = select(func.count(func.distinct(Incident.instance_id)))
    query = query.join(model, model.instance_id == Incident.instance_id)
    return session.scalar(query.where(Incident.resolved_at.is_(None), *view.of(model))) or 0


def _at(session: Session, view: View, key: str, node: str) -> int:
    model = MODELS[key]
    query = (
        select(func.count()).select_from(model).join(ProcessInstance, ProcessInstance.id == model.instance_id)
    )
    here = ProcessInstance.marking_id.in_(markings_at(session, key, [node]))
    return (
        session.scalar(query.where(here, ProcessInstance.status == InstanceStatus.ACTIVE, *view.of(model)))
        or 0
    )
