"""When a message may go out, when it is tried again, what of an address is shown."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import at
from workflows.calendar.exceptions import CalendarMissing
from workflows.notifications import rules
from workflows.notifications.types import ChannelKind


@pytest.mark.parametrize(
    ("moment", "quiet"),
    [("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("06:59", True), ("07:00", False)],
)
def test_from_ten_in_the_evening_to_seven_in_the_morning_it_is_quiet(moment: str, quiet: bool) -> None:
    assert rules.is_quiet(at(f"2025-07-01 {moment}")) is quiet


def test_attempts_grow_apart_and_end_after_about_a_day() -> None:
    waits = [rules.retry_after(attempts) for attempts in range(1, 11)]
    minutes = [wait and wait // timedelta(minutes=1) for wait in waits]
    assert minutes == [1, 4, 16, 64, 256, 360, 360, 360, 360, None]


def on_weekdays(day: date) -> bool:
    return day.weekday() < 5


def unpublished(day: date) -> bool:
    raise CalendarMissing(year=day.year)


def test_a_digest_is_due_from_its_hour_on_a_working_day() -> None:
    moments = ["2025-07-01 07:59", "2025-07-01 08:00", "2025-07-01 15:30", "2025-07-05 08:00"]
    due = [rules.digest_is_due(at(moment), hour=8, is_workday=on_weekdays) for moment in moments]
    assert due == [False, True, True, False]


def test_a_digest_that_was_missed_does_not_come_at_night() -> None:
    assert not rules.digest_is_due(at("2025-07-01 22:30"), hour=8, is_workday=on_weekdays)


def test_in_a_year_without_a_calendar_monday_to_friday_count() -> None:
    days = ["2031-07-04 09:00", "2031-07-05 09:00"]
    assert [rules.digest_is_due(at(day), hour=8, is_workday=unpublished) for day in days] == [True, False]


@pytest.mark.parametrize("address", ["a@b.cn", "zhou.min+work@mail.example.gov.cn", "1@x-y.example"])
def test_an_address_of_a_mailbox_is_taken(address: str) -> None:
    assert rules.email_problem(address) is None


@pytest.mark.parametrize(
    "address",
    [
        "", "zhou", "@example.com", "zhou@", "zhou@localhost", "a b@example.com", "a@b@example.com", "a@exa_mple.com",
        ".a@example.com", "a.@example.com", "a..b@example.com", "a@-b.com", "周@example.com", "a@例子.中国",
        "a@b.com\nBcc: c@d.com", "a@b.com, c@d.com", "x" * 65 + "@example.com", "a@" + "b" * 250 + ".com",
    ],
)  # fmt: skip
def test_anything_else_is_no_mailbox(address: str) -> None:
    assert rules.email_problem(address) == "email-malformed"


@pytest.mark.parametrize(
    ("kind", "address", "shown"),
    [
        (ChannelKind.EMAIL, "zhoumin@example.com", "zh…@example.com"),
        (ChannelKind.EMAIL, "ab@example.com", "a…@example.com"),
        (ChannelKind.CHAT, "https://u:p@hooks.example.com/a/secret?key=s", "https://hooks.example.com/…"),
        (ChannelKind.CHAT, "dingtalk://secret@token/", "dingtalk://…"),
        (ChannelKind.CHAT, "", ""),
    ],
)
def test_only_the_harmless_part_of_an_address_is_shown(kind: ChannelKind, address: str, shown: str) -> None:
    assert rules.masked(kind, address) == shown
