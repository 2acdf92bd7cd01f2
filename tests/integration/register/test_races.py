"""Two imports of the same firms at the same time: both succeed, nothing is stored twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workflows.database import make_engine
from workflows.organizations.district import load
from workflows.organizations.service import create_tree
from workflows.register.importing import read_register
from workflows.register.queries import count, directory
from workflows.register.sample import sample_csv
from workflows.register.service import apply

NOW = datetime(2025, 6, 16, 1, tzinfo=UTC)
SECONDS = 30


def bring(engine: Engine, start: Barrier) -> int:
    with Session(engine) as session, session.begin():
        parsed = read_register(sample_csv(40).encode(), directory(session))
        start.wait(SECONDS)
        return apply(session, parsed, now=NOW, actor="account:1").inserted


def test_two_imports_at_once_store_each_firm_once(postgresql_url: str) -> None:
    engine = make_engine(postgresql_url)
    with Session(engine) as session, session.begin():
        create_tree(session, load().tree)
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(bring, engine, start) for _ in range(2)]
        inserted = sorted(run.result(SECONDS) for run in runs)
    with Session(engine) as session:
        stored = count(session)
    engine.dispose()
    assert (inserted, stored) == ([0, 40], 40)
