"""Every path of the ladder, started by itself."""

from __future__ import annotations

import pytest

from engine import decisions
from tests.bpmn.playing import Play


def test_each_step_waits_for_its_day_and_the_last_one_ends_the_ladder(play: Play) -> None:
    run = play.start("escalation", ladder="hazard_major")
    for day in ("07-15", "07-16", "07-18"):
        assert run.open() == {"wait"}
        play.at(f"{day} 08:59")
        assert run.next_timer == f"{day} 09:00"
        play.at(f"{day} 09:00")
    assert run.ended
    assert run.variables["step"] == 3


def test_a_late_sweep_takes_every_step_that_is_due_in_order(play: Play) -> None:
    run = play.start("escalation")
    play.at("07-17")
    assert [c.variables["action"] for c in play.domain.called("escalation.act")] == [
        "remind",
        "remind",
        "notify",
    ]
    assert run.next_timer == "07-18 09:00"


def test_without_a_date_the_ladder_ends_at_once(play: Play) -> None:
    assert play.start("escalation", due_at=None).ended


def test_an_unknown_ladder_has_no_steps(play: Play) -> None:
    assert play.start("escalation", ladder="elsewhere").ended


def test_a_ladder_without_calendar_waits_until_the_calendar_is_loaded(play: Play) -> None:
    play.domain.calendar.clear()
    run = play.start("escalation")
    assert run.open() == {"await_calendar"}
    assert run.next_timer is None
    play.domain.calendar.add(2025)
    assert play.send("calendar_loaded", "calendar") == 1
    assert run.next_timer == "07-08 09:00"


def test_a_ladder_that_is_still_without_calendar_waits_again(play: Play) -> None:
    play.domain.calendar.clear()
    run = play.start("escalation")
    play.send("calendar_loaded", "calendar")
    assert run.open() == {"await_calendar"}


def test_a_calendar_that_ends_in_the_middle_of_the_ladder_stops_only_the_later_steps(play: Play) -> None:
    run = play.start("escalation", due_at="2025-12-29T23:59:59+08:00")  # a Monday
    for day in ("12-22", "12-26", "12-30"):
        assert run.next_timer == f"{day} 09:00"
        play.at(day)
    assert run.open() == {"await_calendar"}  # three working days later is 2026-01-01 here
    play.domain.calendar.add(2026)
    play.send("calendar_loaded", "calendar")
    assert run.variables["step"] == 3
    assert run.variables["next_step_at"] == "2026-01-01T09:00:00+08:00"


@pytest.mark.parametrize(
    ("ladder", "rows"),
    [
        (
            "obligation",
            [
                ("remind", -5, "safety_officer"),
                ("remind", -1, "safety_officer"),
                ("notify", 1, "principal"),
                ("town_task", 3, "town_officer"),
                ("department_task", 7, "department_officer"),
                ("draft_circular", 12, "lead_officer"),
                ("draft_enforcement", 15, "lead_officer"),
            ],
        ),
        (
            "hazard_general",
            [
                ("remind", -5, "safety_officer"),
                ("remind", -1, "safety_officer"),
                ("notify", 1, "principal"),
                ("town_task", 3, "town_officer"),
                ("department_task", 7, "department_officer"),
            ],
        ),
        (
            "hazard_major",
            [
                ("department_task", 0, "department_officer"),
                ("district_task", 1, "lead_officer"),
                ("committee_task", 3, "lead_officer"),
            ],
        ),
    ],
)
def test_the_table_holds_the_steps_of_each_ladder(
    play: Play, ladder: str, rows: list[tuple[str, int, str]]
) -> None:
    answers = [ask(play, ladder, step) for step in range(len(rows) + 1)]
    assert answers == [*rows, ("none", 0, "")]


def test_an_undated_step_is_none_in_every_ladder(play: Play) -> None:
    assert {ask(play, name, 99)[0] for name in ("obligation", "hazard_general", "hazard_major")} == {"none"}


def ask(play: Play, ladder: str, step: int) -> tuple[str, int, str]:
    inputs = {"ladder": ladder, "step": step}
    row = decisions.decide(play.session, key="escalation", decision="ladder", inputs=inputs)
    return row["action"], row["offset"], row["recipient"]
