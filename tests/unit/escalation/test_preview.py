"""The dates of a sample, over the national holiday of 2025: 10-01 to 10-08 rest, Sun 09-28 and Sat 10-11 work."""

from __future__ import annotations

from tests.bpmn.files import ROOT
from tests.factories import at, end_of
from workflows.calendar.published import published
from workflows.escalation.preview import Line, preview
from workflows.escalation.tables import of_file

TABLE = of_file((ROOT / "escalation" / "ladder.dmn").read_bytes())


def lines(ladder: str, due: str) -> list[Line]:
    return preview(TABLE.steps(ladder), due_at=end_of(due), calendar=published())


def test_the_dates_of_an_obligation_that_is_due_before_the_holiday() -> None:
    found = [one.at for one in lines("obligation", "2025-09-30")]
    days = ("09-24", "09-29", "10-09", "10-11", "10-16", "10-23", "10-28")
    assert found == [at(f"2025-{day} 09:00") for day in days]


def test_a_weekend_that_works_is_said() -> None:
    assert [one.is_swapped for one in lines("obligation", "2025-09-30")] == [
        False,
        False,
        False,
        True,
        *[False] * 3,
    ]


def test_a_sunday_that_works_is_said() -> None:
    [eve, *_] = lines("hazard_major", "2025-09-28")
    assert (eve.at, eve.is_swapped) == (at("2025-09-28 09:00"), True)


def test_a_year_without_a_calendar_is_said_and_not_guessed() -> None:
    assert [one.missing for one in lines("obligation", "2026-12-31")] == [None, None, *[2027] * 5]


def test_minutes_need_no_calendar() -> None:
    due_at = at("2031-01-01 17:00")  # a holiday of a year that nobody published
    found = preview(TABLE.steps("accident"), due_at=due_at, calendar=published())
    assert [one.at for one in found][:3] == [at("2031-01-01 16:30"), at("2031-01-01 16:50"), due_at]
