"""One instance from start to end on each database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import deployment, history, jobs, markings, runtime, timers
from engine.models import ProcessInstance, UserTask
from engine.types import InstanceStatus, TaskStatus
from tests.engine import bpmn as b

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)

ESCALATION = b.document(
    b.declare("calendar_loaded"),
    b.process(
        "escalation",
        b.start("esc_start"), b.service("plan_steps", "smoke.plan"), b.rule("next_step", "ladder"),
        b.exclusive("more", "wait"), b.receive("await_calendar", "calendar_loaded", correlationKey="calendar"),
        b.catch("wait", b.timer("next_step_at", "timeDate")), b.service("act", "smoke.act"), b.end("no_more"),
        b.flows(
            "esc_start>plan_steps plan_steps>next_step next_step>more more>no_more?action~==~'none' "
            "more>await_calendar?calendar_missing await_calendar>plan_steps more>wait wait>act act>next_step"
        ),
    ),
)  # fmt: skip
ROUND = b.sub_process(
    "round",
    b.start("round_start"), b.parallel("fork"), b.call("ladder", "escalation"), b.end("ladder_done"),
    b.user("self_check", candidateGroup="{enterprise_id}:safety_officer", dueDate="due_at", formKey="self_check"),
    b.user("sign", candidateGroup="{enterprise_id}:principal"), b.exclusive("signed_or_back", "submitted"),
    b.end("submitted", b.TERMINATE),
    b.flows(
        "round_start>fork fork>ladder ladder>ladder_done fork>self_check self_check>sign sign>signed_or_back "
        "signed_or_back>self_check?not~signed signed_or_back>submitted"
    ),
)  # fmt: skip
OBLIGATION = b.document(
    b.declare("extension_granted"),
    b.process(
        "obligation",
        b.start(), b.service("notify", "smoke.notify"), ROUND,
        b.boundary(
            "extended", "round", b.message("extension_granted"), interrupting=True,
            correlationKey="obligation:{obligation_id}",
        ),
        b.service("next_round", "smoke.next_round"),
        b.user("review", candidateGroup="{town_id}:town_officer", excludeActorsOf="self_check sign"),
        b.exclusive("reviewed", "done"), b.end(),
        b.flows(
            "start>notify notify>round round>review extended>next_round next_round>round review>reviewed "
            "reviewed>next_round?decision~==~'return' reviewed>done"
        ),
    ),
)  # fmt: skip
LADDER = b.decision(
    "ladder",
    ["step"],
    ["action"],
    [["0", '"remind"'], ["1", '"notify"'], ["", '"none"']],
)
FILES = {"obligation.bpmn": OBLIGATION, "escalation.bpmn": ESCALATION, "ladder.dmn": LADDER}


def plan(session: Session, context: jobs.JobContext) -> dict[str, object]:
    return {"step": 0, "next_step_at": (NOW + timedelta(days=1)).isoformat(), "calendar_missing": False}


def act(session: Session, context: jobs.JobContext) -> dict[str, object]:
    step = context.variables["step"] + 1
    return {"step": step, "next_step_at": (NOW + timedelta(days=1 + step)).isoformat()}


def nothing(session: Session, context: jobs.JobContext) -> None:
    return None


@pytest.fixture(autouse=True)
def _handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    for topic, handler in {"plan": plan, "act": act, "notify": nothing, "next_round": nothing}.items():
        monkeypatch.setitem(jobs.handlers, f"smoke.{topic}", handler)


def open_tasks(session: Session, instance_id: int) -> list[UserTask]:
    query = select(UserTask).where(UserTask.instance_id == instance_id, UserTask.status == TaskStatus.OPEN)
    return list(session.scalars(query.order_by(UserTask.id)))


def test_an_obligation_runs_from_start_to_end_with_ladder_extension_and_return(session: Session) -> None:
    deployment.deploy(session, key="obligation", files=FILES, now=NOW)
    variables = {"obligation_id": 7, "enterprise_id": 3, "town_id": 2, "due_at": "2026-12-01T00:00:00+08:00"}
    instance = runtime.start(
        session, key="obligation", business_key="o:7", group_id=1, variables=variables, now=NOW
    )
    session.commit()
    [task] = open_tasks(session, instance.id)
    assert (task.candidate_group, task.form_key, task.token) == (
        "3:safety_officer", "self_check", "round/self_check",
    )  # fmt: skip
    standing = [token.node for token in markings.open_nodes(session, instance.id)]
    assert sorted(standing) == ["extended", "self_check", "wait"]
    fired = timers.fire_due(session, now=NOW + timedelta(days=1))
    assert (fired.count, fired.more) == (1, False)
    assert runtime.correlate(
        session, name="extension_granted", correlation_key="obligation:7", payload={}, now=NOW
    )
    session.commit()
    [task] = open_tasks(session, instance.id)
    runtime.complete(session, task_id=task.id, form={}, actor="a", now=NOW)
    [task] = open_tasks(session, instance.id)
    done = runtime.complete(session, task_id=task.id, form={"signed": True}, actor="b", now=NOW)
    [task] = open_tasks(session, instance.id)
    assert done.opened == [task.id]
    assert timers.next_due(session) is None
    runtime.complete(session, task_id=task.id, form={"decision": "return"}, actor="c", now=NOW)
    for form in ({}, {"signed": True}, {"decision": "accept"}):
        [task] = open_tasks(session, instance.id)
        actor = {"self_check": "a", "sign": "b", "review": "c"}[task.node]
        done = runtime.complete(session, task_id=task.id, form=form, actor=actor, now=NOW)
    assert done.ended
    session.commit()
    row = session.get_one(ProcessInstance, instance.id)
    assert row.status is InstanceStatus.COMPLETED
    assert row.next_timer_at is None
    assert [h.kind for h in history.of_instance(session, instance.id)][-1] == "ended"


def test_many_instances_start_in_one_transaction(session: Session) -> None:
    deployment.deploy(session, key="obligation", files=FILES, now=NOW)
    new = [
        runtime.NewInstance(f"o:{i}", {"obligation_id": i, "enterprise_id": i, "town_id": 2})
        for i in range(50)
    ]
    ids = runtime.start_many(session, key="obligation", instances=new, group_id=1, now=NOW)
    session.commit()
    assert len(set(ids)) == 50
    assert [len(open_tasks(session, i)) for i in ids] == [1] * 50
    fired = timers.fire_due(session, now=NOW + timedelta(days=9))
    assert fired.count == 100
