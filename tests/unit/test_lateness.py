"""How late something is, in working days, and which column of the overdue board that is."""

from __future__ import annotations

import pytest

from tests.factories import at, end_of
from workflows.calendar.published import published
from workflows.lateness.rules import BUCKETS, bucket_of, workdays_late


def late(due_on: str, now: str) -> int:
    return workdays_late(end_of(due_on), published(), now=at(now))


@pytest.mark.parametrize(
    ("due_on", "now", "days"),
    [
        ("2025-08-15", "2025-08-15 23:59", 0),
        ("2025-08-15", "2025-08-16 09:00", 0),  # Saturday after a Friday
        ("2025-08-15", "2025-08-18 00:00", 1),
        ("2025-09-30", "2025-10-08 23:00", 0),  # the whole holiday
        ("2025-09-30", "2025-10-09 00:00", 1),
        ("2025-09-30", "2025-10-11 09:00", 3),  # a Saturday that works
        ("2025-09-26", "2025-09-28 09:00", 1),  # a Sunday that works
        ("2025-08-15", "2025-09-05 09:00", 15),
        ("2026-12-30", "2027-03-01 09:00", 1),  # of 2027 nothing is known: at least one
    ],
)
def test_lateness_counts_working_days_after_the_due_day(due_on: str, now: str, days: int) -> None:
    assert late(due_on, now) == days


def test_what_has_no_date_is_never_late() -> None:
    assert workdays_late(None, published(), now=at("2025-09-05 09:00")) == 0


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, 0), (2, 0), (3, 1), (6, 1), (7, 2), (11, 2), (12, 3), (14, 3), (15, 4), (9_999, 4)],
)
def test_each_step_of_the_ladder_begins_a_column(days: int, bucket: int) -> None:
    assert bucket_of(days) == bucket


def test_the_columns_leave_no_gap() -> None:
    assert [low for low, _ in BUCKETS[1:]] == [high + 1 for _, high in BUCKETS[:-1]]
