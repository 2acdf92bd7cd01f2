"""Working days, against the calendar that the State Council published for 2025 (国办发明电〔2024〕12号)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.published import published
from workflows.calendar.rules import WorkdayCalendar

CALENDAR = published()

# Written from the published notice: days off that fall on Monday to Friday, and weekend days that work.
OFF_2025 = [
    *["01-01", "01-28", "01-29", "01-30", "01-31", "02-03", "02-04", "04-04", "05-01", "05-02", "05-05"],
    *["06-02", "10-01", "10-02", "10-03", "10-06", "10-07", "10-08"],
]
ON_2025 = ["01-26", "02-08", "04-27", "09-28", "10-11"]


def day(text: str) -> date:
    return date.fromisoformat(f"2025-{text}")


def test_2025_has_248_working_days() -> None:
    assert CALENDAR.count(day("01-01"), day("12-31")) == 248


def test_every_day_of_2025_is_as_the_notice_says() -> None:
    off, on = set(map(day, OFF_2025)), set(map(day, ON_2025))
    days = [day("01-01") + timedelta(n) for n in range(365)]
    expected = [one in on or (one.isoweekday() <= 5 and one not in off) for one in days]
    assert [CALENDAR.is_workday(one) for one in days] == expected


@pytest.mark.parametrize("text", ["09-28", "10-11"])
def test_a_weekend_day_that_makes_up_for_a_holiday_works(text: str) -> None:
    assert CALENDAR.is_workday(day(text))


@pytest.mark.parametrize("number", range(1, 9))
def test_the_first_eight_days_of_october_2025_rest(number: int) -> None:
    assert not CALENDAR.is_workday(date(2025, 10, number))


@pytest.mark.parametrize(
    ("start", "n", "expected"),
    [
        ("09-30", 1, "10-09"),
        ("09-30", 3, "10-11"),
        ("09-30", 4, "10-13"),
        ("09-26", 1, "09-28"),
        ("10-09", -1, "09-30"),
        ("10-04", -1, "09-30"),
        ("10-09", -3, "09-28"),
        ("08-15", -5, "08-08"),
        ("08-15", -1, "08-14"),
        ("08-15", 1, "08-18"),
        ("08-15", 15, "09-05"),
        ("06-30", -5, "06-23"),
        ("08-10", 0, "08-10"),
    ],
)
def test_working_days_are_added_as_a_person_counts_them(start: str, n: int, expected: str) -> None:
    assert CALENDAR.add(day(start), n) == day(expected)


def test_the_drive_has_103_days() -> None:
    assert (day("09-30") - day("06-20")).days + 1 == 103


def test_the_drive_has_74_working_days() -> None:
    assert CALENDAR.count(day("06-20"), day("09-30")) == 74


def test_one_working_day_lies_between_the_last_of_september_and_the_ninth_of_october() -> None:
    assert CALENDAR.between(day("09-30"), day("10-09")) == 1


@pytest.mark.parametrize("n", [1, -400])
def test_an_unpublished_year_is_not_guessed(n: int) -> None:
    calendar = WorkdayCalendar(frozenset({2030}), frozenset(), frozenset())
    with pytest.raises(CalendarMissing) as refused:
        calendar.add(date(2030, 12, 31) if n > 0 else date(2030, 6, 1), n)
    assert refused.value.year == (2031 if n > 0 else 2029)


def test_2027_is_unknown_until_it_is_loaded() -> None:
    with pytest.raises(CalendarMissing, match="2027"):
        CALENDAR.is_workday(date(2027, 1, 4))


def test_a_later_word_about_a_day_wins_both_ways() -> None:
    changed = CALENDAR.with_days([(day("10-11"), False), (day("10-01"), True)])
    assert (changed.is_workday(day("10-11")), changed.is_workday(day("10-01"))) == (False, True)


@given(st.dates(date(2024, 6, 1), date(2026, 6, 1)), st.integers(-60, 60))
def test_between_undoes_add(start: date, n: int) -> None:
    assert CALENDAR.between(start, CALENDAR.add(start, n)) == n


@given(st.dates(date(2024, 6, 1), date(2026, 6, 1)), st.integers(-60, 60).filter(bool))
def test_adding_ends_on_a_working_day(start: date, n: int) -> None:
    assert CALENDAR.is_workday(CALENDAR.add(start, n))
