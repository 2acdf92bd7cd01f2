"""How long a round of work has when the work was sent back, pure; the same for obligations and hazards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

from workflows.calendar.exceptions import CalendarMissing
from workflows.times import day_of, end_of_day

RETURN_WORKDAYS = 5  # [D] no source names a time for putting right what was returned
SURELY = timedelta(
    days=21
)  # three weeks hold five working days around any holiday: the longest so far is ten days


def due_after_return(
    due_at: datetime, *, now: datetime, add_workdays: Callable[[date, int], date]
) -> datetime:
    """The due date, or the fifth working day after today when that is later.

    In a year without a published calendar three weeks take the place of five working days: the promise is
    kept, and nobody's work waits for the calendar.
    """
    try:
        last = add_workdays(day_of(now), RETURN_WORKDAYS)
    except CalendarMissing:
        last = day_of(now) + SURELY
    return max(due_at, end_of_day(last))
