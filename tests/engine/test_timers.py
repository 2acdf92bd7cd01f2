"""Timers: due dates, cycles, late sweeps, and what a user command never does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from engine import due, runtime, timers, transitions
from engine.exceptions import TransitionFailed
from engine.models import ProcessDefinition
from engine.types import IncidentKind, InstanceStatus
from tests.engine import bpmn as b
from tests.engine.factories import NOW, begin, complete, deploy, incidents, instance, kinds, tasks
from tests.engine.samples import FEATURES, one

DAY = timedelta(days=1)
TWO = one(
    "two", b.start(), b.user("u"), b.boundary("first", "u", b.timer("first_at", "timeDate")),
    b.script("note", "order = order + 'f'"), b.end("e1"),
    b.boundary("second", "u", b.timer("second_at", "timeDate"), interrupting=True),
    b.script("late", "order = order + 's'"), b.user("z"), b.end(),
    flow="start>u u>z z>done first>note note>e1 second>late late>z",
)  # fmt: skip
CYCLE = one(
    "cycle", b.start(), b.user("u"), b.boundary("cyc", "u", b.timer("every", "timeCycle")),
    b.script("count", "n = n + 1"), b.end("e1"), b.end(), flow="start>u u>done cyc>count count>e1",
)  # fmt: skip


def iso(at: datetime) -> str:
    return at.isoformat()


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("date", "2026-12-01T09:00:00+08:00", datetime(2026, 12, 1, 1, tzinfo=UTC)),
        ("duration", "P1D", NOW + DAY),
        ("duration", "PT90M", NOW + timedelta(minutes=90)),
        ("duration", "P2W", NOW + 14 * DAY),
        ("duration", "P1M", datetime(2026, 12, 22, 8, tzinfo=UTC)),
        ("duration", "P1Y2M3DT4H", datetime(2028, 1, 25, 12, tzinfo=UTC)),
        ("cycle", "R3/PT1H", NOW + timedelta(hours=1)),
    ],
)
def test_an_instant_is_computed_from_its_text(kind: str, text: str, expected: datetime) -> None:
    assert due.instant(kind, text, NOW) == expected


def test_a_month_after_the_last_day_is_the_last_day() -> None:
    assert due.instant("duration", "P1M", datetime(2027, 1, 31, tzinfo=UTC)) == datetime(
        2027, 2, 28, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("date", "2026-12-01T09:00:00"),
        ("date", "soon"),
        ("duration", "1 day"),
        ("duration", "P"),
        ("cycle", "R3"),
    ],
)
def test_a_text_that_is_no_instant_fails(kind: str, text: str) -> None:
    with pytest.raises(TransitionFailed):
        due.instant(kind, text, NOW)


def test_timers_of_one_instance_fire_in_due_order(session: Session) -> None:
    at = {"first_at": iso(NOW + DAY), "second_at": iso(NOW + 2 * DAY)}
    one_id = begin(session, "two", TWO, order="", **at)
    assert timers.next_due(session) == NOW + DAY
    fired = timers.fire_due(session, now=NOW + 3 * DAY)
    assert (fired.count, fired.instances, fired.more) == (2, 1, False)
    assert instance(session, one_id).variables["order"] == "fs"
    assert list(tasks(session, one_id)) == ["z"]


def test_an_earlier_timer_closes_a_later_one(session: Session) -> None:
    at = {"first_at": iso(NOW + 2 * DAY), "second_at": iso(NOW + DAY)}
    one_id = begin(session, "two", TWO, order="", **at)
    assert timers.fire_due(session, now=NOW + 3 * DAY).count == 1
    assert instance(session, one_id).variables["order"] == "s"
    assert instance(session, one_id).timers == {}


def test_nothing_fires_before_it_is_due(session: Session) -> None:
    begin(session, "two", TWO, order="", first_at=iso(NOW + DAY), second_at=iso(NOW + 2 * DAY))
    fired = timers.fire_due(session, now=NOW + DAY - timedelta(seconds=1))
    assert (fired.count, fired.instances) == (0, 0)


def test_instances_with_other_due_dates_share_a_marking(session: Session) -> None:
    deploy(session, "two", TWO)
    new = [
        runtime.NewInstance(
            f"i{n}", {"order": "", "first_at": iso(NOW + n * DAY), "second_at": iso(NOW + 90 * DAY)}
        )
        for n in range(1, 21)
    ]
    ids = runtime.start_many(session, key="two", instances=new, group_id=1, now=NOW)
    assert len({instance(session, i).marking_id for i in ids}) == 1
    assert timers.fire_due(session, now=NOW + 5 * DAY).count == 5


def test_the_limit_bounds_a_sweep_and_says_that_more_is_left(session: Session) -> None:
    deploy(session, "two", TWO)
    values = {"order": "", "first_at": iso(NOW), "second_at": iso(NOW + 9 * DAY)}
    new = [runtime.NewInstance(f"i{n}", values) for n in range(5)]
    runtime.start_many(session, key="two", instances=new, group_id=1, now=NOW)
    sweeps = [timers.fire_due(session, now=NOW, limit=3) for _ in range(2)]
    assert [(s.count, s.more) for s in sweeps] == [(3, True), (2, False)]


def test_a_user_command_fires_no_timer(session: Session) -> None:
    at = {"first_at": iso(NOW - DAY), "second_at": iso(NOW - DAY)}
    one_id = begin(session, "two", TWO, order="", **at)
    complete(session, one_id, "u", now=NOW + 9 * DAY)
    assert instance(session, one_id).variables["order"] == ""
    assert instance(session, one_id).timers == {}


def test_a_cycle_of_three_fires_three_times(session: Session) -> None:
    one_id = begin(session, "cycle", CYCLE, n=0, every="R3/P1D")
    counts = [timers.fire_due(session, now=NOW + day * DAY).count for day in range(1, 6)]
    assert counts == [1, 1, 1, 0, 0]
    assert instance(session, one_id).variables["n"] == 3
    assert instance(session, one_id).timers == {}


def test_a_late_sweep_of_a_cycle_fires_once_and_arms_again_from_now(session: Session) -> None:
    one_id = begin(session, "cycle", CYCLE, n=0, every="R3/P1D")
    assert timers.fire_due(session, now=NOW + 40 * DAY).count == 1
    assert timers.next_due(session) == NOW + 41 * DAY
    assert instance(session, one_id).timers["cyc"][due.LEFT] == 2


def test_an_endless_cycle_goes_on(session: Session) -> None:
    begin(session, "cycle", CYCLE, n=0, every="R/P1D")
    assert [timers.fire_due(session, now=NOW + day * DAY).count for day in range(1, 6)] == [1] * 5


def test_writing_a_variable_does_not_move_an_armed_timer(session: Session) -> None:
    at = {"first_at": iso(NOW + DAY), "second_at": iso(NOW + 9 * DAY)}
    one_id = begin(session, "two", TWO, order="", **at)
    runtime.set_variables(session, one_id, {"first_at": iso(NOW + 5 * DAY)}, now=NOW, actor="a")
    assert timers.next_due(session) == NOW + DAY


def test_a_broken_instance_becomes_an_incident_and_the_others_go_on(session: Session) -> None:
    deploy(session, "two", TWO)
    values = {"first_at": iso(NOW), "second_at": iso(NOW + 9 * DAY)}
    new = [runtime.NewInstance(f"i{n}", {**values, "order": 7 if n == 1 else ""}) for n in range(3)]
    ids = runtime.start_many(session, key="two", instances=new, group_id=1, now=NOW)
    fired = timers.fire_due(session, now=NOW)
    assert (fired.count, fired.instances) == (2, 3)
    [incident] = incidents(session, ids[1])
    assert (incident.kind, incident.node) == (IncidentKind.TIMER, "first")
    assert timers.fire_due(session, now=NOW).instances == 0


def test_a_parked_timer_lets_the_others_fire_and_a_retry_fires_it(session: Session) -> None:
    at = {"first_at": iso(NOW), "second_at": iso(NOW + 9 * DAY)}
    one_id = begin(session, "two", TWO, order=7, **at)
    timers.fire_due(session, now=NOW)
    assert timers.next_due(session) == NOW + 9 * DAY
    runtime.set_variables(session, one_id, {"order": "x"}, now=NOW, actor="a")
    [incident] = incidents(session, one_id)
    runtime.retry(session, incident.id, now=NOW, actor="account:9")
    assert timers.fire_due(session, now=NOW).count == 1
    assert instance(session, one_id).variables["order"] == "xf"
    [incident] = incidents(session, one_id)
    assert (incident.resolved_at, incident.resolved_by) == (NOW, "account:9")
    assert kinds(session, one_id) == [
        "started", "task_opened", "incident", "variables_set", "retried", "timer_fired",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [None, 7, "2026-12-01", "2026-12-01T00:00:00"])
def test_a_start_whose_timer_has_no_instant_fails_and_leaves_nothing(session: Session, value: object) -> None:
    deploy(session, "two", TWO)
    values = {"order": "", "first_at": value, "second_at": iso(NOW)}
    with pytest.raises(TransitionFailed):
        runtime.start(session, key="two", business_key="x", variables=values, now=NOW)
    assert timers.next_due(session) is None


def test_durations_count_from_the_instant_they_are_armed(session: Session) -> None:
    one_id = begin(session, "catch_timer_loop", FEATURES["catch_timer_loop"], wait_for="PT1H", passed=True)
    complete(session, one_id, "u", now=NOW + DAY)
    assert timers.next_due(session) == NOW + DAY + timedelta(hours=1)
    timers.fire_due(session, now=NOW + 2 * DAY)
    assert instance(session, one_id).status is InstanceStatus.COMPLETED


def test_an_instance_whose_definition_cannot_run_leaves_the_sweep_and_the_others_go_on(
    session: Session,
) -> None:
    at = {"first_at": iso(NOW), "second_at": iso(NOW + 9 * DAY)}
    broken = begin(session, "two", TWO, order="", **at)
    fine = begin(session, "cycle", CYCLE, n=0, every="R3/P1D")
    definition = session.get_one(ProcessDefinition, instance(session, broken).definition_id)
    version, definition.engine_version = definition.engine_version, "0"
    session.flush()
    transitions._MACHINES.clear()
    fired = timers.fire_due(session, now=NOW + DAY)
    assert (fired.count, instance(session, fine).variables["n"]) == (1, 1)
    [incident] = incidents(session, broken)
    assert incident.code == "definition_outdated"
    definition.engine_version = version
    session.flush()
    runtime.retry(session, incident.id, now=NOW, actor="a")
    assert timers.fire_due(session, now=NOW + DAY).count == 1
