"""Rehearse a campaign on generated enterprises, in a database in memory, or in several for a large district.

What an enterprise does never depends on another enterprise, so a large district is rehearsed in parts, each in a
process and a database of its own: the duties of bodies, and the items for some of the enterprises each. Every database
begins as a copy of one file, which holds the processes and the district.
"""

from __future__ import annotations

import gc
import multiprocessing
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session, sessionmaker

from engine.models import Base
from workflows import handlers, processes
from workflows.campaigns import service as campaigns
from workflows.campaigns import templates
from workflows.campaigns.scope import Listed, Scope
from workflows.campaigns.templates import CampaignTemplate
from workflows.database import make_engine, make_sessions
from workflows.organizations import queries as organizations
from workflows.register.models import Enterprise
from workflows.rehearsed import Rehearsal, merge, report
from workflows.sample import load_district
from workflows.simulation import Crowd, batched, simulate
from workflows.times import morning_of

PART = 300  # enterprises at most in one part
_DATABASE = "rehearsal.db"


@dataclass(frozen=True, slots=True)
class Part:
    """What one process rehearses: the rows of a template for the enterprises of a scope.

    `sheet` is the report before anything has happened; `folder` holds the prepared database and the evidence.
    """

    template: CampaignTemplate
    scope: Scope
    sheet: Rehearsal
    seed: str
    folder: Path


def rehearse(
    template: CampaignTemplate, *, enterprises: int, seed: int, until: date | None = None, part: int = PART
) -> Rehearsal:
    """Run a whole campaign on generated enterprises; the same arguments give the same campaign.

    More than `part` enterprises are rehearsed in parts; then `tasks_completed` counts the reviews of the phases by
    the lead office once for each part.
    """
    began = time.perf_counter()
    last = until or template.phases[-1].ends_on + timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        sheet = Rehearsal(template.code, enterprises, seed, last.isoformat())
        whole = Part(template, Scope(), sheet, str(seed), Path(folder))
        found = _rehearse(whole) if enterprises <= part else _rehearse_beside(whole, part)
    found.seconds = round(time.perf_counter() - began, 1)
    return found


def _rehearse(whole: Part) -> Rehearsal:
    _prepare(whole)
    return _run(whole)


def _rehearse_beside(whole: Part, size: int) -> Rehearsal:
    """One part more at a time than the machine has processors, because the last one is short; they start while the
    district is prepared.
    """
    workers, context = multiprocessing.cpu_count() + 1, multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_settle) as pool:
        started = [pool.submit(handlers.register) for _ in range(workers)]
        parts = _split(whole, _prepare(whole), size)
        for one in started:
            one.result()
        return merge(list(pool.map(_run, parts)))


def _prepare(whole: Part) -> Sequence[int]:
    """A database with the processes and the district; returns the ids of its enterprises."""
    now = morning_of(whole.template.starts_on)
    with _opened(f"sqlite:///{whole.folder / _DATABASE}") as sessions, sessions.begin() as session:
        Base.metadata.create_all(session.connection())
        processes.deploy_all(session, now=now)
        load_district(session, enterprises=whole.sheet.enterprises, seed=whole.sheet.seed, now=now)
        return session.scalars(select(Enterprise.id).order_by(Enterprise.id)).all()


def _split(whole: Part, ids: Sequence[int], size: int) -> list[Part]:
    """The items for `size` enterprises each, then the duties of all bodies; each with a copy of the database."""
    data = whole.template.data
    items, duties = (templates.from_json({**data, name: []}) for name in ("duties", "items"))
    chunks = [Scope(listed=Listed(frozenset(chunk))) for chunk in batched(ids, size)]
    contents = [(items, scope) for scope in chunks] + [(duties, Scope())]
    return [
        replace(whole, template=template, scope=scope, seed=f"{whole.seed}/{n}")
        for n, (template, scope) in enumerate(contents, start=1)
    ]


def _settle() -> None:
    """A process that does one thing and ends need not look for garbage all the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _run(part: Part) -> Rehearsal:
    handlers.register()
    now = morning_of(part.template.starts_on)
    with _opened("sqlite://", part.folder / _DATABASE) as sessions:
        campaign_id = _launch(sessions, part, now=now)
        crowd = Crowd(sessions, part.seed, part.folder, part.template)
        simulate(sessions, crowd, now=now, last=date.fromisoformat(part.sheet.until))
        with sessions.begin() as session:
            report(session, campaign_id, part.sheet)
    part.sheet.tasks_completed = crowd.completed
    return part.sheet


def _launch(sessions: sessionmaker[Session], part: Part, *, now: datetime) -> int:
    with sessions.begin() as session:
        office = organizations.office_id(session)
        return campaigns.launch(
            session, part.template, scope=part.scope, office_id=office, title=part.template.title,
            actor="rehearsal", now=now,
        ).id  # fmt: skip


@contextmanager
def _opened(url: str, filled_from: Path | None = None) -> Iterator[sessionmaker[Session]]:
    """A database that nobody needs after a crash; one in memory begins as a copy of the file."""
    database = make_engine(url)
    event.listen(database, "connect", _forgo_safety)
    if filled_from:
        event.listen(database, "connect", partial(_fill, filled_from))
    try:
        yield make_sessions(database)
    finally:
        database.dispose()


def _forgo_safety(connection: sqlite3.Connection, _record: Any) -> None:
    for pragma in ("synchronous=OFF", "locking_mode=EXCLUSIVE", "journal_mode=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")


def _fill(file: Path, connection: sqlite3.Connection, _record: Any) -> None:
    with closing(sqlite3.connect(file)) as source:
        source.backup(connection)
