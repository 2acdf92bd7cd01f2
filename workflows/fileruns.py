"""Files that are worked on in the background: one process takes up each, another when that falls silent."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, sessionmaker

from workflows.register.types import ImportStatus

STALE = timedelta(minutes=3)  # without a sign of life somebody else goes on
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Run:
    """A kind of file: its table (`status`, `claimed_at`, `failed_while`), the states in which there is work, the work
    on one file by id, and whom to tell when it fails.
    """

    model: Any
    to_do: Collection[ImportStatus]
    work: Callable[[int], None]
    tell_failed: Callable[[Session, Any], None]


def run_due(sessions: sessionmaker[Session], run: Run, *, machine_now: datetime) -> int:
    """Do what waits, file by file; returns how many files were worked on."""
    worked = 0
    while (file_id := _claim(sessions, run, machine_now)) is not None:
        try:
            run.work(file_id)
        except Exception:
            log.exception("file failed", kind=run.model.__tablename__, id=file_id)
            _fail(sessions, run, file_id)
        worked += 1
    return worked


def _fail(sessions: sessionmaker[Session], run: Run, file_id: int) -> None:
    """Stop there, and tell whoever waits for it; what was brought in stays, and the next attempt goes on from it."""
    with sessions.begin() as session:
        one = session.get_one(run.model, file_id)
        one.failed_while, one.status, one.claimed_at = one.status, ImportStatus.FAILED, None
        run.tell_failed(session, one)


def _claim(sessions: sessionmaker[Session], run: Run, machine_now: datetime) -> int | None:
    model = run.model
    free = or_(model.claimed_at.is_(None), model.claimed_at < machine_now - STALE)
    waiting = select(model).where(model.status.in_(run.to_do), free).order_by(model.id)
    # Most of the time there is nothing: look before taking the write lock.
    with Session(sessions.kw["bind"].execution_options(reads_only=True)) as session:
        if session.scalar(waiting.with_only_columns(model.id).limit(1)) is None:
            return None
    with sessions.begin() as session:
        one = session.scalars(waiting.limit(1).with_for_update(skip_locked=True)).first()
        if one is None:
            return None
        one.claimed_at = machine_now
        return int(one.id)
