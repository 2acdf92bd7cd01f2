"""APScheduler ticks; what is due lies in our tables, so a restart loses nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler
from sqlalchemy.orm import Session, sessionmaker

from workflows import imports
from workflows.campaigns.recounting import recount_due
from workflows.clock import business_now
from workflows.database import readers_of
from workflows.hazardimports import service as hazardimports
from workflows.notifications import outbox
from workflows.notifications.delivery import ChatPost, MailPost, Post, deliver
from workflows.notifications.digest import write_digests
from workflows.settings import Settings
from workflows.sweep import sweep
from workflows.tips import retention

TICK_SECONDS = 5
IMPORT_SECONDS = 1
SEND_SECONDS = 10
FIGURE_SECONDS = 300  # 750,000 obligations take 13 s of a processor
MESSAGE_SECONDS = 60
ERASE_SECONDS = 3600  # by days: what is due is gone within the first hour after midnight
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


def keep_figures(sessions: sessionmaker[Session], readers: sessionmaker[Session]) -> None:
    """Count large campaigns anew if something has happened in them."""
    with sessions.begin() as session:
        now = business_now(session, machine_now=machine_now())
    if counted := recount_due(sessions, readers, now=now):
        log.info("counted", campaigns=counted, at=now.isoformat())


def bring_in_registers(sessions: sessionmaker[Session], folder: Path) -> None:
    """Go on with register files that were uploaded or confirmed."""
    imports.run_due(sessions, folder, machine_now=machine_now())


def bring_in_hazards(sessions: sessionmaker[Session], folder: Path) -> None:
    """The same for files of hazards."""
    hazardimports.run_due(sessions, folder, machine_now=machine_now())


def send(sessions: sessionmaker[Session], settings: Settings, post: Callable[[Settings], Post]) -> None:
    """Send what waits for one kind of channel."""
    with sessions.begin() as session:
        now = business_now(session, machine_now=machine_now())
    done = deliver(sessions, post(settings), home=settings.address, now=now, machine_now=machine_now())
    if done:
        log.info("sent", **{str(state): number for state, number in done.items()})


def prepare_messages(sessions: sessionmaker[Session]) -> None:
    """Write the digests whose hour has come; forget what was sent long ago."""
    with sessions.begin() as session:
        now = business_now(session, machine_now=machine_now())
        outbox.prune(session, now=now)
    write_digests(sessions, now=now)


def forget_tips(sessions: sessionmaker[Session], folder: Path) -> None:
    """Erase the words and pictures of reports that have been kept long enough; the first run of a day finds them."""
    with sessions.begin() as session:
        now = business_now(session, machine_now=machine_now())
    while erased := _forget(sessions, folder, now):
        log.info("erased", tips_and_pictures=erased, at=now.isoformat())


def _forget(sessions: sessionmaker[Session], folder: Path, now: datetime) -> int:
    with sessions.begin() as session:
        return retention.erase_due(session, folder=folder, now=now, machine_now=machine_now())


def add_jobs(scheduler: BaseScheduler, sessions: sessionmaker[Session], settings: Settings) -> None:
    """The table of (name, job, seconds, arguments).

    The first run comes at once: what fell due meanwhile has waited long enough. A run that comes late, on a busy
    machine, is taken all the same. Mail and chat have jobs of their own: a server that hangs holds up neither
    the timers nor each other.
    """
    table: tuple[tuple[str, Callable[..., None], int, list[Any]], ...] = (
        ("sweep", tick, TICK_SECONDS, [sessions]),
        ("figures", keep_figures, FIGURE_SECONDS, [sessions, readers_of(sessions)]),
        ("imports", bring_in_registers, IMPORT_SECONDS, [sessions, settings.import_dir]),
        ("hazard files", bring_in_hazards, IMPORT_SECONDS, [sessions, settings.import_dir]),
        ("messages", prepare_messages, MESSAGE_SECONDS, [sessions]),
        ("tips", forget_tips, ERASE_SECONDS, [sessions, settings.evidence_dir]),
        ("mail", send, SEND_SECONDS, [sessions, settings, MailPost]),
        ("chat", send, SEND_SECONDS, [sessions, settings, ChatPost]),
    )
    for name, job, seconds, args in table:
        scheduler.add_job(
            job, "interval", args=args, seconds=seconds, coalesce=True, max_instances=1, id=name,
            next_run_time=machine_now(), misfire_grace_time=None,
        )  # fmt: skip


def background(sessions: sessionmaker[Session], settings: Settings) -> BackgroundScheduler:
    """A scheduler for the embedded server; the caller starts it and shuts it down."""
    scheduler = BackgroundScheduler(timezone=UTC)
    add_jobs(scheduler, sessions, settings)
    return scheduler


def run(sessions: sessionmaker[Session], settings: Settings) -> None:
    """Tick until the process is told to stop; the tick under way is finished first."""
    scheduler = BlockingScheduler(timezone=UTC)
    add_jobs(scheduler, sessions, settings)
    try:
        scheduler.start()
    finally:
        scheduler.shutdown()
