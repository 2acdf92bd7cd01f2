"""Two officials save a ladder table in the same moment: one version, and a plain word to the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.factories import at, found_district
from workflows.database import make_engine
from workflows.escalation import tables
from workflows.escalation.table import rows_of
from workflows.exceptions import Conflict

SECONDS = 30


def save(engine: Engine, start: Barrier, base: str, most: int) -> str:
    with Session(engine) as session:
        start.wait(SECONDS)
        try:
            with session.begin():
                rows = rows_of(tables.table_of(session, None).steps("obligation"))[:most]
                tables.save(
                    session, {"obligation": rows}, campaign_id=None, base=base, reason="同时",
                    now=at("2025-06-20 09:00"), actor="account:1",
                )  # fmt: skip
        except Conflict as refused:
            return str(refused.data["what"])
        return "saved"


def test_of_two_who_save_at_once_one_is_refused(database_url: str) -> None:
    engine = make_engine(database_url)
    with Session(engine) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        base = tables.table_of(session, None).hash
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(save, engine, start, base, most) for most in (3, 4)]
        ends = sorted(run.result(SECONDS) for run in runs)
    with Session(engine) as session:
        kept = [one.version for one in tables.versions(session, None)]
    engine.dispose()
    assert (ends, kept) == (["ladder", "saved"], [1])
