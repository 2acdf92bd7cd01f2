"""Take the figures of a report: on its day, when somebody asks for today's, at the latest when it is filed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.reports.figures import count
from workflows.reports.models import ReportFigures
from workflows.reports.reported import reported
from workflows.reports.snapshots import Reported
from workflows.subjects import Subject

SYSTEM = "system"


def take(session: Session, one: Reported, *, actor: str, now: datetime) -> ReportFigures:
    """Keep the figures as they stand."""
    found = count(session, one, now=now)
    row = ReportFigures(
        instance_id=one.instance_id, node=one.node, figures=found.as_json(), taken_by=actor, taken_at=now
    )
    session.add(row)
    session.flush()
    return row


def take_if_missing(session: Session, subject: Subject, node: str, *, actor: str, now: datetime) -> None:
    """What is filed has figures: those of the filing, where nobody has taken any before."""
    one = reported(session, subject, node)
    if one is not None and not is_taken(session, one):
        take(session, one, actor=actor, now=now)


def is_taken(session: Session, one: Reported) -> bool:
    """Whether a report has figures."""
    of = ReportFigures.instance_id == one.instance_id, ReportFigures.node == one.node
    return session.scalar(select(ReportFigures.id).where(*of).limit(1)) is not None
