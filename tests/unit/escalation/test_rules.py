"""When a step of the ladder acts, on the published working days of 2025, and what downtime makes of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from tests.factories import at, end_of
from tests.published import workday, works
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.published import published
from workflows.escalation.rules import (
    LadderAction,
    LadderStep,
    is_passed,
    is_superseded,
    left,
    planned_at,
    put_off,
)

REMIND = LadderStep(0, LadderAction.REMIND, -1, "safety_officer")
NOTIFY = LadderStep(1, LadderAction.NOTIFY, 1, "principal")
NOW = at("2025-08-18 12:00")
AROUND_THE_HOLIDAY = [date(2025, 9, 15) + timedelta(days=n) for n in range(36)]  # to 10-20
OFFSETS = (-5, -1, 1, 3, 7, 12, 15)


def acts(due: date, offset: int) -> datetime:
    step = LadderStep(0, LadderAction.NOTIFY, offset, "principal")
    return planned_at(step, due_at=end_of(due.isoformat()), add_workdays=published().add)


@pytest.mark.parametrize(
    ("due", "offset", "day"),
    [
        ("2025-09-25", 1, "2025-09-26"),
        ("2025-09-26", 1, "2025-09-28"),  # the Sunday works
        ("2025-09-27", 1, "2025-09-28"),  # due on a day off
        ("2025-09-26", 3, "2025-09-30"),
        ("2025-09-26", 4, "2025-10-09"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2025-09-30", 3, "2025-10-11"),  # the Saturday works
        ("2025-09-30", 5, "2025-10-14"),
        ("2025-10-03", 1, "2025-10-09"),  # due in the middle of the holiday
        ("2025-10-03", -1, "2025-09-30"),
        ("2025-10-08", -5, "2025-09-25"),
        ("2025-10-09", -1, "2025-09-30"),
        ("2025-10-10", 1, "2025-10-11"),
        ("2025-10-13", -1, "2025-10-11"),
        ("2025-10-13", -3, "2025-10-09"),
        ("2025-10-13", -4, "2025-09-30"),
        ("2025-09-30", 0, "2025-09-30"),
        ("2025-09-28", 0, "2025-09-28"),  # a Sunday that works
        ("2025-08-16", 0, "2025-08-15"),  # a Saturday: the Friday before it
        ("2025-10-04", 0, "2025-09-30"),
    ],
)
def test_a_step_acts_at_nine_on_its_working_day(due: str, offset: int, day: str) -> None:
    assert acts(date.fromisoformat(due), offset) == at(f"{day} 09:00")


@pytest.mark.parametrize("offset", OFFSETS)
def test_every_day_around_the_national_holiday_agrees_with_the_notice(offset: int) -> None:
    wrong = [due for due in AROUND_THE_HOLIDAY if acts(due, offset) != at(f"{workday(due, offset)} 09:00")]
    assert wrong == []


def test_no_step_ever_acts_on_a_day_off() -> None:
    days = {acts(due, offset).date() for due in AROUND_THE_HOLIDAY for offset in (*OFFSETS, 0)}
    assert [day for day in days if not works(day)] == []


def test_the_steps_of_a_ladder_come_one_after_the_other() -> None:
    for due in AROUND_THE_HOLIDAY:
        instants = [acts(due, offset) for offset in sorted((*OFFSETS, 0))]
        assert instants == sorted(instants)
        assert instants[2:] == sorted(set(instants[2:]))  # two who are above each other are not told at once


def test_nine_in_shanghai_is_one_in_utc() -> None:
    assert acts(date(2025, 8, 15), 1) == datetime(2025, 8, 18, 1, tzinfo=UTC)


def test_the_day_counts_in_shanghai_when_utc_still_has_the_day_before() -> None:
    step = LadderStep(0, LadderAction.NOTIFY, 1, "principal")
    due_at = datetime(2025, 8, 14, 16, 30, tzinfo=UTC)  # 00:30 on the 15th in Shanghai
    assert planned_at(step, due_at=due_at, add_workdays=published().add) == at("2025-08-18 09:00")


@pytest.mark.parametrize(("due", "offset"), [("2026-12-31", 1), ("2026-12-25", 7), ("2027-01-04", -1)])
def test_a_year_that_nobody_published_is_missing_and_not_guessed(due: str, offset: int) -> None:
    with pytest.raises(CalendarMissing) as caught:
        acts(date.fromisoformat(due), offset)
    assert caught.value.year == 2027


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2025-08-15 23:00", None),  # a Friday, however late
        ("2025-08-16 11:00", "2025-08-18 09:00"),
        ("2025-08-17 23:59", "2025-08-18 09:00"),
        ("2025-09-28 11:00", None),  # the Sunday works
        ("2025-10-03 11:00", "2025-10-09 09:00"),
        ("2025-10-11 11:00", None),  # the Saturday works
        ("2027-01-02 11:00", None),  # nobody knows: rather told than silent
    ],
)
def test_on_a_day_off_a_late_step_waits_for_the_next_working_morning(now: str, until: str | None) -> None:
    calendar = published()
    found = put_off(at(now), is_workday=calendar.is_workday, add_workdays=calendar.add)
    assert found == (at(until) if until else None)


def test_a_reminder_is_superseded_when_the_step_after_it_is_due_as_well() -> None:
    assert is_superseded(REMIND, NOW, now=NOW)


def test_a_reminder_whose_successor_lies_ahead_is_not_superseded() -> None:
    assert not is_superseded(REMIND, NOW + timedelta(seconds=1), now=NOW)


def test_a_last_reminder_is_not_superseded() -> None:
    assert not is_superseded(REMIND, None, now=NOW)


def test_a_step_up_is_never_superseded() -> None:
    assert not is_superseded(NOTIFY, NOW - timedelta(days=30), now=NOW)


def test_what_was_taken_is_not_left() -> None:
    assert left([REMIND, NOTIFY], {0: -1}) == [NOTIFY]


@pytest.mark.parametrize(
    ("taken", "passed"),
    [({}, False), ({0: -1}, False), ({5: 1}, False), ({5: 2}, True), ({0: -1, 5: 3}, True)],
)
def test_a_round_that_climbed_higher_has_passed_what_lies_below(taken: dict[int, int], passed: bool) -> None:
    assert is_passed(NOTIFY, taken) is passed
