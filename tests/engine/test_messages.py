"""Messages: subscriptions, keys, payloads, and what is thrown by a process."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.models import MessageSubscription
from engine.types import IncidentKind, InstanceStatus
from tests.engine import bpmn as b
from tests.engine.factories import NOW, begin, complete, deploy, incidents, instance, kinds, tasks
from tests.engine.samples import one

WAITING = one(
    "waiting", b.start(), b.receive("rcv", "answer", correlationKey="case:{case}"), b.exclusive("g", "no"),
    b.user("yes"), b.user("no"), b.end(), flow="start>rcv rcv>g g>yes?ok~==~1 g>no yes>done no>done",
    declared=b.declare("answer"),
)  # fmt: skip
SENDING = {
    "sending.bpmn": b.document(
        '<bpmn:message id="answer" name="answer">'
        + b.extensions('<spiffworkflow:messagePayload>{"ok": level + 1}</spiffworkflow:messagePayload>')
        + "</bpmn:message>",
        b.process(
            "sending", b.start(), b.user("u"),
            b.element("sendTask", "snd", b.properties(correlationKey="case:{target}"), messageRef="answer"),
            b.end(), b.flows("start>u u>snd snd>done"),
        ),
    )
}  # fmt: skip
ROUND = one(
    "round", b.start(), b.user("u"),
    b.boundary("stop", "u", b.message("halt"), interrupting=True, correlationKey="{case}"), b.user("stopped"),
    b.boundary("note", "u", b.message("hint"), correlationKey="{case}"), b.user("noted"), b.end("e1"),
    b.end("e2"), b.end(), flow="start>u u>done stop>stopped stopped>e1 note>noted noted>e2",
    declared=b.declare("halt", "hint"),
)  # fmt: skip


def subscriptions(session: Session) -> list[tuple[str, str]]:
    rows = session.execute(select(MessageSubscription.name, MessageSubscription.correlation_key))
    return sorted((r[0], r[1]) for r in rows)


def send(session: Session, name: str, key: str, **payload: object) -> int:
    return runtime.correlate(session, name=name, correlation_key=key, payload=payload, now=NOW)


def test_a_message_reaches_only_the_instance_with_its_key(session: Session) -> None:
    first = begin(session, "waiting", WAITING, case=1)
    second = begin(session, "waiting", WAITING, case=2)
    assert send(session, "answer", "case:2", ok=1) == 1
    assert list(tasks(session, first)) == []
    assert list(tasks(session, second)) == ["yes"]


def test_a_payload_is_written_before_the_transition(session: Session) -> None:
    one_id = begin(session, "waiting", WAITING, case=1)
    send(session, "answer", "case:1", ok=0)
    assert list(tasks(session, one_id)) == ["no"]
    assert instance(session, one_id).variables == {"case": 1, "ok": 0}


def test_nobody_waiting_is_no_error(session: Session) -> None:
    begin(session, "waiting", WAITING, case=1)
    assert send(session, "answer", "case:9") == 0
    assert send(session, "other", "case:1") == 0


def test_a_second_message_finds_nobody(session: Session) -> None:
    begin(session, "waiting", WAITING, case=1)
    assert [send(session, "answer", "case:1", ok=1) for _ in range(2)] == [1, 0]
    assert subscriptions(session) == []


def test_many_instances_may_share_a_key(session: Session) -> None:
    deploy(session, "waiting", WAITING)
    new = [runtime.NewInstance(f"i{n}", {"case": "all"}) for n in range(7)]
    runtime.start_many(session, key="waiting", instances=new, group_id=1, now=NOW)
    assert send(session, "answer", "case:all", ok=1) == 7


def test_a_thrown_message_is_delivered_in_the_same_transaction(session: Session) -> None:
    receiver = begin(session, "waiting", WAITING, case=7)
    sender = begin(session, "sending", SENDING, target=7, level=0)
    complete(session, sender, "u")
    assert list(tasks(session, receiver)) == ["yes"]
    assert instance(session, sender).status is InstanceStatus.COMPLETED
    assert "message_thrown" in kinds(session, sender)
    assert "message_received" in kinds(session, receiver)


def test_a_thrown_message_without_receiver_is_no_error(session: Session) -> None:
    sender = begin(session, "sending", SENDING, target=7, level=0)
    assert complete(session, sender, "u").ended


def test_an_interrupting_message_withdraws_the_task(session: Session) -> None:
    one_id = begin(session, "round", ROUND, case="c")
    assert subscriptions(session) == [("halt", "c"), ("hint", "c")]
    send(session, "halt", "c")
    assert list(tasks(session, one_id)) == ["stopped"]
    assert subscriptions(session) == []


def test_a_non_interrupting_message_opens_work_beside_the_task(session: Session) -> None:
    one_id = begin(session, "round", ROUND, case="c")
    assert [send(session, "hint", "c") for _ in range(2)] == [1, 0]
    assert sorted(tasks(session, one_id)) == ["noted", "u"]


def test_completing_the_task_withdraws_the_subscriptions(session: Session) -> None:
    one_id = begin(session, "round", ROUND, case="c")
    complete(session, one_id, "u")
    assert subscriptions(session) == []


def test_a_receiver_that_fails_becomes_an_incident_and_the_others_take_the_message(session: Session) -> None:
    broken = begin(session, "waiting", WAITING, case=1)
    fine = begin(session, "waiting", WAITING, case=1)
    runtime.set_variables(session, fine, {"ok": 1}, now=NOW, actor="a")
    assert send(session, "answer", "case:1") == 1
    [incident] = incidents(session, broken)
    assert incident.kind is IncidentKind.MESSAGE
    runtime.set_variables(session, broken, {"ok": 1}, now=NOW, actor="a")
    runtime.retry(session, incident.id, now=NOW, actor="a")
    assert list(tasks(session, broken)) == ["yes"]


def test_a_message_for_a_suspended_instance_waits_as_an_incident(session: Session) -> None:
    one_id = begin(session, "waiting", WAITING, case=1)
    runtime.suspend(session, one_id, now=NOW, actor="a")
    assert send(session, "answer", "case:1", ok=1) == 0
    [incident] = incidents(session, one_id)
    assert incident.code == "suspended"
    runtime.resume(session, one_id, now=NOW, actor="a")
    runtime.retry(session, incident.id, now=NOW, actor="a")
    assert list(tasks(session, one_id)) == ["yes"]
