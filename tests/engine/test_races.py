"""Two connections at once: one wins, the other learns it, nothing is done twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from engine import jobs, runtime, timers
from engine.exceptions import TaskClosed
from engine.handlers import handlers
from engine.models import HistoryEntry, Incident, MessageSubscription, ProcessInstance, UserTask
from engine.types import TaskStatus
from engine.units import PendingJob
from engine.work import Work
from tests.engine import bpmn as b
from tests.engine.factories import NOW, begin, deploy, instance, tasks
from tests.engine.samples import FEATURES, one
from workflows.database import make_engine

TIMEOUT = 20
DUE = {"remind_at": NOW.isoformat(), "due_at": NOW.isoformat(), "outcome": "done", "approved": True}
ROUND = one(
    "round", b.start(), b.user("u"),
    b.boundary("stop", "u", b.timer("at", "timeDate"), interrupting=True), b.user("late"), b.end("e1"), b.end(),
    flow="start>u u>done stop>late late>e1",
)  # fmt: skip
MESSAGE = one(
    "message", b.start(), b.receive("r", "go", correlationKey="k"), b.user("u"), b.end(),
    flow="start>r r>u u>done", declared=b.declare("go"),
)  # fmt: skip
SLOW = one(
    "slow", b.start(), b.service("s", "race.slow", background="true"), b.user("u"), b.end(),
    flow="start>s s>u u>done",
)  # fmt: skip


@pytest.fixture
def postgresql(postgresql_url: str) -> Iterator[Engine]:
    engine = make_engine(postgresql_url)
    yield engine
    engine.dispose()


def race(engine: Engine, *contenders: Callable[[Session], object]) -> list[object]:
    """Run each in its own transaction; the first holds its locks until the second waits for them or is done.

    Returns what each returned, or the exception it raised.
    """
    results: list[object] = [None] * len(contenders)
    first_has_written, second_is_running = threading.Event(), threading.Event()

    def run(i: int, work: Callable[[Session], object]) -> None:
        if i > 0:
            first_has_written.wait(TIMEOUT)
        try:
            with Session(engine) as session, session.begin():
                session.execute(text(f"SET LOCAL lock_timeout = '{TIMEOUT}s'"))
                if i > 0:
                    second_is_running.set()
                results[i] = work(session)
                if i == 0:
                    first_has_written.set()
                    second_is_running.wait(TIMEOUT)
                    wait_for_blocked(engine)
        except Exception as exc:  # noqa: BLE001 - the test looks at it
            results[i] = exc
        finally:
            first_has_written.set()

    threads = [threading.Thread(target=run, args=(i, c), daemon=True) for i, c in enumerate(contenders)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
        assert not thread.is_alive()
    return results


def wait_for_blocked(engine: Engine) -> None:
    """Until somebody waits for a lock, at most half a second (a contender may also skip what is locked)."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    with engine.connect() as connection:
        for _ in range(50):
            if connection.execute(query).scalar():
                return
            connection.rollback()
            threading.Event().wait(0.01)


def completion(task_id: int, actor: str) -> Callable[[Session], object]:
    return lambda session: runtime.complete(session, task_id=task_id, form={}, actor=actor, now=NOW)


def test_of_two_completions_of_one_task_one_wins_and_the_other_learns_who(postgresql: Engine) -> None:
    with Session(postgresql) as session, session.begin():
        one_id = begin(session, "round", ROUND, at=NOW.isoformat())
        task_id = tasks(session, one_id)["u"].id
    won, lost = race(postgresql, completion(task_id, "first"), completion(task_id, "second"))
    assert isinstance(won, runtime.Completion)
    assert isinstance(lost, TaskClosed)
    assert lost.actor == "first"
    with Session(postgresql) as session:
        assert instance(session, one_id).version == 1


def test_a_completion_beats_the_timer_that_waits_for_it(postgresql: Engine) -> None:
    with Session(postgresql) as session, session.begin():
        one_id = begin(session, "round", ROUND, at=NOW.isoformat())
        task_id = tasks(session, one_id)["u"].id
    _, fired = race(postgresql, completion(task_id, "first"), lambda s: timers.fire_due(s, now=NOW))
    assert fired == timers.Fired(0, 0, False)
    with Session(postgresql) as session:
        assert timers.fire_due(session, now=NOW + timedelta(days=1)).count == 0
        assert list(tasks(session, one_id)) == []


def test_a_timer_beats_the_completion_that_waits_for_it(postgresql: Engine) -> None:
    with Session(postgresql) as session, session.begin():
        one_id = begin(session, "round", ROUND, at=NOW.isoformat())
        task_id = tasks(session, one_id)["u"].id
    fired, lost = race(postgresql, lambda s: timers.fire_due(s, now=NOW), completion(task_id, "second"))
    assert fired == timers.Fired(1, 1, False)
    assert isinstance(lost, TaskClosed)
    with Session(postgresql) as session:
        assert list(tasks(session, one_id)) == ["late"]


def test_two_sweeps_share_the_work(postgresql: Engine) -> None:
    with Session(postgresql) as session, session.begin():
        deploy(session, "round", ROUND)
        new = [runtime.NewInstance(f"i{n}", {"at": NOW.isoformat()}) for n in range(10)]
        runtime.start_many(session, key="round", instances=new, group_id=1, now=NOW)
    results = race(
        postgresql,
        lambda s: timers.fire_due(s, now=NOW, limit=6).count,
        lambda s: timers.fire_due(s, now=NOW, limit=6).count,
    )
    assert results == [6, 4]


