"""Rehearse a campaign: a moving clock over a temporary database, with seeded behaviour of everybody concerned."""

from __future__ import annotations

import base64
import io
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from engine.models import Base, HistoryEntry, Incident, ProcessInstance, UserTask
from engine.types import TaskStatus
from workflows import handlers, processes
from workflows.behaviour import Behaviour, Case
from workflows.campaigns import service as campaigns
from workflows.campaigns.models import Campaign, FailingList
from workflows.campaigns.scope import Scope
from workflows.campaigns.templates import CampaignTemplate
from workflows.database import make_engine, make_sessions
from workflows.escalation.models import Escalation
from workflows.escalation.rules import Outcome
from workflows.evidence import service as evidence
from workflows.hazards import queries as hazards
from workflows.inbox import Filled, Person, complete_many
from workflows.obligations import queries as obligations
from workflows.obligations.models import Obligation
from workflows.organizations import queries as organizations
from workflows.sample import load_district
from workflows.sweep import advance
from workflows.times import day_of, iso, morning_of

WORKING_HOURS = timedelta(hours=2)
CHUNK = 200  # tasks completed in one transaction
PROVING = ("self_check", "file")  # nodes whose form asks for the proofs of a row
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)  # one grey dot


@dataclass(slots=True)
class Rehearsal:
    """What a rehearsal prints; instants as ISO text in UTC, durations in seconds."""

    template: str
    enterprises: int
    seed: int
    until: str
    phases: list[dict[str, Any]] = field(default_factory=list)
    obligations: dict[str, int] = field(default_factory=dict)
    obligations_open_by_item: dict[str, int] = field(default_factory=dict)
    hazards: dict[str, int] = field(default_factory=dict)
    ladder: list[dict[str, Any]] = field(default_factory=list)
    failing_lists: list[dict[str, Any]] = field(default_factory=list)
    tasks_completed: int = 0
    incidents: int = 0
    seconds: float = 0.0


def rehearse(
    template: CampaignTemplate, *, enterprises: int, seed: int, until: date | None = None
) -> Rehearsal:
    """Run a whole campaign on generated enterprises; the same arguments give the same campaign."""
    began = time.perf_counter()
    last = until or template.phases[-1].ends_on + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        database = make_engine(f"sqlite:///{Path(folder) / 'rehearsal.db'}")
        Base.metadata.create_all(database)
        try:
            result = _run(
                make_sessions(database),
                template,
                enterprises=enterprises,
                seed=seed,
                last=last,
                folder=Path(folder),
            )
        finally:
            database.dispose()
    result.seconds = round(time.perf_counter() - began, 1)
    return result


def _run(
    sessions: sessionmaker[Session],
    template: CampaignTemplate,
    *,
    enterprises: int,
    seed: int,
    last: date,
    folder: Path,
) -> Rehearsal:
    now = morning_of(template.phases[0].starts_on)
    handlers.register()
    campaign_id = _launch(sessions, template, enterprises=enterprises, seed=seed, now=now)
    crowd = Crowd(sessions, seed, folder, template)
    for day in _days(day_of(now), last):
        at = max(now, morning_of(day))
        advance(sessions, until=at, now=now)
        crowd.work(at + WORKING_HOURS)
        now = at + WORKING_HOURS
    with sessions.begin() as session:
        result = Rehearsal(
            template.code, enterprises, seed, last.isoformat(), tasks_completed=crowd.completed
        )
        _report(session, campaign_id, result)
        return result


def _launch(
    sessions: sessionmaker[Session], template: CampaignTemplate, *, enterprises: int, seed: int, now: datetime
) -> int:
    with sessions.begin() as session:
        processes.deploy_all(session, now=now)
        load_district(session, enterprises=enterprises, seed=seed, now=now)
        office = organizations.office_id(session)
        scope = Scope()
        return campaigns.launch(
            session, template, scope=scope, office_id=office, title=template.title, actor="rehearsal", now=now
        ).id


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range((last - first).days + 1))


