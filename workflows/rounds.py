"""How much time there is: for what was returned, for a newly found hazard, for each later step of a hazard; pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from workflows.calendar.exceptions import CalendarMissing
from workflows.times import day_of, end_of_day

WORKDAYS = (
    5  # [D] no source names a time for putting right what was returned, nor for planning how a hazard goes
)
SURELY = timedelta(
    days=14
)  # on top of the days themselves: the longest holiday so far is ten days, and weekends


def fifth_workday(now: datetime, add_workdays: Callable[[date, int], date]) -> datetime:
    """The end of the fifth working day after today."""
    return end_of_day(later(day_of(now), WORKDAYS, add_workdays))


def later(day: date, workdays: int, add_workdays: Callable[[date, int], date]) -> date:
    """The day so many working days after another.

    In a year without a published calendar more days than needed take their place (three weeks for five working
    days): the promise is kept, and nobody's work waits for the calendar.
    """
    try:
        return add_workdays(day, workdays)
    except CalendarMissing:
        return day + SURELY + timedelta(days=7 * workdays // 5)
