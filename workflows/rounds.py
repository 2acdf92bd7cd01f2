"""The time that a returned obligation and a newly found hazard have at least, pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from workflows.calendar.exceptions import CalendarMissing
from workflows.times import day_of, end_of_day

WORKDAYS = (
    5  # [D] no source names a time for putting right what was returned, nor for planning how a hazard goes
)
SURELY = timedelta(days=21)  # holds five working days around any holiday: the longest so far is ten days


def fifth_workday(now: datetime, add_workdays: Callable[[date, int], date]) -> datetime:
    """The end of the fifth working day after today.

    In a year without a published calendar three weeks take the place of five working days: the promise is
    kept, and nobody's work waits for the calendar.
    """
    try:
        last = add_workdays(day_of(now), WORKDAYS)
    except CalendarMissing:
        last = day_of(now) + SURELY
    return end_of_day(last)
