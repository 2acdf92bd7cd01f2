"""The slow and obvious answer: every task that there ever was, looked at one by one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from tests.integration.lateness.story import DATED, REVIEWED
from workflows.calendar.rules import WorkdayCalendar
from workflows.campaigns.models import CampaignChange
from workflows.escalation.models import Escalation
from workflows.lateness.rules import Kind, bucket_of
from workflows.lateness.turns import FILES
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of

Line = tuple[str, int, int, int]  # whose, town, bucket, the subject's id


class History:
    """All tasks with what they are about, read once."""

    def __init__(self, session: Session, calendar: WorkdayCalendar) -> None:
        self.between = cache(calendar.between)
        self.changes = session.scalars(select(CampaignChange).order_by(CampaignChange.id)).all()
        self.escalations = session.scalars(select(Escalation).order_by(Escalation.id)).all()
        query = select(UserTask, ProcessInstance.business_key)
        rows = session.execute(query.join(ProcessInstance, ProcessInstance.id == UserTask.instance_id))
        self.tasks = [
            (
                task,
                session.get_one(FILES[Subject.parse(key).kind], Subject.parse(key).id),
                Subject.parse(key).kind,
            )
            for task, key in rows
            if Subject.parse(key).kind in FILES
        ]

    def late(self, kind: Kind, at: datetime) -> Counter[Line]:
        """What was late at an instant."""
        return Counter(
            (about.value, file.town_id or 0, bucket_of(days), file.id)
            for _, file, about, days in self._late(kind, at)
        )

    def steps(self, kind: Kind, at: datetime) -> dict[str, list[tuple[str, int, int]]]:
        """The last step of the ladder -> what was late at an instant and had reached it: whose, bucket, id."""
        found: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for task, file, about, days in self._late(kind, at):
            step = self._step(about, file.id, task.due_at, at)
            found[step].append((about.value, bucket_of(days), file.id))
        return found

    def _step(self, about: SubjectKind, number: int, due_at: datetime, at: datetime) -> str:
        """The last one after the date, of all that were ever written down."""
        of_it = (one for one in self.escalations if (one.subject_kind, one.subject_id) == (about, number))
        sent = (one for one in of_it if one.outcome == "sent" and one.offset > 0)
        last = max(
            (one for one in sent if one.acted_at <= at), key=lambda one: (one.acted_at, one.id), default=None
        )
        return last.action if last is not None and last.acted_at > due_at else "none"

    def _late(self, kind: Kind, at: datetime) -> Iterator[tuple[UserTask, Any, SubjectKind, int]]:
        for task, file, about in self.tasks:
            if task.created_at > at or (task.closed_at is not None and task.closed_at <= at):
                continue
            if about is not SubjectKind.HAZARD and self._stood_still(file.campaign_id, at):
                continue
            days = self._days(kind, task, about, at)
            if days is not None:
                yield task, file, about, days

    def _days(self, kind: Kind, task: UserTask, about: SubjectKind, at: datetime) -> int | None:
        """Working days late, None for what is not late."""
        if kind is Kind.REVIEW:
            if task.node not in REVIEWED:
                return None
            waited = self.between(day_of(task.created_at), day_of(at))
            return waited - 3 if waited > 3 else None
        if kind.value != about.value or task.node not in DATED or task.due_at is None or task.due_at >= at:
            return None
        return self.between(day_of(task.due_at), day_of(at))

    def _stood_still(self, campaign_id: int | None, at: datetime) -> bool:
        told = [one.kind for one in self.changes if one.campaign_id == campaign_id and one.at <= at]
        return bool(told) and told[-1] == "suspended"
