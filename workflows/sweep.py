"""Everything that is due: background jobs and timers, batch by batch, each batch its own transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session, sessionmaker

from engine import jobs, timers
from workflows.campaigns import catchingup, trend
from workflows.clock import set_clock
from workflows.promises.service import settle
from workflows.reports import drafting

BATCH = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """How many jobs ran and how many timers fired."""

    jobs: int
    timers: int

    def __add__(self, other: Swept) -> Swept:
        return Swept(self.jobs + other.jobs, self.timers + other.timers)


def sweep(sessions: sessionmaker[Session], *, now: datetime) -> Swept:
    """Run what is due at `now` until nothing is. One broken instance becomes an incident; the rest go on.

    Campaigns that were resumed catch up first; what was closed on days that are over is kept for their trends; reports
    whose day has come are drafted. Promises are settled at last, when what was done meanwhile is known.
    """
    total = Swept(0, 0)
    catchingup.run_due(sessions, now=now)
    trend.keep_finished_days(sessions, now=now)
    _draft(sessions, now)
    while True:
        swept = _batch(sessions, now)
        total += swept
        if swept == Swept(0, 0):
            break
    with sessions.begin() as session:
        settle(session, now=now)
    return total


def _batch(sessions: sessionmaker[Session], now: datetime) -> Swept:
    with sessions.begin() as session:
        ran = jobs.run_due(session, now=now, limit=BATCH)
    with sessions.begin() as session:
        fired = timers.fire_due(session, now=now, limit=BATCH)
        if fired.count:
            drafting.draft_reviews(session, now=now)
    return Swept(ran, fired.count)


def next_instant(sessions: sessionmaker[Session]) -> datetime | None:
    """When the next timer is due."""
    with sessions.begin() as session:
        return timers.next_due(session)


def advance(sessions: sessionmaker[Session], *, until: datetime, now: datetime) -> Swept:
    """Let time pass up to `until`: each due instant in its order, as if somebody had waited for it."""
    total = Swept(0, 0)
    while (due := _next(sessions, now=now)) is not None and due <= until:
        for at in drafting.days_between(now, due):
            _draft(sessions, at)
        now = max(due, now)
        swept = _batch(sessions, now)
        if swept == Swept(0, 0):
            return total + sweep(sessions, now=until)
        total += swept
    for at in drafting.days_between(now, until):
        _draft(sessions, at)
    return total


def _draft(sessions: sessionmaker[Session], now: datetime) -> None:
    with sessions.begin() as session:
        drafting.draft_due(session, now=now)


def _next(sessions: sessionmaker[Session], *, now: datetime) -> datetime | None:
    """Now while a background job waits, else when the next timer is due."""
    with sessions.begin() as session:
        return now if jobs.is_waiting(session) else timers.next_due(session)


def move_clock(
    sessions: sessionmaker[Session], *, until: datetime, now: datetime, machine_now: datetime
) -> Swept:
    """Sample mode: let time pass up to `until` and set the clock there."""
    swept = advance(sessions, until=until, now=now)
    with sessions.begin() as session:
        set_clock(session, business_at=until, machine_now=machine_now)
    return swept
