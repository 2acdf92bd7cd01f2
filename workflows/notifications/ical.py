"""Due dates as an iCalendar file (RFC 5545), which calendars on phones and desks subscribe to. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from workflows.times import LAST_SECOND, ZONE

LONGEST_LINE = 75  # octets, RFC 5545 3.1
TZID = "Asia/Shanghai"
ZONE_LINES = (  # no summer time since 1991
    "BEGIN:VTIMEZONE", f"TZID:{TZID}", "BEGIN:STANDARD", "DTSTART:19910915T000000", "TZOFFSETFROM:+0800",
    "TZOFFSETTO:+0800", "TZNAME:CST", "END:STANDARD", "END:VTIMEZONE",
)  # fmt: skip
DAY_ALARM = "-PT15H"  # nine in the morning of the day before a whole day
HOUR_ALARM = "-PT1H"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is due; `uid` is the same every time the file is read."""

    uid: str
    due_at: datetime
    changed_at: datetime
    title: str
    place: str
    url: str


def calendar(events: Iterable[Event], *, name: str, now: datetime) -> str:
    """The whole file. What is due at the end of a day is an event of that day, anything else one of an hour."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bihuan//Bihuan//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_escaped(name)}", f"X-WR-TIMEZONE:{TZID}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H", *ZONE_LINES,
    ]  # fmt: skip
    for event in events:
        lines += _event(event, now)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _folded(line))


def _event(event: Event, now: datetime) -> list[str]:
    local = event.due_at.astimezone(ZONE)
    if local.time().replace(microsecond=0) == LAST_SECOND:
        after = local.date() + timedelta(days=1)
        when = [
            f"DTSTART;VALUE=DATE:{local:%Y%m%d}",
            f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            "TRANSP:TRANSPARENT",
        ]
        alarm = DAY_ALARM
    else:
        when = [f"DTSTART;TZID={TZID}:{local:%Y%m%dT%H%M%S}", "DURATION:PT15M", "TRANSP:TRANSPARENT"]
        alarm = HOUR_ALARM
    title = _escaped(event.title)
    return [
        "BEGIN:VEVENT", f"UID:{_escaped(event.uid)}", f"DTSTAMP:{_utc(now)}", f"LAST-MODIFIED:{_utc(event.changed_at)}",
        *when, f"SUMMARY:{title}", *([f"LOCATION:{_escaped(event.place)}"] if event.place else []),
        f"URL:{event.url}", f"DESCRIPTION:{_escaped(event.url)}", "BEGIN:VALARM", "ACTION:DISPLAY",
        f"DESCRIPTION:{title}", f"TRIGGER:{alarm}", "END:VALARM", "END:VEVENT",
    ]  # fmt: skip


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Text values escape backslash, semicolon, comma and line breaks (3.3.11); other control characters go."""
    kept = "".join(letter for letter in text.replace("\r\n", "\n") if letter == "\n" or ord(letter) >= 32)
    for letter in ("\\", ";", ","):
        kept = kept.replace(letter, f"\\{letter}")
    return kept.replace("\n", "\\n").encode("utf-8", "replace").decode("utf-8")


def _folded(line: str) -> Iterator[str]:
    """At most 75 octets to a line; the next one begins with a space, and no letter is cut in two."""
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LONGEST_LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part
