"""What the passing of time brought: reminders, ladder steps, dispatched obligations between two instants."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from workflows.campaigns.models import PeriodDispatch, PhaseDispatch
from workflows.escalation.models import Escalation
from workflows.escalation.rules import REMINDERS, Outcome


@dataclass(frozen=True, slots=True)
class Happened:
    """Counts; a reminder that its successor superseded was not sent and is not counted."""

    reminders: int
    steps: int
    phases: int
    obligations: int


def between(session: Session, *, after: datetime, until: datetime) -> Happened:
    """What happened after one instant, up to another."""
    is_reminder = func.sum(case((Escalation.action.in_(REMINDERS), 1), else_=0))
    sent = Escalation.acted_at > after, Escalation.acted_at <= until, Escalation.outcome == Outcome.SENT
    steps, reminders = session.execute(select(func.count(), is_reminder).where(*sent)).one()
    opened = PhaseDispatch.dispatched_at > after, PhaseDispatch.dispatched_at <= until
    created = func.coalesce(func.sum(PhaseDispatch.obligations), 0)
    phases, obligations = session.execute(select(func.count(PhaseDispatch.id), created).where(*opened)).one()
    dated = PeriodDispatch.dispatched_at > after, PeriodDispatch.dispatched_at <= until
    periodic = (
        session.scalar(select(func.coalesce(func.sum(PeriodDispatch.obligations), 0)).where(*dated)) or 0
    )
    return Happened(reminders or 0, steps - (reminders or 0), phases, int(obligations + periodic))
