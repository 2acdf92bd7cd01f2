"""When a timer is due: instants from dates, durations and cycles. No clock is read here."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from engine.exceptions import TransitionFailed

_DURATION: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?"
)
# timers[key] = [due, kind, text, occurrences left (-1: endless), parked behind an incident]
DUE, KIND, TEXT, LEFT, PARKED = range(5)


def instant(kind: str, text: str, now: datetime) -> datetime:
    """Due instant (UTC) of a date, of a duration from `now`, or of the next occurrence of a cycle."""
    if kind == "date":
        return parse_instant(text)
    match = _DURATION.fullmatch(text.split("/")[-1] if kind == "cycle" else text)
    if match is None or not any(match.groups()):
        raise TransitionFailed(f"bad {kind}: {text!r}")
    try:
        return _later(now.astimezone(UTC), *(int(x or 0) for x in match.groups()))
    except (ValueError, OverflowError):
        raise TransitionFailed(f"{kind} out of range: {text!r}") from None


def _later(
    at: datetime, years: int, months: int, weeks: int, days: int, hours: int, minutes: int, seconds: int
) -> datetime:
    """Calendar years and months first (the last day of a shorter month), then exact time."""
    total = at.month - 1 + months + 12 * years
    year, month = at.year + total // 12, total % 12 + 1
    at = at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))
    return at + timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def parse_instant(text: Any) -> datetime:
    """An ISO 8601 instant with zone, in UTC; raises TransitionFailed otherwise."""
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise TransitionFailed(f"instant without time zone: {text!r}")
        return at.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise TransitionFailed(f"no instant: {text!r}") from None


def new_timer(kind: str, text: Any, now: datetime) -> list[Any]:
    """Entry of `ProcessInstance.timers`."""
    if not isinstance(text, str):
        raise TransitionFailed(f"timer without a time: {text!r}")
    left = 1
    if kind == "cycle":
        match = re.match(r"R(\d*)/", text)
        if match is None:
            raise TransitionFailed(f"bad cycle: {text!r}")
        left = int(match[1] or -1)
    return [instant(kind, text, now).isoformat(), kind, text, left, False]


def next_occurrence(entry: list[Any], now: datetime) -> list[Any]:
    """A cycle after one occurrence, counted from `now`: a late sweep fires once, not in a burst."""
    left = entry[LEFT] - 1 if entry[LEFT] > 0 else entry[LEFT]
    return [instant("cycle", entry[TEXT], now).isoformat(), "cycle", entry[TEXT], left, False]


def earliest(timers: Iterable[list[Any]]) -> datetime | None:
    """The first instant that is not parked."""
    return min((datetime.fromisoformat(t[DUE]) for t in timers if not t[PARKED]), default=None)