def batched(ids: Sequence[int], size: int) -> Iterator[Sequence[int]]:
    """Pieces of at most `size`."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


class Crowd:
    """Everybody who has tasks. Each task is done after a number of days drawn when it is first seen."""

    def __init__(
        self, sessions: sessionmaker[Session], seed: int, folder: Path, template: CampaignTemplate
    ) -> None:
        self.sessions, self.folder = sessions, folder
        self.slots = {row.code: tuple(slot.code for slot in row.evidence) for row in template.rows}
        self.behaviour = Behaviour(random.Random(seed))  # noqa: S311 - a repeatable draw, not a secret
        self.agenda: dict[date, list[int]] = {}
        self.last_seen = 0
        self.completed = 0
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
        columns = UserTask.id, UserTask.node, UserTask.due_at
        query = select(*columns).where(UserTask.id > self.last_seen).order_by(UserTask.id)
        for task_id, node, due_at in session.execute(query):
            self.last_seen = task_id
            day = self.behaviour.day_for(node, today=today, due_on=day_of(due_at) if due_at else None)
            if day is not None:
                self.agenda.setdefault(day, []).append(task_id)

    def _do(self, session: Session, task_ids: Sequence[int], now: datetime) -> None:
        """Complete those that are still open; two tasks of one instance one after the other."""
        query = select(UserTask).where(UserTask.id.in_(task_ids), UserTask.status == TaskStatus.OPEN)
        tasks = list(session.scalars(query.order_by(UserTask.id)))
        homes = [task.instance_id for task in tasks]
        instances = select(ProcessInstance).where(ProcessInstance.id.in_(homes))
        variables = {one.id: one.variables for one in session.scalars(instances)}
        first = {task.instance_id: task for task in reversed(tasks)}
        filled = [self._filled(session, task, variables[task.instance_id], now) for task in first.values()]
        if filled:
            complete_many(session, filled, now=now)
        self.completed += len(filled)
        if len(first) < len(tasks):
            self._do(session, [task.id for task in tasks if first[task.instance_id] is not task], now)

    def _filled(
        self, session: Session, task: UserTask, variables: Mapping[str, Any], now: datetime
    ) -> Filled:
        organization_id = int(task.candidate_group.partition(":")[0])
        groups = frozenset({task.candidate_group})
        person = Person(f"rehearsal:{task.candidate_group}:{task.node}", groups, organization_id)
        slots = self.slots[variables["item_code"]] if task.node in PROVING else ()
        shown = self._proof(session, organization_id, now) if task.node in (*PROVING, "fix") else None
        case = Case(variables, day_of(now), slots, shown)
        return Filled(task.id, self.behaviour.form_for(task.form_key, case), person)

    def _proof(self, session: Session, organization_id: int, now: datetime) -> int:
        """A real file, stored once for each enterprise."""
        if organization_id not in self.proofs:
            stored = evidence.store(
                session, io.BytesIO(PICTURE), filename="proof.png", organization_id=organization_id,
                uploaded_by="rehearsal", now=now, folder=self.folder,
            )  # fmt: skip
            self.proofs[organization_id] = stored.id
        return self.proofs[organization_id]


def _report(session: Session, campaign_id: int, result: Rehearsal) -> None:
    campaign = session.get_one(Campaign, campaign_id)
    result.phases = _phases(session, campaign)
    listed = list(session.scalars(select(Obligation).where(Obligation.campaign_id == campaign_id)))
    states = obligations.states(session, listed)
    result.obligations = dict(Counter(str(state) for state in states.values()))
    result.obligations_open_by_item = dict(
        sorted(Counter(o.item_code for o in listed if o.closed_at is None).items())
    )
    result.hazards = dict(
        Counter(str(step) for step in hazards.steps(session, campaign_id=campaign_id).values())
    )
    result.ladder = _ladder(session, campaign_id)
    lists = select(FailingList).where(FailingList.campaign_id == campaign_id).order_by(FailingList.id)
    result.failing_lists = [
        {
            "on": found.cutoff_on.isoformat(),
            "department_id": found.department_id,
            "supplement": found.is_supplement,
        }
        for found in session.scalars(lists)
    ]
    result.incidents = session.scalar(select(func.count()).select_from(Incident)) or 0


def _phases(session: Session, campaign: Campaign) -> list[dict[str, Any]]:
    """When each phase began: what the process instance's history says."""
    names = [phase["name"] for phase in campaign.template["phases"]]
    query = select(HistoryEntry.at, HistoryEntry.node).where(
        HistoryEntry.instance_id == campaign.instance_id, HistoryEntry.kind == "timer_fired"
    )
    fired = {node: at for at, node in session.execute(query)}
    began = {1: campaign.launched_at} | {n + 1: fired.get(f"phase_{n}_end") for n in range(1, len(names))}
    ended = {n: fired.get(f"phase_{n}_end") for n in range(1, len(names) + 1)}
    return [
        {"phase": n, "name": name, "began_at": _text(began[n]), "ended_at": _text(ended[n])}
        for n, name in enumerate(names, start=1)
    ]


def _ladder(session: Session, campaign_id: int) -> list[dict[str, Any]]:
    """Each ladder step with how often and on which Shanghai day it acted, or was meant to when superseded."""
    query = select(Escalation).where(Escalation.campaign_id == campaign_id)
    counts = Counter(
        (_day(e).isoformat(), e.subject_kind, e.step, e.action, e.offset, e.outcome)
        for e in session.scalars(query)
    )
    keys = ("on", "subject", "step", "action", "offset", "outcome")
    return [dict(zip(keys, key, strict=True)) | {"count": count} for key, count in sorted(counts.items())]


def _day(step: Escalation) -> date:
    return day_of(step.acted_at if step.outcome == Outcome.SENT else step.planned_at)


def _text(at: datetime | None) -> str | None:
    return iso(at.astimezone(UTC)) if at else None
