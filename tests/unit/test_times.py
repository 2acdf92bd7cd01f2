"""Days are Shanghai's, instants are UTC, and a day is inclusive."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from workflows.times import day_of, end_of_day, iso, morning_of, next_midnight, parse_iso, start_of_day

DAY = date(2025, 8, 15)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2025, 8, 14, 15, 59, 59, tzinfo=UTC), date(2025, 8, 14)),
        (datetime(2025, 8, 14, 16, 0, tzinfo=UTC), date(2025, 8, 15)),
        (datetime(2025, 12, 31, 16, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2025, 8, 14, 20, 0, tzinfo=timezone(timedelta(hours=-5))), date(2025, 8, 15)),
    ],
)
def test_an_instant_falls_on_a_day_in_shanghai(instant: datetime, day: date) -> None:
    assert day_of(instant) == day


def test_a_day_ends_with_its_last_second() -> None:
    assert end_of_day(DAY) == datetime(2025, 8, 15, 15, 59, 59, tzinfo=UTC)


def test_a_day_begins_at_midnight_in_shanghai() -> None:
    assert start_of_day(DAY) == datetime(2025, 8, 14, 16, tzinfo=UTC)


def test_the_ladder_acts_at_nine_in_shanghai() -> None:
    assert morning_of(DAY) == datetime(2025, 8, 15, 1, tzinfo=UTC)


def test_the_next_day_begins_a_second_after_the_last_one_of_this_day() -> None:
    assert next_midnight(DAY) == end_of_day(DAY) + timedelta(seconds=1) == start_of_day(date(2025, 8, 16))


@pytest.mark.parametrize("made", [end_of_day, start_of_day, morning_of, next_midnight])
def test_every_instant_is_utc(made) -> None:  # type: ignore[no-untyped-def]
    assert made(DAY).tzinfo is UTC


def test_an_instant_as_text_is_the_same_instant_again() -> None:
    assert parse_iso(iso(end_of_day(DAY))) == end_of_day(DAY)


def test_an_instant_of_another_zone_is_written_in_utc() -> None:
    assert iso(datetime(2025, 8, 15, 9, tzinfo=timezone(timedelta(hours=8)))) == "2025-08-15T01:00:00+00:00"


@pytest.mark.parametrize("text", [None, ""])
def test_no_text_is_no_instant(text: str | None) -> None:
    assert parse_iso(text) is None
