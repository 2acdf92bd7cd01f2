"""Read the calendar as it is known now, load what was published since, and set single days oneself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import runtime
from workflows.audit import service as audit
from workflows.calendar.models import CalendarLocalDay, CalendarOverride, CalendarYear
from workflows.calendar.published import published
from workflows.calendar.rules import WorkdayCalendar
from workflows.exceptions import NotFound
from workflows.transactional import changed, once

LONGEST_REASON = 200  # characters; also of a source
MESSAGE = "calendar_loaded"
KEY = "calendar"
_YEARS: Final = select(CalendarYear.year)
_DAYS: Final = tuple(select(table.day, table.is_workday) for table in (CalendarOverride, CalendarLocalDay))


def load(session: Session) -> WorkdayCalendar:
    """The library's calendar, with the loaded years and then the district's own days on top."""
    return once(session, KEY, lambda: _read(session))


def _read(session: Session) -> WorkdayCalendar:
    known = published().with_years(session.scalars(_YEARS))
    for days in _DAYS:
        rows = session.execute(days)
        known = known.with_days((day, is_workday) for day, is_workday in rows)
    return known


def set_local_day(
    session: Session, day: date, *, is_workday: bool, reason: str, now: datetime, actor: str
) -> CalendarLocalDay:
    """Let one day work or rest, whatever was published; saying it again replaces the first word.

    Steps whose instant is already set keep it.
    """
    local = session.merge(
        CalendarLocalDay(day=day, is_workday=is_workday, reason=reason, decided_at=now, decided_by=actor)
    )
    session.flush()
    changed(session, KEY)
    _record_day(session, "calendar.day", day, now=now, actor=actor, is_workday=is_workday, reason=reason)
    return local


def remove_local_day(session: Session, day: date, *, reason: str, now: datetime, actor: str) -> None:
    """Let a day be again what was published. Raises NotFound for a day that nobody set."""
    local = session.get(CalendarLocalDay, day)
    if local is None:
        raise NotFound(what="calendar-day", day=day)
    session.delete(local)
    session.flush()
    changed(session, KEY)
    _record_day(
        session, "calendar.day-removed", day, now=now, actor=actor, is_workday=local.is_workday, reason=reason
    )


def publish_year(
    session: Session,
    year: int,
    *,
    days: Mapping[date, tuple[bool, str]],
    source: str,
    now: datetime,
    actor: str,
) -> None:
    """Make a year known: `days` are its exceptions, each (works?, name), `source` the document. Loaded again, a year
    is what the last load says.

    `load_year` does the same and lets the steps go on that waited for it.
    Raises ValueError when a day lies in another year.
    """
    strangers = sorted(day for day in days if day.year != year)
    if strangers:
        raise ValueError(f"not in {year}: {strangers[0]}")
    session.merge(CalendarYear(year=year, source=source, loaded_at=now, loaded_by=actor))
    whole = CalendarOverride.day.between(date(year, 1, 1), date(year, 12, 31))
    session.execute(delete(CalendarOverride).where(whole))
    for day, (is_workday, name) in days.items():
        session.add(CalendarOverride(day=day, is_workday=is_workday, name=name))
    session.flush()
    changed(session, KEY)


def load_year(
    session: Session,
    year: int,
    *,
    days: Mapping[date, tuple[bool, str]],
    source: str,
    now: datetime,
    actor: str,
) -> int:
    """Make a year known, and let every ladder that waited for a calendar go on; returns how many went on.

    Raises ValueError when a day lies in another year.
    """
    publish_year(session, year, days=days, source=source, now=now, actor=actor)
    audit.record(
        session,
        at=now,
        actor=actor,
        action="calendar.load",
        subject=f"calendar:{year}",
        detail={"source": source, "days": len(days)},
    )
    return runtime.correlate(
        session, name="calendar_loaded", correlation_key=KEY, payload={}, now=now, actor=actor
    )


def _record_day(
    session: Session, action: str, day: date, *, now: datetime, actor: str, is_workday: bool, reason: str
) -> None:
    detail = {"day": day.isoformat(), "is_workday": is_workday, "reason": reason}
    audit.record(session, at=now, actor=actor, action=action, subject=f"calendar:{day.year}", detail=detail)
