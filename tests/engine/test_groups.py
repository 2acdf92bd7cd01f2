"""Commands on many instances at once do to each what the command on one does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from engine import groups, handlers, runtime, timers
from engine.exceptions import EngineError, InstanceNotActive, TaskClosed
from engine.models import Job, MessageSubscription, ProcessInstance, UserTask
from engine.types import InstanceStatus, JobStatus, TaskStatus
from tests.engine import bpmn as b
from tests.engine.factories import NOW, begin, complete, deploy, incidents, instance, kinds, tasks
from tests.engine.samples import FEATURES, one
from tests.engine.test_messages import WAITING, send

DUE = "2026-12-01T00:00:00+08:00"
TIMES = {"remind_at": DUE, "due_at": DUE}
LATE = NOW + timedelta(days=30)
EVERY = ProcessInstance.group_id == 7


def several(session: Session, number: int = 3) -> list[int]:
    return [begin(session, "obligation", FEATURES["obligation"], group_id=7, **TIMES) for _ in range(number)]


def statuses(session: Session) -> set[InstanceStatus]:
    return set(session.scalars(select(ProcessInstance.status).where(EVERY)))


def test_suspended_instances_take_no_completion_and_fire_no_timer_until_resumed(session: Session) -> None:
    ids = several(session)
    assert groups.suspend(session, EVERY, now=NOW, actor="a") == 3
    assert statuses(session) == {InstanceStatus.SUSPENDED}
    for one_id in ids:
        with pytest.raises(InstanceNotActive):
            complete(session, one_id, "round/self_check")
    assert timers.fire_due(session, now=LATE).count == 0
    assert groups.resume(session, EVERY, now=NOW, actor="a") == 3
    assert timers.fire_due(session, now=LATE).count == 6
    assert [kinds(session, one_id).count("resumed") for one_id in ids] == [1, 1, 1]


def test_tasks_are_suspended_and_open_again_with_their_instances(session: Session) -> None:
    [one_id] = several(session, 1)
    task_id = tasks(session, one_id)["round/self_check"].id
    groups.suspend(session, EVERY, now=NOW, actor="a")
    assert session.get_one(UserTask, task_id).status is TaskStatus.SUSPENDED
    groups.resume(session, EVERY, now=NOW, actor="a")
    assert session.get_one(UserTask, task_id).status is TaskStatus.OPEN


def test_what_is_not_chosen_goes_on(session: Session) -> None:
    several(session, 1)
    other = begin(session, "obligation", FEATURES["obligation"], group_id=8, **TIMES)
    ended = begin(session, "waiting", WAITING, group_id=7, case=1)
    runtime.cancel(session, ended, reason="over", now=NOW, actor="a")
    assert groups.suspend(session, EVERY, now=NOW, actor="a") == 1
    assert instance(session, other).status is InstanceStatus.ACTIVE
    assert groups.resume(session, EVERY, now=NOW, actor="a") == 1
    assert instance(session, ended).status is InstanceStatus.CANCELLED


def test_a_message_that_came_meanwhile_is_delivered_on_resuming(session: Session) -> None:
    one_id = begin(session, "waiting", WAITING, group_id=7, case=1)
    groups.suspend(session, EVERY, now=NOW, actor="a")
    assert send(session, "answer", "case:1", ok=1) == 0
    groups.resume(session, EVERY, now=NOW, actor="a")
    assert list(tasks(session, one_id)) == ["yes"]
    assert [one.resolved_by for one in incidents(session, one_id)] == ["a"]


def test_cancelling_withdraws_active_and_suspended_ones_with_everything_open(session: Session) -> None:
    [active] = several(session, 1)
    waiting = begin(session, "waiting", WAITING, group_id=7, case=1)
    runtime.suspend(session, active, now=NOW, actor="a")
    task = session.scalars(select(UserTask).where(UserTask.instance_id == active)).first()
    assert task is not None
    assert groups.cancel(session, EVERY, reason="called off", now=NOW, actor="a") == 2
    assert statuses(session) == {InstanceStatus.CANCELLED}
    assert instance(session, waiting).cancel_reason == "called off"
    assert session.scalars(select(MessageSubscription)).all() == []
    with pytest.raises(TaskClosed):
        runtime.complete(session, task_id=task.id, form={}, actor="a", now=NOW)
    assert timers.next_due(session) is None


def test_cancelling_withdraws_background_jobs(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(handlers.handlers, "test.never", lambda _session, _job: None)
    later = one(
        "later",
        b.start(),
        b.service("s", topic="test.never", background="true"),
        b.end(),
        flow="start>s s>done",
    )
    one_id = begin(session, "later", later, group_id=7)
    groups.cancel(session, EVERY, reason="called off", now=NOW, actor="a")
    assert session.scalars(select(Job.status).where(Job.instance_id == one_id)).all() == [JobStatus.CANCELLED]


@pytest.mark.parametrize("command", ["suspend", "resume", "cancel"])
def test_the_number_of_statements_does_not_grow_with_the_instances(session: Session, command: str) -> None:
    def statements(number: int, group: int) -> int:
        deploy(session, "obligation", FEATURES["obligation"])
        new = [runtime.NewInstance(f"o:{n}", TIMES) for n in range(number)]
        runtime.start_many(session, key="obligation", instances=new, group_id=group, now=NOW)
        which = ProcessInstance.group_id == group
        if command == "resume":
            groups.suspend(session, which, now=NOW, actor="a")
        more = {"reason": "x"} if command == "cancel" else {}
        counted: list[str] = []
        listen = session.connection().engine

        def note(*arguments: object) -> None:
            counted.append(str(arguments[2]))

        event.listen(listen, "before_cursor_execute", note)
        try:
            assert getattr(groups, command)(session, which, now=NOW, actor="a", **more) == number
        finally:
            event.remove(listen, "before_cursor_execute", note)
        return len(counted)

    assert statements(2, 11) == statements(60, 12) > 0


def test_a_handler_cannot_stop_what_its_own_command_holds(session: Session) -> None:
    topic = "test.stop_everything"

    def stop(inner: Session, job: handlers.JobContext) -> None:
        groups.suspend(inner, EVERY, now=job.now, actor="a")

    handlers.register(topic, stop)
    try:
        source = one("stopping", b.start(), b.service("s", topic=topic), b.end(), flow="start>s s>done")
        one_id = begin(session, "stopping", source, group_id=7)
    finally:
        del handlers.handlers[topic]
    assert [one.code for one in incidents(session, one_id)] == [EngineError.code]
