"""One round on its ladder while the table changes under it.

Counted by hand on the State Council's notice: 2025-10-01 to 10-08 rest, Sunday 09-28 and Saturday 10-11 work. Due on
09-30 the working days after it are 10-09, 10, 11, 13, 14, 15, 16.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.factories import at, end_of
from workflows.calendar.published import published
from workflows.escalation.climbing import Climb
from workflows.escalation.rules import LadderAction, LadderStep, Outcome
from workflows.escalation.table import Table, table_of
from workflows.times import iso

REMIND = LadderStep(0, LadderAction.REMIND, -1, "safety_officer")  # 09-29
NOTIFY = LadderStep(1, LadderAction.NOTIFY, 1, "principal")  # 10-09
TOWN = LadderStep(2, LadderAction.TOWN_TASK, 3, "town_officer")  # 10-11
DEPARTMENT = LadderStep(3, LadderAction.DEPARTMENT_TASK, 7, "department_officer")  # 10-16
WHOLE = (REMIND, NOTIFY, TOWN, DEPARTMENT)


def table(*steps: LadderStep) -> Table:
    return table_of({"obligation": steps})


def climb(
    now: str, *steps: LadderStep, taken: dict[int, int] | None = None, due: str = "2025-09-30"
) -> Climb:
    return Climb(table(*steps), "obligation", end_of(due), dict(taken or {}), at(now), published().add)


def waits_for(answer: dict[str, object]) -> tuple[object, object]:
    return answer["step"], answer["next_step_at"]


def noted(one: Climb) -> list[tuple[int, Outcome]]:
    return [(done.step.number, done.outcome) for done in one.done]


def test_a_round_waits_for_its_first_step() -> None:
    assert waits_for(climb("2025-09-15 10:00", *WHOLE).plan()) == (0, iso(at("2025-09-29 09:00")))


def test_a_round_that_opens_after_a_reminder_notes_it_and_waits_for_the_next_step() -> None:
    one = climb("2025-09-30 10:00", *WHOLE)
    assert waits_for(one.plan()) == (1, iso(at("2025-10-09 09:00")))
    assert noted(one) == [(0, Outcome.SUPERSEDED)]


def test_a_step_is_taken_and_the_next_one_is_waited_for() -> None:
    one = climb("2025-10-09 09:00", *WHOLE, taken={0: -1})
    assert waits_for(one.act(published(), armed=1)) == (2, iso(at("2025-10-11 09:00")))
    assert noted(one) == [(1, Outcome.SENT)]


def test_what_was_taken_is_not_taken_again_wherever_its_row_went() -> None:
    later = replace(NOTIFY, offset=6)
    one = climb("2025-10-15 09:00", REMIND, TOWN, later, taken={0: -1, 1: 1, 2: 3})
    assert one.act(published(), armed=None)["action"] == "none"
    assert noted(one) == []


def test_a_row_that_is_gone_is_not_taken() -> None:
    one = climb("2025-10-11 09:00", REMIND, NOTIFY, DEPARTMENT, taken={0: -1, 1: 1})
    assert waits_for(one.act(published(), armed=None)) == (3, iso(at("2025-10-16 09:00")))
    assert noted(one) == []


def test_a_row_that_came_below_what_was_taken_is_written_down_and_not_sent() -> None:
    came = LadderStep(9, LadderAction.OFFICE_TASK, 2, "lead_officer")
    one = climb("2025-10-16 09:00", REMIND, NOTIFY, came, TOWN, DEPARTMENT, taken={0: -1, 1: 1, 2: 3})
    one.act(published(), armed=None)
    assert noted(one) == [(9, Outcome.SUPERSEDED), (3, Outcome.SENT)]


def test_a_row_that_was_moved_back_is_waited_for_anew() -> None:
    one = climb("2025-10-11 09:00", REMIND, NOTIFY, replace(TOWN, offset=5), taken={0: -1, 1: 1})
    assert waits_for(one.act(published(), armed=None)) == (2, iso(at("2025-10-14 09:00")))
    assert noted(one) == []


def test_under_the_same_table_a_timer_that_was_set_keeps_its_instant() -> None:
    """A day that somebody let work or rest meanwhile moves what is planned, not what is armed."""
    rests = published().with_days([(at("2025-10-10 09:00").date(), False)])
    one = replace(climb("2025-10-11 09:00", *WHOLE, taken={0: -1, 1: 1}), add=rests.add)
    one.act(rests, armed=2)
    assert noted(one) == [(2, Outcome.SENT)]


def test_a_ladder_that_is_shorter_than_what_was_climbed_ends() -> None:
    one = climb("2025-10-16 09:00", REMIND, taken={0: -1, 1: 1, 2: 3})
    assert one.act(published(), armed=None) == {
        "action": "none", "step": 99, "next_step_at": None, "calendar_missing": False, "ladder_table": None,
    }  # fmt: skip


@pytest.mark.parametrize(("due", "step"), [("2026-12-31", 1), ("2027-03-01", 0)])
def test_a_year_without_a_calendar_is_waited_for(due: str, step: int) -> None:
    answer = climb("2026-12-31 10:00", *WHOLE, taken={} if step == 0 else {0: -1}, due=due).plan()
    assert (answer["step"], answer["calendar_missing"], answer["next_step_at"]) == (step, True, None)


def test_on_a_day_off_a_late_step_waits_for_the_next_working_morning() -> None:
    one = climb("2025-10-12 11:00", *WHOLE, taken={0: -1, 1: 1})  # a Sunday
    assert waits_for(one.act(published(), armed=2)) == (2, iso(at("2025-10-13 09:00")))


def test_equal_tables_have_an_equal_hash() -> None:
    assert table(*WHOLE).hash == table(*WHOLE).hash
    assert table(*WHOLE).hash != table(*WHOLE[:3]).hash
