"""Service tasks: handlers inline and in the background, incidents, retries, commands inside a handler."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import jobs, runtime
from engine.exceptions import IncidentNotFound, InvalidValues
from engine.handlers import AGAIN, handlers
from engine.models import Incident, Job, ProcessInstance
from engine.types import IncidentKind, InstanceStatus, JobStatus
from tests.engine import bpmn as b
from tests.engine.factories import NOW, begin, complete, deploy, incidents, instance, kinds, tasks
from tests.engine.samples import one

Behaviour = Callable[[Session, jobs.JobContext], Any]
CHAIN = one(
    "chain", b.start(), b.service("first", "t.first", colour="red"), b.service("second", "t.second"), b.user("u"),
    b.service("last", "t.last"), b.end(), flow="start>first first>second second>u u>last last>done",
)  # fmt: skip
BACKGROUND = one(
    "background", b.start(), b.service("slow", "t.first", background="true"), b.user("u"), b.end(),
    flow="start>slow slow>u u>done",
)  # fmt: skip
GUARDED = one(
    "guarded", b.start(),
    b.sub_process(
        "sp", b.start("s"), b.parallel("f"), b.service("work", "t.first", background="true"), b.end("e1"),
        b.user("stop"), b.end("e2", b.TERMINATE), b.flows("s>f f>work f>stop work>e1 stop>e2"),
    ),
    b.user("z"), b.end(), flow="start>sp sp>z z>done",
)  # fmt: skip
WAITING = one(
    "waiting", b.start(), b.receive("rcv", "go", correlationKey="{case}"), b.service("s", "t.second"),
    b.user("u"), b.end(), flow="start>rcv rcv>s s>u u>done", declared=b.declare("go"),
)  # fmt: skip


@pytest.fixture(autouse=True)
def _own_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    for topic in ("t.first", "t.second", "t.last"):
        monkeypatch.setitem(handlers, topic, lambda session, context: None)


def behave(monkeypatch: pytest.MonkeyPatch, topic: str, handler: Behaviour) -> list[jobs.JobContext]:
    """Let a topic behave; returns the contexts it was called with."""
    seen: list[jobs.JobContext] = []

    def run(session: Session, context: jobs.JobContext) -> Any:
        seen.append(context)
        return handler(session, context)

    monkeypatch.setitem(handlers, topic, run)
    return seen


def fail(session: Session, context: jobs.JobContext) -> None:
    raise RuntimeError("out of order")


def job_states(session: Session) -> list[tuple[str, JobStatus]]:
    rows = session.execute(select(Job.node, Job.status).order_by(Job.id))
    return [(r[0], r[1]) for r in rows]


def test_jobs_run_in_order_in_the_transaction_that_opened_them(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = behave(monkeypatch, "t.first", lambda s, c: {"a": 1})
    second = behave(monkeypatch, "t.second", lambda s, c: {"b": c.variables["a"] + 1})
    one_id = begin(session, "chain", CHAIN)
    assert (first[0].properties, first[0].topic, first[0].node) == ({"colour": "red"}, "t.first", "first")
    assert (second[0].instance_id, second[0].now, second[0].business_key) == (one_id, NOW, "chain")
    assert instance(session, one_id).variables == {"a": 1, "b": 2}
    assert list(tasks(session, one_id)) == ["u"]
    assert job_states(session) == []  # nothing waits


def test_a_handler_changes_only_a_copy_of_the_variables(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(monkeypatch, "t.first", lambda s, c: c.variables["d"].update(x=1))
    one_id = begin(session, "chain", CHAIN, d={})
    assert instance(session, one_id).variables == {"d": {}}


def test_a_background_job_waits_for_its_runner(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = behave(monkeypatch, "t.first", lambda s, c: {"a": 1})
    one_id = begin(session, "background", BACKGROUND)
    assert (len(seen), list(tasks(session, one_id))) == (0, [])
    assert jobs.run_due(session, now=NOW) == 1
    assert list(tasks(session, one_id)) == ["u"]
    assert jobs.run_due(session, now=NOW) == 0


def test_the_limit_bounds_a_run(session: Session) -> None:
    deploy(session, "background", BACKGROUND)
    new = [runtime.NewInstance(f"i{n}", {}) for n in range(5)]
    runtime.start_many(session, key="background", instances=new, group_id=1, now=NOW)
    assert [jobs.run_due(session, now=NOW, limit=3) for _ in range(3)] == [3, 2, 0]


def test_a_handler_that_raises_becomes_an_incident_and_the_command_stands(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(monkeypatch, "t.last", fail)
    one_id = begin(session, "chain", CHAIN)
    done = complete(session, one_id, "u", {"note": 1})
    session.commit()
    assert not done.ended
    row = instance(session, one_id)
    assert (row.status, row.variables) == (InstanceStatus.ACTIVE, {"note": 1})
    [incident] = incidents(session, one_id)
    assert (incident.kind, incident.code, incident.node) == (IncidentKind.JOB, "RuntimeError", "last")
    assert "out of order" in incident.message
    assert job_states(session)[-1] == ("last", JobStatus.FAILED)


def test_what_a_failing_handler_wrote_is_undone(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(session, "waiting", WAITING)
    other = runtime.start(session, key="waiting", business_key="w", variables={"case": "c"}, now=NOW)

    def write_then_fail(session: Session, context: jobs.JobContext) -> None:
        runtime.set_variables(session, other.id, {"touched": True}, now=NOW, actor="a")
        runtime.start(session, key="waiting", business_key="new", variables={"case": "d"}, now=NOW)
        raise RuntimeError

    behave(monkeypatch, "t.first", write_then_fail)
    one_id = begin(session, "chain", CHAIN)
    session.commit()
    assert "touched" not in instance(session, other.id).variables
    assert session.scalars(select(ProcessInstance.business_key).order_by(ProcessInstance.id)).all() == [
        "w", "chain",
    ]  # fmt: skip
    assert len(incidents(session, one_id)) == 1


def test_a_retry_runs_the_job_again(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    behave(monkeypatch, "t.first", fail)
    one_id = begin(session, "chain", CHAIN)
    [incident] = incidents(session, one_id)
    runtime.retry(session, incident.id, now=NOW, actor="account:9")
    first, second = incidents(session, one_id)
    assert (first.resolved_by, second.resolved_at) == ("account:9", None)
    behave(monkeypatch, "t.first", lambda s, c: {"a": 1})
    runtime.retry(session, second.id, now=NOW, actor="account:9")
    assert list(tasks(session, one_id)) == ["u"]
    assert job_states(session)[0] == ("first", JobStatus.DONE)
    assert session.scalar(select(Job.attempts).where(Job.node == "first")) == 2
    with pytest.raises(IncidentNotFound):
        runtime.retry(session, second.id, now=NOW, actor="account:9")
    with pytest.raises(IncidentNotFound):
        runtime.retry(session, 404, now=NOW, actor="account:9")


def test_a_failed_background_job_does_not_stop_the_others(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(session, "background", BACKGROUND)
    new = [runtime.NewInstance(f"i{n}", {"n": n}) for n in range(3)]
    ids = runtime.start_many(session, key="background", instances=new, group_id=1, now=NOW)
    behave(monkeypatch, "t.first", lambda s, c: fail(s, c) if c.variables["n"] == 1 else None)
    assert jobs.run_due(session, now=NOW) == 2
    assert [len(incidents(session, i)) for i in ids] == [0, 1, 0]
    assert jobs.run_due(session, now=NOW) == 0


def test_values_that_are_not_json_are_an_incident(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    behave(monkeypatch, "t.first", lambda s, c: {"x": object()})
    one_id = begin(session, "chain", CHAIN)
    assert incidents(session, one_id)[0].code == InvalidValues.code


def test_a_topic_without_handler_is_an_incident(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    deploy(session, "chain", CHAIN)
    monkeypatch.delitem(handlers, "t.first")
    row = runtime.start(session, key="chain", business_key="x", variables={}, now=NOW)
    assert "no handler" in incidents(session, row.id)[0].message


def test_a_terminate_end_withdraws_a_waiting_job(session: Session) -> None:
    one_id = begin(session, "guarded", GUARDED)
    complete(session, one_id, "sp/stop")
    assert job_states(session) == [("work", JobStatus.CANCELLED)]
    assert jobs.run_due(session, now=NOW) == 0
    assert list(tasks(session, one_id)) == ["z"]


def test_a_suspended_instance_runs_no_job(session: Session) -> None:
    one_id = begin(session, "background", BACKGROUND)
    runtime.suspend(session, one_id, now=NOW, actor="a")
    assert jobs.run_due(session, now=NOW) == 0
    runtime.resume(session, one_id, now=NOW, actor="a")
    assert jobs.run_due(session, now=NOW) == 1


def test_a_handler_may_start_and_correlate_other_instances(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(session, "waiting", WAITING)

    def begin_other(session: Session, context: jobs.JobContext) -> dict[str, Any]:
        row = runtime.start(session, key="waiting", business_key="w", variables={"case": "c"}, now=NOW)
        return {"other": row.id}

    behave(monkeypatch, "t.first", begin_other)
    behave(
        monkeypatch,
        "t.last",
        lambda s, c: {
            "took": runtime.correlate(s, name="go", correlation_key="c", payload={"from": 1}, now=NOW)
        },
    )
    one_id = begin(session, "chain", CHAIN)
    other = instance(session, one_id).variables["other"]
    assert complete(session, one_id, "u").ended
    assert instance(session, one_id).variables["took"] == 1
    assert list(tasks(session, other)) == ["u"]
    assert instance(session, other).variables["from"] == 1


def test_a_handler_may_write_variables_of_its_own_instance(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(session: Session, context: jobs.JobContext) -> dict[str, Any]:
        runtime.set_variables(session, context.instance_id, {"a": 1, "b": 1}, now=NOW, actor="a")
        return {"b": 2}

    behave(monkeypatch, "t.first", write)
    one_id = begin(session, "chain", CHAIN)
    assert instance(session, one_id).variables == {"a": 1, "b": 2}
    assert list(tasks(session, one_id)) == ["u"]


def test_a_handler_that_wrote_its_own_instance_and_fails_leaves_it_as_it_was(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(session: Session, context: jobs.JobContext) -> None:
        runtime.set_variables(session, context.instance_id, {"a": 1}, now=NOW, actor="a")
        raise RuntimeError

    behave(monkeypatch, "t.first", write)
    one_id = begin(session, "chain", CHAIN)
    assert instance(session, one_id).variables == {}
    assert "variables_set" not in kinds(session, one_id)
    behave(monkeypatch, "t.first", lambda s, c: None)
    runtime.retry(session, incidents(session, one_id)[0].id, now=NOW, actor="a")
    assert list(tasks(session, one_id)) == ["u"]


def test_a_handler_may_cancel_its_own_instance(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    behave(
        monkeypatch,
        "t.first",
        lambda s, c: runtime.cancel(s, c.instance_id, reason="void", now=NOW, actor="a"),
    )
    one_id = begin(session, "chain", CHAIN)
    assert instance(session, one_id).status is InstanceStatus.CANCELLED
    assert job_states(session) == []


def test_a_job_whose_handler_suspends_its_instance_waits_until_it_goes_on(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave(monkeypatch, "t.first", lambda s, c: runtime.suspend(s, c.instance_id, now=NOW, actor="a"))
    one_id = begin(session, "chain", CHAIN)
    assert job_states(session) == [("first", JobStatus.WAITING)]
    behave(monkeypatch, "t.first", lambda s, c: {"a": 1})
    runtime.resume(session, one_id, now=NOW, actor="a")
    assert jobs.run_due(session, now=NOW) == 1
    assert instance(session, one_id).variables == {"a": 1}
    assert list(tasks(session, one_id)) == ["u"]


def test_members_of_a_batch_see_each_other_through_messages(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A handler of one member correlates to another whose subscription has not been written yet."""
    files = one(
        "pair", b.start(), b.service("s1", "t.first"), b.exclusive("g", "wait"),
        b.receive("wait", "go", correlationKey="pair"), b.service("s2", "t.second"), b.user("u"), b.end(),
        flow="start>s1 s1>g g>s2?sender g>wait wait>u s2>u u>done", declared=b.declare("go"),
    )  # fmt: skip
    deploy(session, "pair", files)
    took: list[int] = []
    behave(
        monkeypatch,
        "t.second",
        lambda s, c: took.append(
            runtime.correlate(s, name="go", correlation_key="pair", payload={}, now=NOW)
        ),
    )
    new = [runtime.NewInstance(f"i{n}", {"sender": n == 2}) for n in range(4)]
    ids = runtime.start_many(session, key="pair", instances=new, group_id=1, now=NOW)
    assert took == [3]
    assert [list(tasks(session, i)) for i in ids] == [["u"]] * 4


