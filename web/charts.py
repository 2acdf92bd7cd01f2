"""Coordinates of the one chart: what was closed day by day, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from workflows.campaigns.forecast import Forecast

WIDTH, HEIGHT = 1000, 220  # units of the drawing
DAY = timedelta(days=1)
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Trend:
    """Points of the drawing, from left to right; `closed` numbers by day for the table beside it."""

    line: tuple[Point, ...]
    projected: tuple[Point, ...]
    today: float
    closed: tuple[tuple[date, int], ...]

    @property
    def area(self) -> tuple[Point, ...]:
        """The line and the ground below it."""
        if not self.line:
            return ()
        return (*self.line, (self.line[-1][0], float(HEIGHT)), (self.line[0][0], float(HEIGHT)))


def trend(
    closed: Mapping[date, int], *, done: int, total: int, first: date, last: date, today: date, ahead: Forecast
) -> Trend:  # fmt: skip
    """The line rises to `done` today: what was opened again since is not counted twice."""
    end = max(last, today)
    span = max((end - first).days + 1, 1)
    days = [first + DAY * n for n in range((min(today, end) - first).days + 1)]
    numbers = [closed.get(day, 0) for day in days]
    before = done - sum(numbers)
    heights = [max(before + number, 0) for number in accumulate(numbers)]

    def at(day: date, number: float) -> Point:
        share = number / total if total else 0.0
        return round(WIDTH * ((day - first).days + 1) / span, 1), round(HEIGHT * (1 - share), 1)

    line = tuple(at(day, number) for day, number in zip(days, heights, strict=True))
    there = ((ahead.done_on, total),) if ahead.done_on and today < ahead.done_on < last else ()
    leads = ((today, done), *there, (last, float(ahead.share_at_end) * total)) if today < last else ()
    return Trend(
        line, tuple(at(*one) for one in leads), at(today, 0)[0], tuple(zip(days, numbers, strict=True))
    )
