"""A crowd works through a campaign: a moving clock, and seeded behaviour of everybody concerned."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, sessionmaker

from engine.among import among_given
from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from workflows.behaviour import Behaviour
from workflows.campaigns.templates import CampaignTemplate
from workflows.evidence import service as evidence
from workflows.evidence.models import Evidence
from workflows.hazardbehaviour import Case
from workflows.inbox import Filled, Person, complete_many
from workflows.sweep import advance
from workflows.times import day_of, morning_of

WORKING_HOURS = timedelta(hours=2)
CHUNK = 500  # tasks completed in one transaction
PROVING = ("self_check", "file")  # nodes whose form asks for the proofs of a row
SHOWING = (*PROVING, "fix", "survey", "accept", "rectify")  # and those that ask for any
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)  # one grey dot
_NEW: Final = (
    select(UserTask.id, UserTask.node, UserTask.due_at, ProcessInstance.business_key)
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .where(UserTask.id > bindparam("last_seen"))
    .order_by(UserTask.id)
)
_OPEN: Final = (
    select(
        UserTask.id, UserTask.instance_id, UserTask.node, UserTask.form_key, UserTask.candidate_group,
        ProcessInstance.business_key, ProcessInstance.variables,
    )
    .join(ProcessInstance, ProcessInstance.id == UserTask.instance_id)
    .where(among_given(UserTask.id, "ids"), UserTask.status == TaskStatus.OPEN)
    .order_by(UserTask.id)
)  # fmt: skip


def simulate(sessions: sessionmaker[Session], crowd: Crowd, *, now: datetime, last: date) -> None:
    """Let the days pass: what is due happens, then everybody does what they meant to do that day."""
    for day in _days(day_of(now), last):
        at = max(now, morning_of(day))
        advance(sessions, until=at, now=now)
        crowd.work(at + WORKING_HOURS)
        now = at + WORKING_HOURS


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def batched(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Pieces of at most `size`."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


class Crowd:
    """Everybody who has tasks. Each task is done after a number of days drawn when it is first seen."""

    def __init__(
        self, sessions: sessionmaker[Session], seed: str, folder: Path, template: CampaignTemplate
    ) -> None:
        self.sessions, self.folder = sessions, folder
        self.slots = {row.code: tuple(slot.code for slot in row.evidence) for row in template.rows}
        self.behaviour = Behaviour(seed)
        self.agenda: dict[date, list[int]] = {}
        self.last_seen = 0
        self.completed = 0
        self.picture: Evidence | None = None
        self.proofs: dict[int, int] = {}

    def work(self, now: datetime) -> None:
        """Plan what is new, then do what was planned for today or before."""
        today = day_of(now)
        with self.sessions.begin() as session:
            self._notice(session, today)
        due = [task_id for day in sorted(self.agenda) if day <= today for task_id in self.agenda[day]]
        self.agenda = {day: ids for day, ids in self.agenda.items() if day > today}
        for chunk in batched(due, CHUNK):
            with self.sessions.begin() as session:
                self._do(session, chunk, now)

    def _notice(self, session: Session, today: date) -> None:
        for task_id, node, due_at, subject in session.execute(_NEW, {"last_seen": self.last_seen}):
            self.last_seen = task_id
            due_on = day_of(due_at) if due_at else None
            day = self.behaviour.day_for(subject, node, today=today, due_on=due_on)
            if day is not None:
                self.agenda.setdefault(day, []).append(task_id)

    def _do(self, session: Session, task_ids: Sequence[int], now: datetime) -> None:
        """Complete those that are still open; two tasks of one instance one after the other."""
        tasks = session.execute(_OPEN, {"ids": task_ids}).all()
        first = {task.instance_id: task for task in reversed(tasks)}
        filled = [self._filled(session, task, now) for task in first.values()]
        if filled:
            complete_many(session, filled, now=now)
        self.completed += len(filled)
        if len(first) < len(tasks):
            self._do(session, [task.id for task in tasks if first[task.instance_id] is not task], now)

    def _filled(self, session: Session, task: Any, now: datetime) -> Filled:
        organization_id = int(task.candidate_group.partition(":")[0])
        groups = frozenset({task.candidate_group})
        person = Person(f"rehearsal:{task.candidate_group}:{task.node}", groups, organization_id)
        slots = self.slots[task.variables["item_code"]] if task.node in PROVING else ()
        shown = self._proof(session, organization_id, now) if task.node in SHOWING else None
        case = Case(task.business_key, task.variables, day_of(now), slots, shown)
        return Filled(task.id, self.behaviour.form_for(task.form_key, case), person)

    def _proof(self, session: Session, organization_id: int, now: datetime) -> int:
        """One real file, which every enterprise has as its own evidence."""
        if self.picture is None:
            self.picture = evidence.store(
                session, io.BytesIO(PICTURE), filename="proof.png", organization_id=organization_id,
                uploaded_by="rehearsal", now=now, folder=self.folder,
            )  # fmt: skip
        if organization_id not in self.proofs:
            [self.proofs[organization_id]] = evidence.adopt(
                session, [self.picture], organization_id=organization_id
            )
        return self.proofs[organization_id]
