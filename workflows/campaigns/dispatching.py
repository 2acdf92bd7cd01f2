"""How far a dispatch under way has come, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import Incident, Job
from engine.types import JobStatus
from workflows.campaigns.models import Campaign, PeriodDispatch, PhaseDispatch

TOPICS = ("campaign.dispatch", "campaign.open_periods")


@dataclass(frozen=True, slots=True)
class Dispatching:
    """Obligations created, of how many; `failed` portions wait for the administrator."""

    done: int
    expected: int
    failed: int
    is_running: bool


def dispatching(session: Session, campaign: Campaign) -> Dispatching:
    """What is being dispatched; when nothing is, what was last."""
    mine = Job.instance_id == campaign.instance_id, Job.topic.in_(TOPICS), Job.status == JobStatus.WAITING
    running = session.scalar(select(Job.id).where(*mine).limit(1)) is not None and campaign.runs
    broken = Incident.instance_id == campaign.instance_id, Incident.resolved_at.is_(None)
    failed = session.scalar(select(func.count()).select_from(Incident).where(*broken)) or 0
    done, expected = _counted(session, campaign.id, open_only=running or failed > 0)
    return Dispatching(done, expected, failed, running)


def _counted(session: Session, campaign_id: int, *, open_only: bool) -> tuple[int, int]:
    done = expected = 0
    for model in (PhaseDispatch, PeriodDispatch):
        of_it = select(model.obligations, model.expected).where(model.campaign_id == campaign_id)
        if open_only:
            of_it = of_it.where(~model.is_complete)
        for row in session.execute(of_it):
            done, expected = done + row.obligations, expected + row.expected
    return done, expected
