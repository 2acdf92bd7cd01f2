"""Draft the reports whose day has come: their figures are taken once, without anybody opening the form.

Two schedulers that draft at the same moment take the figures twice; the newest count, so it does no harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.models import UserTask
from engine.types import TaskStatus
from workflows.campaigns.models import Campaign
from workflows.duties.models import UnitTask
from workflows.duties.queries import FILE
from workflows.notifications.service import notify
from workflows.reports.models import ReportFigures
from workflows.reports.reported import DRAFT_DAY, REVIEW, SUMMARY, of_campaign, of_duty
from workflows.reports.service import SYSTEM, take
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, start_of_day

_MONTH = "____-__"  # the period of what comes each month


def draft_due(session: Session, *, now: datetime) -> int:
    """Monthly reports from their 25th, reviews and summaries as soon as somebody has to write them; how many."""
    return draft_monthly(session, now=now) + draft_reviews(session, now=now)


def draft_monthly(session: Session, *, now: datetime) -> int:
    """The reports of this month and of earlier ones that nobody has filed."""
    today = day_of(now)
    this_month = today if today.day >= DRAFT_DAY else today.replace(day=1) - timedelta(days=1)
    waiting = (
        UnitTask.submitted_at.is_(None), UnitTask.closed_at.is_(None), UnitTask.department_id.is_not(None),
        UnitTask.period.like(_MONTH), UnitTask.period <= f"{this_month:%Y-%m}",
    )  # fmt: skip
    query = select(UnitTask).where(*waiting, _untaken(UnitTask.instance_id, FILE)).order_by(UnitTask.id)
    drafted = 0
    for task in session.scalars(query).all():
        one = of_duty(session, task)
        if one is not None and _is_open(session, one.instance_id, FILE):
            take(session, one, actor=SYSTEM, now=now)
            group = f"{task.body_id}:{task.body_role}"
            subject = str(Subject(SubjectKind.UNIT_TASK, task.id))
            notify(session, group, kind="report.drafted", subject=subject, data={"title": task.title}, at=now)
            drafted += 1
    return drafted


def draft_reviews(session: Session, *, now: datetime) -> int:
    """Reviews of phases and summaries that are open."""
    query = (
        select(Campaign, UserTask.node)
        .join(UserTask, UserTask.instance_id == Campaign.instance_id)
        .where(
            Campaign.archived_at.is_(None), Campaign.cancelled_at.is_(None), UserTask.status == TaskStatus.OPEN,
            or_(UserTask.node == SUMMARY, UserTask.node.startswith(REVIEW)),
            _untaken(Campaign.instance_id, UserTask.node),
        )
        .order_by(Campaign.id, UserTask.node)
    )  # fmt: skip
    found = session.execute(query).all()
    for campaign, node in found:
        take(session, of_campaign(campaign, node), actor=SYSTEM, now=now)
    return len(found)


def days_between(after: datetime, until: datetime) -> Iterator[datetime]:
    """The instants after `after`, up to `until`, at which monthly reports are drafted."""
    day = day_of(after).replace(day=DRAFT_DAY)
    while (at := start_of_day(day)) <= until:
        if at > after:
            yield at
        day = _next_month(day)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, day.day)


def _untaken(instance_id: InstrumentedAttribute[int | None], node: Any) -> ColumnElement[bool]:
    return ~exists().where(and_(ReportFigures.instance_id == instance_id, ReportFigures.node == node))


def _is_open(session: Session, instance_id: int, node: str) -> bool:
    of = UserTask.instance_id == instance_id, UserTask.node == node, UserTask.status == TaskStatus.OPEN
    return session.scalar(select(UserTask.id).where(*of).limit(1)) is not None
