"""Days and instants: the day is Shanghai's, the stored instant is UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
ACT_AT = time(9, 0)
LAST_SECOND = time(23, 59, 59)


def day_of(instant: datetime) -> date:
    """The Shanghai day an instant falls on."""
    return instant.astimezone(ZONE).date()


def end_of_day(day: date) -> datetime:
    """A day is inclusive: what is due on it is due at its last second."""
    return datetime.combine(day, LAST_SECOND, ZONE).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time(), ZONE).astimezone(UTC)


def morning_of(day: date) -> datetime:
    """Ladder steps act at nine, when somebody reads them."""
    return datetime.combine(day, ACT_AT, ZONE).astimezone(UTC)


def next_midnight(day: date) -> datetime:
    """The first instant after a day."""
    return start_of_day(day + timedelta(days=1))


def iso(instant: datetime) -> str:
    """An instant as process variables hold it."""
    return instant.astimezone(UTC).isoformat()


def parse_iso(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