def test_a_message_is_delivered_once(postgresql: Engine) -> None:
    with Session(postgresql) as session, session.begin():
        one_id = begin(session, "message", MESSAGE)

    def send(session: Session) -> int:
        return runtime.correlate(session, name="go", correlation_key="k", payload={}, now=NOW)

    assert race(postgresql, send, send) == [1, 0]
    with Session(postgresql) as session:
        assert list(tasks(session, one_id)) == ["u"]


def test_a_background_job_runs_once(postgresql: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[int] = []
    monkeypatch.setitem(handlers, "race.slow", lambda s, c: ran.append(c.instance_id))
    with Session(postgresql) as session, session.begin():
        begin(session, "slow", SLOW)
    results = race(postgresql, lambda s: jobs.run_due(s, now=NOW), lambda s: jobs.run_due(s, now=NOW))
    assert (results, len(ran)) == ([1, 0], 1)


def test_cancelling_beats_the_completion_that_waits_for_it(postgresql: Engine) -> None:
    with Session(postgresql) as session, session.begin():
        one_id = begin(session, "round", ROUND, at=NOW.isoformat())
        task_id = tasks(session, one_id)["u"].id
    _, lost = race(
        postgresql,
        lambda s: runtime.cancel(s, one_id, reason="x", now=NOW, actor="a"),
        completion(task_id, "second"),
    )
    assert isinstance(lost, TaskClosed)


def test_a_deadlock_in_a_handler_ends_the_command_and_is_no_incident(
    postgresql: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(handlers, "race.slow", lambda s, c: None)
    with Session(postgresql) as session, session.begin():
        deploy(session, "slow", SLOW)
        new = [runtime.NewInstance(f"i{n}", {}) for n in range(2)]
        ids = runtime.start_many(session, key="slow", instances=new, group_id=1, now=NOW)
    both_hold_one = threading.Barrier(2, timeout=TIMEOUT)

    def lock_both(order: list[int]) -> Callable[[Session], object]:
        def work(session: Session) -> object:
            def lock_the_other(session: Session, context: jobs.JobContext) -> None:
                both_hold_one.wait()
                runtime.set_variables(session, order[1], {"x": 1}, now=NOW, actor="a")

            topic = f"race.deadlock{order[0]}"
            monkeypatch.setitem(handlers, topic, lock_the_other)
            with Work(session, now=NOW, actor="a") as unit_of_work:
                unit = unit_of_work.lock(order[0])
                return unit_of_work.run_job(unit, PendingJob(1, "s", "s", topic, {}))

        return work

    results: list[object] = []

    def contend(work: Callable[[Session], object]) -> None:
        try:
            with Session(postgresql) as session, session.begin():
                results.append(work(session))
        except Exception as exc:  # noqa: BLE001 - the test looks at it
            results.append(exc)

    threads = [
        threading.Thread(target=contend, args=(lock_both(order),), daemon=True) for order in (ids, ids[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT)
        assert not thread.is_alive()
    assert sorted(type(r).__name__ for r in results) == ["OperationalError", "bool"]
    with Session(postgresql) as session:
        assert session.scalars(select(Incident.id)).all() == []


def test_many_contenders_leave_every_row_consistent_with_its_marking(engine_: Engine) -> None:
    """Completions of the same tasks by two workers against sweeps, on both databases."""
    with Session(engine_) as session, session.begin():
        deploy(session, "obligation", FEATURES["obligation"])
        new = [runtime.NewInstance(f"i{n}", DUE) for n in range(30)]
        ids = runtime.start_many(session, key="obligation", instances=new, group_id=1, now=NOW)
        todo = [tasks(session, i)["round/self_check"].id for i in ids]
    won: list[int] = []
    errors: list[Exception] = []

    def complete_all(order: list[int]) -> None:
        for task_id in order:
            try:
                with Session(engine_) as session, session.begin():
                    runtime.complete(session, task_id=task_id, form={}, actor="a", now=NOW)
                won.append(task_id)
            except TaskClosed:
                pass
            except Exception as exc:  # noqa: BLE001 - the test looks at it
                errors.append(exc)

    def sweep() -> None:
        try:
            for _ in range(15):
                with Session(engine_) as session, session.begin():
                    timers.fire_due(session, now=NOW, limit=4)
        except Exception as exc:  # noqa: BLE001 - the test looks at it
            errors.append(exc)

    threads = [
        threading.Thread(target=complete_all, args=(todo,), daemon=True),
        threading.Thread(target=complete_all, args=(todo[::-1],), daemon=True),
        threading.Thread(target=sweep, daemon=True),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(TIMEOUT * 2)
        assert not thread.is_alive()
    assert errors == []
    assert sorted(won) == sorted(todo)
    with Session(engine_) as session:
        check_consistency(session)


def check_consistency(session: Session) -> None:
    """Tasks, timers and subscriptions are those of the marking; each version is one line of history."""
    from engine.markings import open_nodes

    for row in session.scalars(select(ProcessInstance)):
        tokens = open_nodes(session, row.id)
        assert sorted(t.key for t in tokens if t.kind == "user") == sorted(tasks(session, row.id))
        assert sorted(t.key for t in tokens if t.kind in ("timer", "cycle")) == sorted(row.timers)
        waiting = select(MessageSubscription.token).where(MessageSubscription.instance_id == row.id)
        assert sorted(t.key for t in tokens if t.kind == "message") == sorted(session.scalars(waiting))
        moves = select(HistoryEntry.id).where(
            HistoryEntry.instance_id == row.id, HistoryEntry.marking_id.is_not(None)
        )
        assert len(session.scalars(moves).all()) >= row.version
        reviews = select(UserTask.id).where(
            UserTask.instance_id == row.id, UserTask.node == "review", UserTask.status == TaskStatus.OPEN
        )
        assert len(session.scalars(reviews).all()) == 1
