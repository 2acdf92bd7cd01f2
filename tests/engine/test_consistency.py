"""After any sequence of commands, the rows of an instance are those of its marking."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployment, history, jobs, runtime, timers
from engine.exceptions import EngineError
from engine.handlers import handlers
from engine.markings import open_nodes
from engine.models import Incident, Job, MessageSubscription, ProcessInstance, UserTask
from engine.types import InstanceStatus, JobStatus, TaskStatus, TokenKind
from tests.bpmn.files import ROOT, bundle
from tests.engine.factories import NOW
from tests.engine.test_differential import real_form

pytestmark = pytest.mark.slow

COMMANDS: Final = 120
FAILING: Final = 0.15
MESSAGES: Final = (
    "extension_granted", "hazards_closed", "calendar_loaded", "hazard_merged", "hazard_reopened", "hazard_upgraded",
    "submission_withdrawn",
)  # fmt: skip
KEYS: Final = ("obligation:{}", "hazard:{}", "calendar")


class Chaos:
    """Random commands on a handful of instances, with handlers that sometimes fail or command others."""

    def __init__(self, session: Session, seed: int) -> None:
        self.session, self.random, self.now = session, random.Random(seed), NOW
        self.numbers = iter(range(10_000))

    def values(self) -> dict[str, Any]:
        soon = self.now + timedelta(hours=self.random.randrange(-24, 96))
        dates = {f"phase_{n}_ends_at": soon.isoformat() for n in range(1, 5)}
        return {**real_form(self.random), "next_step_at": soon.isoformat(), **dates, "failing_list_at": None}

    def handle(self, session: Session, context: jobs.JobContext) -> dict[str, Any]:
        draw = self.random.random()
        if draw < FAILING:
            if draw < FAILING / 2:
                runtime.set_variables(
                    session, context.instance_id, {"broken": True}, now=self.now, actor="handler"
                )
                self.start_one("extension")
            raise RuntimeError("out of order")
        if draw < FAILING * 2:
            self.correlate()
        return self.values()

    def start_one(self, key: str) -> None:
        runtime.start(
            self.session, key=key, business_key=key, group_id=1, variables=self.variables(), now=self.now
        )

    def variables(self) -> dict[str, Any]:
        number = next(self.numbers)
        ids = ("obligation_id", "hazard_id", "subject_id", "campaign_id")
        owners = ("enterprise_id", "town_id", "department_id", "office_id")
        return {**self.values(), **dict.fromkeys(ids, number % 5), **dict.fromkeys(owners, number % 3)}

    def start(self) -> None:
        key = self.random.choice(["obligation", "hazard", "campaign", "extension"])
        new = [runtime.NewInstance(key, self.variables()) for _ in range(self.random.randrange(1, 4))]
        runtime.start_many(self.session, key=key, instances=new, group_id=1, now=self.now)

    def complete(self) -> None:
        found = self.session.scalars(select(UserTask.id).where(UserTask.status == TaskStatus.OPEN)).all()
        if found:
            actor = f"account:{self.random.randrange(6)}"
            runtime.complete(
                self.session, task_id=self.random.choice(found), form=self.values(), actor=actor, now=self.now
            )

    def correlate(self) -> None:
        name, key = self.random.choice(MESSAGES), self.random.choice(KEYS).format(self.random.randrange(5))
        runtime.correlate(self.session, name=name, correlation_key=key, payload=self.values(), now=self.now)

    def sweep(self) -> None:
        self.now += timedelta(hours=self.random.randrange(1, 24))
        timers.fire_due(self.session, now=self.now, limit=self.random.randrange(1, 9))

    def run_jobs(self) -> None:
        jobs.run_due(self.session, now=self.now, limit=self.random.randrange(1, 9))

    def retry(self) -> None:
        open_ones = self.session.scalars(select(Incident.id).where(Incident.resolved_at.is_(None))).all()
        if open_ones:
            runtime.retry(self.session, self.random.choice(open_ones), now=self.now, actor="operator")

    def status(self) -> None:
        one = self.random.choice(self.session.scalars(select(ProcessInstance.id)).all() or [0])
        command: Callable[..., None] = self.random.choice([runtime.suspend, runtime.resume, runtime.resume])
        command(self.session, one, now=self.now, actor="operator")

    def cancel(self) -> None:
        if self.random.random() < 0.2:
            one = self.random.choice(self.session.scalars(select(ProcessInstance.id)).all() or [0])
            runtime.cancel(self.session, one, reason="chaos", now=self.now, actor="operator")

    def step(self) -> None:
        command = self.random.choice(
            [self.start, *[self.complete] * 6, self.correlate, *[self.sweep] * 2, self.run_jobs, self.retry,
             self.status, self.cancel]
        )  # fmt: skip
        try:
            command()
            if self.random.random() < 0.1:
                self.session.rollback()
            else:
                self.session.commit()
        except EngineError as exc:
            if exc.code == "incident_raised":
                self.session.commit()
            else:
                self.session.rollback()


@pytest.fixture
def every_topic(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    chaos: dict[str, Any] = {}
    text = b"".join(p.read_bytes() for p in sorted(ROOT.glob("*/*.bpmn"))).decode()
    for piece in text.split('name="topic" value="')[1:]:
        monkeypatch.setitem(handlers, piece.split('"')[0], lambda s, c: chaos["now"].handle(s, c))
    return chaos


@pytest.mark.parametrize("seed", range(4))
def test_rows_are_always_those_of_the_marking(
    session: Session, seed: int, every_topic: dict[str, Any]
) -> None:
    for key in ("obligation", "hazard", "extension", "campaign"):
        deployment.deploy(session, key=key, files=bundle(key), now=NOW)
    session.commit()
    chaos = every_topic["now"] = Chaos(session, seed)
    for _ in range(COMMANDS):
        chaos.step()
    session.expire_all()
    rows = session.scalars(select(ProcessInstance)).all()
    assert len(rows) > 5
    for row in rows:
        check(session, row)


def check(session: Session, row: ProcessInstance) -> None:
    """Open tasks, subscriptions, jobs and timers of one instance."""
    tokens = open_nodes(session, row.id)
    expected: dict[TokenKind, list[str]] = {kind: [] for kind in TokenKind}
    for token in tokens:
        expected[token.kind].append(token.key)
    standing = TaskStatus.SUSPENDED if row.status is InstanceStatus.SUSPENDED else TaskStatus.OPEN
    tasks = select(UserTask.token).where(UserTask.instance_id == row.id, UserTask.status == standing)
    waiting = select(MessageSubscription.token).where(MessageSubscription.instance_id == row.id)
    working = select(Job.token).where(
        Job.instance_id == row.id, Job.status.in_([JobStatus.WAITING, JobStatus.FAILED])
    )
    assert sorted(session.scalars(tasks)) == sorted(expected[TokenKind.USER])
    assert sorted(session.scalars(waiting)) == sorted(expected[TokenKind.MESSAGE])
    assert sorted(session.scalars(working)) == sorted(expected[TokenKind.SERVICE])
    assert sorted(row.timers) == sorted([*expected[TokenKind.TIMER], *expected[TokenKind.CYCLE]])
    open_dates = [datetime.fromisoformat(t[0]) for t in row.timers.values() if not t[4]]
    over = row.status in (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)
    assert row.next_timer_at == (None if over else min(open_dates, default=None))
    assert over == (row.ended_at is not None)
    assert "broken" not in row.variables
    kinds = [entry.kind for entry in history.of_instance(session, row.id)]
    assert kinds[0] == "started"
    assert kinds.count("ended") == (row.status is InstanceStatus.COMPLETED)
