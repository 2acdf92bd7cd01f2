"""Read the calendar as it is known now, and load what was published since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from workflows.audit import service as audit
from workflows.calendar.models import CalendarOverride, CalendarYear
from workflows.calendar.published import published
from workflows.calendar.rules import WorkdayCalendar


def load(session: Session) -> WorkdayCalendar:
    """The library's calendar, with the years and days from the tables on top."""
    years = session.scalars(select(CalendarYear.year))
    overrides = session.execute(select(CalendarOverride.day, CalendarOverride.is_workday))
    changes = [(day, is_workday) for day, is_workday in overrides]
    return published().with_years(years).with_days(changes)


def override_day(session: Session, day: date, *, is_workday: bool, name: str) -> CalendarOverride:
    """Say that one day works or rests, whatever was known; saying it again replaces the first word."""
    override = session.merge(CalendarOverride(day=day, is_workday=is_workday, name=name))
    session.flush()
    return override


def publish_year(
    session: Session,
    year: int,
    *,
    days: Mapping[date, tuple[bool, str]],
    source: str,
    now: datetime,
    actor: str,
) -> None:
    """Make a year known: `days` are its exceptions, each (works?, name), `source` the document.

    `load_year` does the same and lets the steps go on that waited for it.
    Raises ValueError when a day lies in another year.
    """
    strangers = sorted(day for day in days if day.year != year)
    if strangers:
        raise ValueError(f"not in {year}: {strangers[0]}")
    session.merge(CalendarYear(year=year, source=source, loaded_at=now, loaded_by=actor))
    for day, (is_workday, name) in days.items():
        session.merge(CalendarOverride(day=day, is_workday=is_workday, name=name))
    session.flush()


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
        session, name="calendar_loaded", correlation_key="calendar", payload={}, now=now, actor=actor
    )
