"""How much one phone and one code may send."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from workflows.tips.limits import Limits

NOW = datetime(2025, 8, 18, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def send(limits: Limits, at: datetime, client: str = "10.0.0.7", size: int = 0) -> timedelta | None:
    return limits.send(client=client, code="a", size=size, now=at)


def test_of_a_hundred_reports_within_a_minute_from_one_phone_twenty_are_taken() -> None:
    limits = Limits()
    waits = [send(limits, NOW + n * SECOND * 0.6) for n in range(100)]
    assert [wait is None for wait in waits] == [True] * 20 + [False] * 80


def test_the_wait_is_until_the_first_one_is_ten_minutes_old() -> None:
    limits = Limits()
    for n in range(20):
        send(limits, NOW + n * SECOND)
    wait = send(limits, NOW + 60 * SECOND)
    assert wait == timedelta(minutes=9)
    assert send(limits, NOW + 60 * SECOND + wait) is None


def test_another_phone_is_not_held_up() -> None:
    limits = Limits()
    for n in range(20):
        send(limits, NOW + n * SECOND)
    assert send(limits, NOW + 30 * SECOND, client="10.0.0.8") is None


def test_a_code_takes_three_hundred_an_hour_from_all_phones_together() -> None:
    limits = Limits()
    waits = [send(limits, NOW, client=f"10.0.1.{n}") for n in range(301)]
    assert [n for n, wait in enumerate(waits) if wait is not None] == [300]


def test_pictures_of_a_hundred_megabytes_are_enough_for_a_while() -> None:
    limits = Limits()
    sizes = [send(limits, NOW, size=20 * 1024 * 1024) is None for _ in range(6)]
    assert sizes == [True] * 5 + [False]


def test_what_was_refused_does_not_count() -> None:
    limits = Limits()
    for n in range(50):
        send(limits, NOW + n * SECOND)
    assert send(limits, NOW + timedelta(minutes=10) + SECOND) is None
