"""Which timers are due, and what happens when they fire."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from engine import due
from engine.locking import COLUMNS
from engine.models import ProcessInstance
from engine.types import Event, Fired, InstanceStatus
from engine.units import Unit
from engine.work import SYSTEM, Work

_RUNNING: Final = (
    ProcessInstance.next_timer_at.is_not(None),
    ProcessInstance.status == InstanceStatus.ACTIVE,
)
_DUE: Final = (
    select(*COLUMNS)
    .where(ProcessInstance.next_timer_at <= bindparam("now"), *_RUNNING)
    .order_by(ProcessInstance.next_timer_at, ProcessInstance.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)
_EARLIEST: Final = select(func.min(ProcessInstance.next_timer_at)).where(*_RUNNING)
_MAX_ROUNDS: Final = 50  # timers of one instance in one sweep; the next sweep goes on


def fire_due(session: Session, *, now: datetime, limit: int = 200) -> Fired:
    """Fire what is due in up to `limit` instances, the earliest first.

    In each instance one timer fires at a time, in due order, and its jobs run before the next one: an earlier
    timer may close a later one. An instance that fails gets an incident and its timer is parked; the others
    go on.
    """
    with Work(session, now=now, actor=SYSTEM) as work:
        units = work.lock_found(_DUE, {"now": now, "limit": limit})
        count = 0
        for _ in range(_MAX_ROUNDS):
            ready = [(unit, key) for unit in units if (key := _first_due(unit, now)) is not None]
            if not ready:
                break
            for unit, key in ready:
                count += _fire(work, unit, key)
            work.drain()
        left = any(_first_due(unit, now) is not None for unit in units)
        return Fired(count, len(units), more=left or len(units) == limit)


def _first_due(unit: Unit, now: datetime) -> str | None:
    if unit.status is not InstanceStatus.ACTIVE:
        return None
    waiting = [
        (at, key)
        for key, timer in unit.timers.items()
        if not timer[due.PARKED] and (at := datetime.fromisoformat(timer[due.DUE])) <= now
    ]
    return min(waiting)[1] if waiting else None


def _fire(work: Work, unit: Unit, key: str) -> bool:
    entry: list[Any] = unit.timers[key]
    event: Event = ("timer", key, entry[due.KIND] != "cycle" or entry[due.LEFT] == 1)
    if work.attempt(unit, event):
        return True
    parked = list(entry)
    parked[due.PARKED] = True
    unit.timers[key] = parked
    return False


def next_due(session: Session) -> datetime | None:
    """The earliest instant at which a timer of an active instance is due."""
    return session.scalar(_EARLIEST)
