"""The calendar file, read back by an independent library."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import icalendar
import pytest

from tests.factories import at, end_of
from workflows.notifications.ical import Event, calendar

NOW = at("2025-07-01 09:00")
LONG = "危险化学品储存场所消防设施、应急器材配备情况自查；含值守记录，逐项拍照上传\\说明" * 3


def event(**facts: Any) -> Event:
    given = {
        "uid": "task-7@bihuan.example", "due_at": end_of("2025-08-15"), "changed_at": at("2025-06-20 10:00"),
        "title": "证照自查", "place": "宏岳铸造", "url": "https://bihuan.example/inbox?task=7",
    }  # fmt: skip
    return Event(**{**given, **facts})


def read(*events: Event) -> list[Any]:
    whole = icalendar.Calendar.from_ical(calendar(events, name="闭环：周敏的期限", now=NOW))
    assert not whole.errors
    return list(whole.walk("VEVENT"))


def test_what_is_due_at_the_end_of_a_day_is_an_event_of_that_day_in_every_time_zone() -> None:
    [found] = read(event())
    assert (found["DTSTART"].dt, found["DTEND"].dt) == (date(2025, 8, 15), date(2025, 8, 16))


def test_its_alarm_rings_at_nine_in_the_morning_of_the_day_before() -> None:
    [found] = read(event())
    [alarm] = found.walk("VALARM")
    assert (alarm["ACTION"], alarm["TRIGGER"].dt) == ("DISPLAY", timedelta(hours=-15))


def test_what_is_due_at_an_hour_stands_at_that_hour_in_shanghai() -> None:
    [found] = read(event(due_at=at("2025-08-15 14:30")))
    assert found["DTSTART"].dt.isoformat() == "2025-08-15T14:30:00+08:00"
    assert found["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert found.walk("VALARM")[0]["TRIGGER"].dt == timedelta(hours=-1)


def test_the_time_zone_that_events_name_is_described() -> None:
    whole = icalendar.Calendar.from_ical(calendar([event()], name="x", now=NOW))
    [zone] = whole.walk("VTIMEZONE")
    assert (zone["TZID"], zone.walk("STANDARD")[0]["TZOFFSETTO"].td) == ("Asia/Shanghai", timedelta(hours=8))


def test_long_chinese_lines_are_folded_and_come_back_whole() -> None:
    [found] = read(event(title=LONG))
    assert str(found["SUMMARY"]) == LONG


def test_no_line_is_longer_than_75_octets_and_no_letter_is_cut() -> None:
    lines = calendar([event(title=LONG, place="😀" * 60)], name=LONG, now=NOW).encode().split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert [line.decode() for line in lines]  # each line by itself is UTF-8
    assert not any(b"\n" in line for line in lines)


@pytest.mark.parametrize(
    "title", ["a,b;c\\d", "两行\n标题", "x\r\nEND:VCALENDAR", 'quote"colon:', "ctrl\x07\x00x"]
)
def test_no_title_breaks_out_of_its_line(title: str) -> None:
    [found] = read(event(title=title))
    kept = "".join(letter for letter in title.replace("\r\n", "\n") if letter == "\n" or ord(letter) >= 32)
    assert str(found["SUMMARY"]) == kept


def test_an_event_keeps_its_uid_and_leads_to_its_page() -> None:
    [found] = read(event())
    assert (str(found["UID"]), str(found["URL"])) == (
        "task-7@bihuan.example",
        "https://bihuan.example/inbox?task=7",
    )
    assert isinstance(found["DTSTAMP"].dt, datetime)


def test_nothing_due_is_a_valid_calendar_too() -> None:
    assert read() == []