def test_members_of_a_batch_that_were_touched_by_a_failing_handler_are_as_before(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(session, "chain", CHAIN)
    seen: list[int] = []

    def touch(session: Session, context: jobs.JobContext) -> dict[str, Any]:
        seen.append(context.instance_id)
        if context.business_key == "i2":
            runtime.set_variables(session, seen[0], {"touched": True}, now=NOW, actor="a")
            raise RuntimeError
        return {"a": context.business_key}

    behave(monkeypatch, "t.first", touch)
    new = [runtime.NewInstance(f"i{n}", {}) for n in range(4)]
    ids = runtime.start_many(session, key="chain", instances=new, group_id=1, now=NOW)
    assert [instance(session, i).variables for i in ids] == [{"a": "i0"}, {"a": "i1"}, {}, {"a": "i3"}]
    assert [list(tasks(session, i)) for i in ids] == [["u"], ["u"], [], ["u"]]
    assert session.scalars(select(Incident.instance_id)).all() == [ids[2]]


def test_a_topic_has_one_handler(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = handlers["t.first"]
    jobs.register("t.first", handler)
    with pytest.raises(ValueError, match="has a handler"):
        jobs.register("t.first", fail)


def test_a_background_job_that_did_a_part_goes_on_at_the_next_run(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([AGAIN, AGAIN, {"a": 3}])
    seen = behave(monkeypatch, "t.first", lambda s, c: next(answers))
    one_id = begin(session, "background", BACKGROUND)
    for number in (1, 2):
        assert jobs.run_due(session, now=NOW) == 1
        assert (len(seen), list(tasks(session, one_id))) == (number, [])
        assert job_states(session) == [("slow", JobStatus.WAITING)]
    jobs.run_due(session, now=NOW)
    assert instance(session, one_id).variables == {"a": 3}
    assert list(tasks(session, one_id)) == ["u"]
    assert jobs.run_due(session, now=NOW) == 0


def test_what_a_job_did_before_it_asked_to_go_on_is_kept(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def part(session: Session, context: jobs.JobContext) -> Any:
        runtime.set_variables(session, context.instance_id, {"part": 1}, now=NOW, actor="system")
        return AGAIN

    behave(monkeypatch, "t.first", part)
    one_id = begin(session, "background", BACKGROUND)
    jobs.run_due(session, now=NOW)
    assert instance(session, one_id).variables == {"part": 1}
