"""The reviews that obligations wait for: as kept beside them, and as their open tasks say."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import UserTask
from workflows.lateness.triggers import REVIEWS
from workflows.obligations.models import Obligation

Reviews = set[tuple[int, datetime, str]]  # obligation, since when, whose


def kept(session: Session) -> Reviews:
    rows = session.execute(select(Obligation.id, Obligation.review_since, Obligation.review_group))
    return {(number, since, group) for number, since, group in rows if since or group}


def waiting(session: Session) -> Reviews:
    query = (
        select(Obligation.id, UserTask.created_at, UserTask.candidate_group)
        .join(UserTask, UserTask.instance_id == Obligation.instance_id)
        .where(UserTask.closed_at.is_(None), UserTask.node.in_(REVIEWS["obligation"]))
    )
    return {(number, since, group) for number, since, group in session.execute(query)}
