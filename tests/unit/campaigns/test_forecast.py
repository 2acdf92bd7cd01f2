"""What a campaign comes to at the pace of its last ten working days; days counted by hand on the calendar of 2025."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.published import published
from workflows.campaigns.forecast import Forecast, forecast

FIRST, LAST, TODAY = date(2025, 6, 20), date(2025, 9, 30), date(2025, 8, 20)
CALENDAR = published()


def ahead(closed: dict[date, int], *, done: int, total: int, first: date = FIRST) -> Forecast:
    return forecast(closed, done=done, total=total, first=first, last=LAST, today=TODAY, calendar=CALENDAR)


def test_the_pace_is_that_of_the_ten_working_days_before_today() -> None:
    closed = {date(2025, 8, 5): 1000, date(2025, 8, 6): 30, date(2025, 8, 16): 20, TODAY: 500}
    assert ahead(closed, done=600, total=1000).pace == Fraction(50, 10)  # 6 to 19 August, the Saturday's too


def test_what_is_left_is_done_after_as_many_working_days_as_the_pace_needs() -> None:
    closed = {date(2025, 8, 19): 100}
    assert ahead(closed, done=900, total=965).done_on == date(
        2025, 8, 29
    )  # 65 at ten a day: seven working days


def test_the_share_at_the_end_counts_the_working_days_left() -> None:
    closed = {date(2025, 8, 19): 10}
    found = ahead(closed, done=100, total=1000)
    assert found.share_at_end == Fraction(130, 1000)  # 30 working days to 30 September: Sunday the 28th works
    assert found.done_on is None or found.done_on > LAST


def test_nobody_does_more_than_all_of_it() -> None:
    assert ahead({date(2025, 8, 19): 900}, done=900, total=1000).share_at_end == 1


def test_without_a_pace_there_is_no_date() -> None:
    found = ahead({date(2025, 8, 1): 40}, done=40, total=100)
    assert (found.pace, found.done_on, found.share_at_end) == (0, None, Fraction(40, 100))


def test_what_is_done_is_done_today() -> None:
    assert ahead({}, done=100, total=100).done_on == TODAY


def test_a_young_campaign_is_measured_from_its_first_day() -> None:
    first = TODAY - timedelta(days=2)  # Monday and Tuesday have passed
    assert ahead({first: 8}, done=8, total=100, first=first).pace == 4


def test_a_date_beyond_the_published_calendar_is_none() -> None:
    assert ahead({date(2025, 8, 19): 10}, done=10, total=700).done_on is None


def test_a_campaign_that_ends_beyond_the_published_calendar_has_no_forecast() -> None:
    with pytest.raises(CalendarMissing):
        forecast({}, done=0, total=9, first=FIRST, last=date(2090, 1, 1), today=TODAY, calendar=CALENDAR)


def test_an_empty_campaign_has_no_share() -> None:
    assert ahead({}, done=0, total=0).share_at_end == 0
