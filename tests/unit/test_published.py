"""The calendar written down for the tests, and the library's: two sources, one year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.published import workday, works
from workflows.calendar.published import published

YEAR = [date(2025, 1, 1) + timedelta(days=n) for n in range(365)]


def test_2025_has_248_working_days() -> None:
    assert sum(map(works, YEAR)) == 248


def test_the_hundred_day_drive_has_74_working_days() -> None:
    assert sum(works(day) for day in YEAR if date(2025, 6, 20) <= day <= date(2025, 9, 30)) == 74


def test_every_day_of_2025_is_what_the_notice_says() -> None:
    assert [day for day in YEAR if published().is_workday(day) != works(day)] == []


@pytest.mark.parametrize(
    ("day", "n", "found"), [("2025-09-30", 1, "2025-10-09"), ("2025-10-09", -1, "2025-09-30")]
)
def test_counting_jumps_over_the_national_holiday(day: str, n: int, found: str) -> None:
    assert workday(date.fromisoformat(day), n) == date.fromisoformat(found)
