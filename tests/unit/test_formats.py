"""How dates, numbers and lateness read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

import pytest

from web import formats
from workflows import i18n

TODAY = date(2025, 8, 20)


@contextmanager
def english() -> Iterator[None]:
    token = i18n.language.set("en")
    yield
    i18n.language.reset(token)


def test_a_day_of_this_year_has_no_year() -> None:
    assert formats.day(TODAY, TODAY, weekday=True) == "8月20日 周三"
    assert formats.day(date(2026, 1, 5), TODAY) == "2026年1月5日"
    assert formats.day(None) == "—"


def test_english_days_carry_the_year() -> None:
    with english():
        assert formats.day(TODAY, TODAY) == "20 Aug 2025"


def test_an_instant_is_told_in_shanghai_time() -> None:
    late_evening = datetime(2025, 8, 19, 18, 5, tzinfo=UTC)
    assert formats.instant(late_evening, TODAY) == "8月20日 02:05"
    assert formats.short(late_evening) == "8/20"


@pytest.mark.parametrize(
    ("due", "workdays", "words"),
    [
        (date(2025, 8, 27), 5, "还有5个工作日"),
        (date(2025, 8, 21), 1, "明天到期"),
        (TODAY, 0, "今天到期"),
        (date(2025, 8, 15), 3, "逾期3个工作日"),
        (date(2025, 8, 16), 0, "逾期不足1个工作日"),
        (date(2027, 1, 4), None, "2027年1月4日到期"),
    ],
)
def test_lateness_counts_working_days(due: date, workdays: int | None, words: str) -> None:
    assert formats.lateness(due, TODAY, workdays) == words


def test_lateness_in_english_knows_one_from_many() -> None:
    with english():
        assert formats.lateness(date(2025, 8, 18), TODAY, 1) == "1 working day overdue"
        assert formats.lateness(date(2025, 8, 15), TODAY, 3) == "3 working days overdue"


def test_an_extension_names_both_days() -> None:
    assert formats.extended(date(2025, 8, 29), date(2025, 8, 15), TODAY) == "已延期至8月29日（原8月15日）"


def test_a_menu_tells_numbers_as_far_as_they_say_something() -> None:
    told = [formats.of_menu(number) for number in (0, 7, 999, 1000, 75_000)]
    assert told == ["", "7", "999", "999+", "999+"]


def test_numbers_have_separators_and_nothing_is_a_dash() -> None:
    assert (formats.number(21740), formats.number(None)) == ("21,740", "—")
    assert (formats.percent(15912, 21740), formats.percent(0, 0)) == ("73.2%", "—")
