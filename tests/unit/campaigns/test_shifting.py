"""A template in another start year: every date by the same number of years, and still sound."""

from __future__ import annotations

from datetime import date

import pytest

from workflows.campaigns import templates
from workflows.campaigns.planning import occurrences
from workflows.campaigns.shifting import moved, starting_in, year_of

ANSHAN, DRIVE = templates.get("anshan-three-year"), templates.get("hundred-day-drive")


@pytest.mark.parametrize(
    ("day", "years", "found"),
    [
        ("2020-02-29", 1, "2021-02-28"),
        ("2020-02-29", 4, "2024-02-29"),
        ("2021-02-28", 3, "2024-02-29"),  # the last day stays the last day, so that phases adjoin
        ("2020-02-28", 1, "2021-02-28"),
        ("2020-03-01", -1, "2019-03-01"),
        ("2020-12-31", 7, "2027-12-31"),
    ],
)
def test_a_day_keeps_its_place_in_the_year(day: str, years: int, found: str) -> None:
    assert moved(date.fromisoformat(day), years).isoformat() == found


def test_every_date_of_a_template_moves() -> None:
    later = starting_in(ANSHAN, 2027)
    pairs = zip(ANSHAN.rows, later.rows, strict=True)
    assert {b.due_on.year - a.due_on.year for a, b in pairs if a.due_on and b.due_on} == {7}
    assert [phase.ends_on.isoformat() for phase in later.phases] == [
        "2027-07-31", "2027-12-31", "2028-12-31", "2029-12-31",
    ]  # fmt: skip


def test_failing_lists_and_opening_days_move_too() -> None:
    later = starting_in(DRIVE, 2028)
    assert later.failing_list is not None
    assert later.failing_list.cutoff_on == date(2028, 8, 10)
    assert later.duty("D7").opens_on == date(2028, 8, 16)


def test_recurrences_follow_into_leap_years() -> None:
    months = [one.due_on for one in occurrences(starting_in(ANSHAN, 2027), ANSHAN.item("A3.3a"))]
    assert (len(months), months[7]) == (30, date(2028, 2, 29))


def test_its_own_year_changes_nothing() -> None:
    assert starting_in(ANSHAN, 2020) is ANSHAN


@pytest.mark.parametrize(
    ("text", "year"), [("2027", 2027), ("", None), ("27", None), ("1999", None), ("二〇二七", None)]
)
def test_a_year_is_four_digits_of_this_age(text: str, year: int | None) -> None:
    assert year_of(text) == year
