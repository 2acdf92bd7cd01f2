"""Working days of the weeks in which reviews are due, by the State Council's calendar."""

from __future__ import annotations

from datetime import date

from workflows.calendar.published import published
from workflows.calendar.rules import WorkdayCalendar
from workflows.campaigns.weeks import weeks_of

NATIONAL_DAY = date(2025, 9, 29)  # 2025: off from 10-01 to 10-08, worked on 09-28 and 10-11


def test_a_holiday_shortens_its_weeks_and_swapped_days_lengthen_them() -> None:
    mondays = [date(2025, 9, 22), NATIONAL_DAY, date(2025, 10, 6), date(2025, 10, 13)]
    found = weeks_of(published(), mondays)
    assert [found.workdays[monday] for monday in mondays] == [6, 2, 3, 5]
    assert found.unknown_years == ()


def test_a_week_that_touches_an_unpublished_year_is_left_out_and_the_year_is_named() -> None:
    calendar = WorkdayCalendar(frozenset({2025}), frozenset(), frozenset())
    found = weeks_of(calendar, [date(2025, 12, 22), date(2025, 12, 29)])
    assert (dict(found.workdays), found.unknown_years) == ({date(2025, 12, 22): 5}, (2026,))
