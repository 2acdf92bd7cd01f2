"""Rates of remediation, pure: the formulas of the domain (4), for hazards found in a period, as of an instant.

Percentages are rounded half up to two decimals; a rate whose denominator is zero has no value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

HUNDREDTH = Decimal("0.01")


class Part(StrEnum):
    """Every number that a rate is made of; each is a list that can be opened."""

    FOUND = "found"
    FIXED = "fixed"
    DUE = "due"
    IN_TIME = "in_time"
    LATE_OPEN = "late_open"
    DUE_ORIGINALLY = "due_originally"
    IN_TIME_ORIGINALLY = "in_time_originally"
    LATE_OPEN_ORIGINALLY = "late_open_originally"
    CLOSED = "closed"
    LISTED = "listed"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True)
class Counts:
    """How many hazards of a cohort are in each part. `…_originally` counts by the first due date, so that an
    extension hides nothing."""

    found: int = 0
    fixed: int = 0
    due: int = 0
    in_time: int = 0
    late_open: int = 0
    due_originally: int = 0
    in_time_originally: int = 0
    late_open_originally: int = 0
    closed: int = 0
    listed: int = 0
    written_off: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Counts)))

    @property
    def fixed_rate(self) -> Decimal | None:
        """整改率: fixed ÷ found."""
        return percentage(self.fixed, self.found)

    @property
    def in_time_rate(self) -> Decimal | None:
        """按期整改率: verified by their date ÷ those whose date has come, by the date that was approved."""
        return percentage(self.in_time, self.due)

    @property
    def late_rate(self) -> Decimal | None:
        """逾期率: what is left of 按期整改率."""
        return _rest(self.in_time_rate)

    @property
    def in_time_rate_originally(self) -> Decimal | None:
        """按期整改率 by the first date."""
        return percentage(self.in_time_originally, self.due_originally)

    @property
    def late_rate_originally(self) -> Decimal | None:
        """逾期率 by the first date."""
        return _rest(self.in_time_rate_originally)

    @property
    def closed_rate(self) -> Decimal | None:
        """闭环率: verified and closed ÷ found."""
        return percentage(self.closed, self.found)

    @property
    def written_off_rate(self) -> Decimal | None:
        """销号率: written off ÷ listed (挂牌 or 挂账)."""
        return percentage(self.written_off, self.listed)


def percentage(part: int, whole: int) -> Decimal | None:
    """In percent; None for nothing out of nothing."""
    if whole == 0:
        return None
    return (Decimal(100) * part / whole).quantize(HUNDREDTH, ROUND_HALF_UP)


def _rest(rate: Decimal | None) -> Decimal | None:
    return None if rate is None else Decimal(100) - rate


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a Pareto diagram: how many, and how much of the whole with all that are more frequent."""

    key: str | None
    number: int
    together: Decimal


def pareto(numbers: Mapping[str | None, int]) -> list[Bar]:
    """The most frequent first; what does not occur is left out."""
    whole, so_far = sum(numbers.values()), 0
    bars = []
    for key, number in sorted(numbers.items(), key=lambda one: -one[1]):
        if number:
            so_far += number
            bars.append(Bar(key, number, percentage(so_far, whole) or Decimal(0)))
    return bars
