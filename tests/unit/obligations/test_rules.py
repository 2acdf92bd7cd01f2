"""What the marking of an obligation means, when a new round is due, and who is drawn for a look at the site."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.bpmn.files import read
from tests.factories import at, end_of
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.published import published
from workflows.obligations.rules import (
    ACCEPTED_NODES,
    REVIEW_NODES,
    WORK_NODES,
    ObligationState,
    RoundKind,
    is_sampled,
    round_due,
    state_of,
)

DRAWS = [f"1:{number}" for number in range(10_000)]


def state(
    *nodes: str, kind: str = "first", ended: bool = False, cancelled: bool = False, outcome: str | None = None
) -> str:
    return state_of(nodes, ended=ended, cancelled=cancelled, round_kind=kind, outcome=outcome)


# --- states


@pytest.mark.parametrize(
    ("node", "meaning"),
    [
        ("notify", "pending"), ("self_check", "in_progress"), ("sign", "in_progress"), ("open_hazards", "in_progress"),
        ("town_review", "submitted"), ("department_review", "submitted"), ("await_hazards", "accepted"),
        ("draw_sample", "accepted"), ("close", "accepted"), ("site_check", "sampled"),
    ],
)  # fmt: skip
def test_an_open_node_means_a_state(node: str, meaning: str) -> None:
    assert state(node) == meaning


@pytest.mark.parametrize(
    ("kind", "meaning"),
    [
        ("first", "in_progress"), ("extension", "in_progress"), ("reopened", "in_progress"),
        ("return", "returned"), ("site_failed", "returned"),
    ],
)  # fmt: skip
def test_work_that_was_sent_back_is_returned_and_not_merely_in_progress(kind: str, meaning: str) -> None:
    assert state("self_check", kind=kind) == meaning


def test_what_was_returned_is_submitted_once_it_is_signed_again() -> None:
    assert state("town_review", kind="return") == "submitted"


@pytest.mark.parametrize("ladder", ["plan_steps", "wait", "act", "await_calendar"])
def test_the_ladder_beside_the_work_changes_no_state(ladder: str) -> None:
    assert state(ladder, "self_check") == state("self_check", ladder) == "in_progress"


@pytest.mark.parametrize(
    ("outcome", "meaning"),
    [
        ("compliant", "closed"),
        ("defects_fixed", "closed"),
        ("not_applicable", "not_applicable"),
        (None, "closed"),
    ],
)
def test_what_has_ended_is_closed_or_does_not_apply(outcome: str | None, meaning: str) -> None:
    assert state(ended=True, outcome=outcome) == meaning


def test_what_was_cancelled_is_cancelled_whatever_it_came_to() -> None:
    assert state("self_check", ended=True, cancelled=True, outcome="compliant") == "cancelled"


def test_late_is_no_state() -> None:
    assert "overdue" not in {one.value for one in ObligationState}


def test_every_node_that_means_a_state_is_in_the_diagram() -> None:
    assert WORK_NODES | REVIEW_NODES | ACCEPTED_NODES | {"site_check"} <= set(read("obligation").nodes)


def test_every_task_of_a_person_means_a_state() -> None:
    tasks = [node.id for node in read("obligation").nodes.values() if node.tag == "userTask"]
    assert len(tasks) == 5
    assert [task for task in tasks if state(task) == "pending"] == []


# --- rounds


def due(kind: str, due_on: str | None, now: str) -> datetime | None:
    due_at = end_of(due_on) if due_on else None
    return round_due(RoundKind(kind), due_at=due_at, now=at(now), add_workdays=published().add)


@pytest.mark.parametrize(
    ("due_on", "now", "new"),
    [
        ("2025-08-15", "2025-07-10 15:00", "2025-08-15"),  # early: the date stays
        ("2025-08-15", "2025-08-08 15:00", "2025-08-15"),  # the fifth working day is the date itself
        ("2025-08-15", "2025-08-11 09:00", "2025-08-18"),  # Tue 12 ... Fri 15, Mon 18
        ("2025-08-15", "2025-09-01 09:00", "2025-09-08"),  # long late
        ("2025-09-30", "2025-09-26 18:00", "2025-10-10"),  # Sun 28, Mon 29, Tue 30, Thu 9, Fri 10
        ("2025-09-30", "2025-10-03 10:00", "2025-10-14"),  # in the holiday: 9, 10, Sat 11, 13, 14
        ("2025-08-15", "2025-08-15 23:59", "2025-08-22"),
        ("2025-08-15", "2025-08-16 00:01", "2025-08-22"),  # a Saturday: Mon 18 ... Fri 22
    ],
)
@pytest.mark.parametrize("kind", ["return", "site_failed"])
def test_what_is_sent_back_has_at_least_five_working_days(kind: str, due_on: str, now: str, new: str) -> None:
    assert due(kind, due_on, now) == end_of(new)


@pytest.mark.parametrize("kind", ["first", "extension", "reopened"])
def test_another_round_keeps_the_date_it_was_given(kind: str) -> None:
    assert due(kind, "2025-08-15", "2025-09-01 09:00") == end_of("2025-08-15")


@pytest.mark.parametrize("kind", list(RoundKind))
def test_what_has_no_date_stays_without(kind: str) -> None:
    assert due(kind, None, "2025-09-01 09:00") is None


def test_in_a_year_without_a_calendar_there_are_three_weeks() -> None:
    with pytest.raises(CalendarMissing):
        published().add(date(2026, 12, 28), 5)
    assert due("return", "2026-12-28", "2026-12-28 10:00") == end_of("2027-01-18")


# --- the draw


@pytest.mark.parametrize(("risk_is_major", "was_overdue"), [(True, False), (False, True), (True, True)])
def test_major_risk_and_lateness_are_always_looked_at(risk_is_major: bool, was_overdue: bool) -> None:
    drawn = [
        is_sampled(seed=seed, risk_is_major=risk_is_major, was_overdue=was_overdue) for seed in DRAWS[:200]
    ]
    assert all(drawn)


def test_of_the_others_one_in_five_is_drawn() -> None:
    drawn = sum(is_sampled(seed=seed, risk_is_major=False, was_overdue=False) for seed in DRAWS)
    assert 1_900 < drawn < 2_100


def test_the_same_draw_gives_the_same_answer() -> None:
    first = [is_sampled(seed=seed, risk_is_major=False, was_overdue=False) for seed in DRAWS[:100]]
    assert first == [is_sampled(seed=seed, risk_is_major=False, was_overdue=False) for seed in DRAWS[:100]]
