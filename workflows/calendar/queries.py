"""What the calendar's page shows: one year with its exceptions, days set by the district, and who waits for a year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import MessageSubscription, ProcessInstance
from workflows.calendar.models import CalendarLocalDay, CalendarOverride, CalendarYear
from workflows.calendar.published import names, published
from workflows.calendar.service import KEY, MESSAGE, load
from workflows.register.models import Enterprise
from workflows.times import parse_iso

MOST_WAITING = 20  # that the page names
_WAITS = MessageSubscription.name == MESSAGE, MessageSubscription.correlation_key == KEY


@dataclass(frozen=True, slots=True)
class Exceptional:
    """A day that differs from its weekday."""

    day: date
    is_workday: bool
    name: str


@dataclass(frozen=True, slots=True)
class Year:
    """One year: `loaded` when somebody loaded it, else the library knows it, or nobody (`workdays` is None)."""

    year: int
    loaded: CalendarYear | None
    workdays: int | None
    exceptions: Sequence[Exceptional]
    local: Sequence[CalendarLocalDay]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step that waits: what it does, about what (title and key), whose that is, and when it is due."""

    key: str
    title: str
    enterprise: str
    action: str
    due_at: datetime | None


def year_of(session: Session, year: int) -> Year:
    """The year as it counts now; its exceptions as published."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    known, loaded = load(session), session.get(CalendarYear, year)
    local = select(CalendarLocalDay).where(CalendarLocalDay.day.between(first, last))
    return Year(
        year=year,
        loaded=loaded,
        workdays=known.count(first, last) if year in known.years else None,
        exceptions=_loaded(session, first, last) if loaded else _of_library(year),
        local=session.scalars(local.order_by(CalendarLocalDay.day)).all(),
    )


def waiting(session: Session) -> int:
    """How many obligations and hazards wait with their next step for a calendar to be loaded."""
    query = select(func.count(MessageSubscription.instance_id.distinct())).where(*_WAITS)
    return session.scalar(query) or 0


def longest_waiting(session: Session) -> list[Waiting]:
    """The steps that wait for a calendar, those that have waited longest."""
    query = (
        select(ProcessInstance.business_key, ProcessInstance.variables)
        .join(MessageSubscription, MessageSubscription.instance_id == ProcessInstance.id)
        .where(*_WAITS)
    )
    found = session.execute(query.order_by(MessageSubscription.id).limit(MOST_WAITING)).all()
    homes = {values["enterprise_id"] for _, values in found}
    rows = session.execute(select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(homes)))
    names = {one.id: one.name for one in rows}
    return [
        Waiting(
            key,
            values["title"],
            names.get(values["enterprise_id"], ""),
            values["action"],
            parse_iso(values["due_at"]),
        )
        for key, values in found
    ]


def _loaded(session: Session, first: date, last: date) -> list[Exceptional]:
    query = select(CalendarOverride).where(CalendarOverride.day.between(first, last))
    rows = session.scalars(query.order_by(CalendarOverride.day))
    return [Exceptional(one.day, one.is_workday, one.name) for one in rows]


def _of_library(year: int) -> list[Exceptional]:
    known, called = published(), names()
    days = sorted(day for day in known.days_off | known.days_on if day.year == year)
    return [Exceptional(day, day in known.days_on, called.get(day, "")) for day in days]
