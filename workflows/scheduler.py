"""APScheduler ticks; what is due lies in our tables, so a restart loses nothing."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy.orm import Session, sessionmaker

from workflows.clock import business_now
from workflows.sweep import sweep

TICK_SECONDS = 5
log = structlog.get_logger()


def machine_now() -> datetime:
    """The machine's clock: read here and in the pages' composition root, nowhere else."""
    return datetime.now(UTC)


def tick(sessions: sessionmaker[Session]) -> None:
    """One sweep at business time."""
    with sessions.begin() as session:
        now = business_now(session, machine_now=machine_now())
    swept = sweep(sessions, now=now)
    if swept.jobs or swept.timers:
        log.info("swept", jobs=swept.jobs, timers=swept.timers, at=now.isoformat())


def add_jobs(scheduler: BaseScheduler, sessions: sessionmaker[Session]) -> None:
    """The table of (when, job). The first tick comes at once: what fell due meanwhile has waited long enough.

    A tick that comes late, on a busy machine, is taken all the same.
    """
    scheduler.add_job(
        tick, "interval", args=[sessions], seconds=TICK_SECONDS, coalesce=True, max_instances=1, id="sweep",
        next_run_time=machine_now(), misfire_grace_time=None,
    )  # fmt: skip


def background(sessions: sessionmaker[Session]) -> BackgroundScheduler:
    """A scheduler for the embedded server; the caller starts it and shuts it down."""
    scheduler = BackgroundScheduler(timezone=UTC)
    add_jobs(scheduler, sessions)
    return scheduler


def run(sessions: sessionmaker[Session]) -> None:
    """Tick until the process is told to stop; the tick under way is finished first."""
    scheduler = BlockingScheduler(timezone=UTC)
    add_jobs(scheduler, sessions)
    try:
        scheduler.start()
    finally:
        scheduler.shutdown()
