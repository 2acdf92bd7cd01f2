"""Commands on one instance: start, complete, change, suspend, resume, cancel."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history, markings, runtime, timers
from engine.exceptions import (
    IncidentRaised,
    InstanceNotActive,
    InstanceNotFound,
    InvalidValues,
    SamePerson,
    TaskClosed,
    TaskNotFound,
    UnknownDefinition,
    VersionConflict,
)
from engine.models import ProcessInstance, UserTask
from engine.types import IncidentKind, InstanceStatus, TaskStatus
from tests.engine import bpmn as b
from tests.engine.factories import NOW, begin, complete, deploy, incidents, instance, kinds, tasks
from tests.engine.samples import FEATURES, one

TWO_STEPS = one(
    "steps", b.start(), b.user("check", candidateGroup="{org}:officer", dueDate="due_at", formKey="f"),
    b.user("review", candidateGroup="{org}:reviewer", excludeActorsOf="check"), b.exclusive("g", "done"), b.end(),
    flow="start>check check>review review>g g>done g>check?again",
)  # fmt: skip
DUE = "2026-12-01T00:00:00+08:00"


def test_a_task_row_carries_group_due_date_and_form(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5, due_at=DUE)
    task = tasks(session, one_id)["check"]
    assert (task.candidate_group, task.form_key, task.name, task.node) == ("5:officer", "f", "check", "check")
    assert task.due_at is not None
    assert task.due_at.isoformat() == "2026-11-30T16:00:00+00:00"


@pytest.mark.parametrize("values", [{"due_at": None}, {}])
def test_a_due_date_may_be_missing(session: Session, values: dict[str, Any]) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5, **values)
    assert tasks(session, one_id)["check"].due_at is None


def test_completing_writes_the_form_and_opens_the_next_task(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    done = complete(session, one_id, "check", {"note": "ok"})
    task = tasks(session, one_id)["review"]
    assert (done.instance_id, done.opened, done.ended) == (one_id, [task.id], False)
    assert instance(session, one_id).variables["note"] == "ok"


def test_a_second_completion_is_a_conflict_that_tells_who_was_first(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    task_id = tasks(session, one_id)["check"].id
    complete(session, one_id, "check", actor="account:7")
    with pytest.raises(TaskClosed) as raised:
        runtime.complete(session, task_id=task_id, form={}, actor="account:8", now=NOW)
    assert (raised.value.actor, raised.value.closed_at) == ("account:7", NOW)


def test_an_outdated_version_is_a_conflict(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    with pytest.raises(VersionConflict):
        complete(session, one_id, "check", expected_version=3)
    complete(session, one_id, "check", expected_version=0)


def test_an_unknown_task_is_not_found(session: Session) -> None:
    with pytest.raises(TaskNotFound):
        runtime.complete(session, task_id=404, form={}, actor="a", now=NOW)


def test_who_did_the_work_may_not_judge_it(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    complete(session, one_id, "check", actor="account:7")
    with pytest.raises(SamePerson) as raised:
        complete(session, one_id, "review", actor="account:7")
    assert raised.value.node == "review"
    complete(session, one_id, "review", {"again": True}, actor="account:8")
    complete(session, one_id, "check", actor="account:9")
    with pytest.raises(SamePerson):
        complete(session, one_id, "review", actor="account:7")
    with pytest.raises(SamePerson):
        complete(session, one_id, "review", actor="account:9")


def test_a_transition_that_fails_changes_nothing_but_leaves_an_incident(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    complete(session, one_id, "check", actor="a")
    before = instance(session, one_id).version
    with pytest.raises(IncidentRaised) as raised:
        complete(session, one_id, "review", {"note": "x"}, actor="b")
    session.commit()
    row = instance(session, one_id)
    assert "note" not in row.variables
    assert row.version == before + 1
    assert list(tasks(session, one_id)) == ["review"]
    [incident] = incidents(session, one_id)
    assert (incident.id, incident.kind, incident.node) == (
        raised.value.incident_id, IncidentKind.TRANSITION, "review",
    )  # fmt: skip
    runtime.retry(session, incident.id, now=NOW, actor="a")
    assert complete(session, one_id, "review", {"again": False}, actor="b").ended


def test_an_ended_instance_is_over(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    complete(session, one_id, "check", actor="a")
    complete(session, one_id, "review", {"again": False}, actor="b")
    row = instance(session, one_id)
    assert (row.status, row.ended_at) == (InstanceStatus.COMPLETED, NOW)
    assert markings.open_nodes(session, one_id) == []
    with pytest.raises(InstanceNotActive):
        runtime.set_variables(session, one_id, {"x": 1}, now=NOW, actor="a")
    with pytest.raises(InstanceNotActive):
        runtime.cancel(session, one_id, reason="late", now=NOW, actor="a")


def test_a_mapped_object_shows_what_the_command_wrote(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    row, task = session.get_one(ProcessInstance, one_id), tasks(session, one_id)["check"]
    complete(session, one_id, "check", {"note": "ok"})
    assert row.variables["note"] == "ok"
    assert task.status is TaskStatus.COMPLETED


def test_a_suspended_instance_takes_no_completion_and_fires_no_timer(session: Session) -> None:
    at = {"remind_at": DUE, "due_at": DUE}
    one_id = begin(session, "obligation", FEATURES["obligation"], **at)
    runtime.suspend(session, one_id, now=NOW, actor="a")
    with pytest.raises(InstanceNotActive):
        complete(session, one_id, "round/self_check")
    late = NOW + timedelta(days=30)
    assert timers.fire_due(session, now=late).count == 0
    assert timers.next_due(session) is None
    runtime.resume(session, one_id, now=NOW, actor="a")
    assert timers.fire_due(session, now=late).count == 2
    assert kinds(session, one_id).count("suspended") == 1


def test_resuming_needs_a_suspended_instance(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    with pytest.raises(InstanceNotActive):
        runtime.resume(session, one_id, now=NOW, actor="a")


def test_cancelling_withdraws_everything_that_is_open(session: Session) -> None:
    at = {"remind_at": DUE, "due_at": DUE}
    one_id = begin(session, "obligation", FEATURES["obligation"], **at)
    task = tasks(session, one_id)["round/self_check"]
    runtime.cancel(session, one_id, reason="closed down", now=NOW, actor="account:1")
    row = instance(session, one_id)
    assert (row.status, row.cancel_reason, row.next_timer_at) == (
        InstanceStatus.CANCELLED, "closed down", None,
    )  # fmt: skip
    session.refresh(task)
    assert task.status is TaskStatus.CANCELLED
    with pytest.raises(TaskClosed):
        runtime.complete(session, task_id=task.id, form={}, actor="a", now=NOW)
    assert timers.fire_due(session, now=NOW + timedelta(days=30)).count == 0


def test_an_unknown_instance_is_not_found(session: Session) -> None:
    with pytest.raises(InstanceNotFound):
        runtime.cancel(session, 404, reason="x", now=NOW, actor="a")
    with pytest.raises(InstanceNotFound):
        markings.open_nodes(session, 404)


def test_an_unknown_definition_cannot_start(session: Session) -> None:
    with pytest.raises(UnknownDefinition):
        runtime.start(session, key="nope", business_key="x", variables={}, now=NOW)


def test_many_instances_share_statements_and_stay_apart(session: Session) -> None:
    deploy(session, "steps", TWO_STEPS)
    new = [runtime.NewInstance(f"k{n}", {"org": n}) for n in range(30)]
    ids = runtime.start_many(session, key="steps", instances=new, group_id=4, now=NOW)
    rows = session.scalars(select(UserTask).order_by(UserTask.instance_id)).all()
    assert [(t.instance_id, t.candidate_group) for t in rows] == [
        (i, f"{n}:officer") for n, i in enumerate(ids)
    ]
    complete(session, ids[3], "check")
    standing = Counter(token.node for one in ids for token in markings.open_nodes(session, one))
    assert standing == {"check": 29, "review": 1}


def test_one_bad_member_stops_the_whole_start(session: Session) -> None:
    deploy(session, "steps", TWO_STEPS)
    new = [runtime.NewInstance("good", {"org": 1}), runtime.NewInstance("bad", {"org": None})]
    with pytest.raises(Exception, match="template"):
        runtime.start_many(session, key="steps", instances=new, group_id=4, now=NOW)
    assert session.scalars(select(ProcessInstance.id)).all() == []


def test_items_of_a_multi_instance_task_stay_apart_and_are_collected(session: Session) -> None:
    one_id = begin(session, "mi_parallel", FEATURES["mi_parallel"], items=["a", "b"])
    assert sorted(tasks(session, one_id)) == ["t[0]", "t[1]"]
    complete(session, one_id, "t[1]", {"result": 2, "note": "n"})
    complete(session, one_id, "t[0]", {"result": 1})
    row = instance(session, one_id)
    assert (sorted(row.variables["results"]), row.variables["note"]) == ([1, 2], "n")
    assert "result" not in row.variables


def test_the_history_tells_who_did_what_in_order(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    complete(session, one_id, "check", {"note": "ok"}, actor="account:7")
    entries = history.of_instance(session, one_id)
    assert [(e.kind, e.node, e.actor) for e in entries] == [
        ("started", None, "system"),
        ("task_opened", "check", None),
        ("task_completed", "check", "account:7"),
        ("task_opened", "review", None),
    ]
    assert entries[0].body == {"ran": ["start"]}
    assert entries[2].body == {"values": {"note": "ok"}}
    assert entries[2].marking_id == instance(session, one_id).marking_id


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        2**63,
        {1: 2},
        (1, 2),
        b"x",
        object(),
        "a\x00b",
        "\ud800",
        {"k": float("nan")},
    ],
)
def test_a_value_that_is_not_json_is_refused(session: Session, value: object) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    with pytest.raises(InvalidValues):
        complete(session, one_id, "check", {"x": value})


@pytest.mark.parametrize("name", ["$now", "_x", "a b", "", "1a"])
def test_a_reserved_name_is_refused(session: Session, name: str) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    with pytest.raises(InvalidValues):
        complete(session, one_id, "check", {name: 1})


VALUES = {
    "whole": 1, "float": 1.0, "true": True, "big": 2**63 - 1, "small": -(2**63), "exp": 1e16, "tiny": 5e-324,
    "minus_zero": -0.0, "none": None, "text": "一二三 \"'\\ \u2028 🙂", "list": [1, 1.0, True, None, {"a": []}],
    "empty": "", "object": {"b": 1, "a": {"z": 0.1}}, "third": 1 / 3,
}  # fmt: skip


def test_json_values_come_back_exactly(session: Session) -> None:
    one_id = begin(session, "steps", TWO_STEPS, org=5)
    complete(session, one_id, "check", VALUES)
    session.commit()
    variables = instance(session, one_id).variables
    assert {k: repr(variables[k]) for k in VALUES} == {k: repr(v) for k, v in VALUES.items()}
