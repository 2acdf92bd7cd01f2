"""When a campaign will be done if it goes on as in the last working days."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from math import ceil

from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.rules import WorkdayCalendar

PACE_DAYS = 10  # working days


@dataclass(frozen=True, slots=True)
class Forecast:
    """`pace` obligations are closed on a working day; at this pace all are on `done_on` (None: never, or after the last
    published calendar), and the share `share_at_end` (0 to 1) on the last day.
    """

    pace: Fraction
    done_on: date | None
    share_at_end: Fraction


def forecast(
    closed: Mapping[date, int], *, done: int, total: int, first: date, last: date, today: date,
    calendar: WorkdayCalendar,
) -> Forecast:  # fmt: skip
    """From what was closed on each day before `today`, of `total` obligations with `done` closed.

    A campaign younger than `PACE_DAYS` is measured from its first day on. Raises CalendarMissing when days up to `last`
    are not published.
    """
    yesterday = today - timedelta(days=1)
    since = max(calendar.add(today, -PACE_DAYS), first)
    days = max(calendar.between(since - timedelta(days=1), yesterday), 1)
    pace = Fraction(sum(number for day, number in closed.items() if since <= day < today), days)
    left = calendar.between(today, last) if last > today else 0
    reached = min(done + pace * left, Fraction(total)) if total else Fraction(0)
    return Forecast(
        pace, _done_on(total - done, pace, today, calendar), reached / total if total else Fraction(0)
    )


def _done_on(left: int, pace: Fraction, today: date, calendar: WorkdayCalendar) -> date | None:
    if left <= 0:
        return today
    try:
        return calendar.add(today, ceil(left / pace)) if pace else None
    except CalendarMissing:
        return None
