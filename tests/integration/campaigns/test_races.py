"""Two officials launch the same drive in the same moment: one campaign, and a plain word to the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.factories import DRIVE, at, found_district, world_in
from workflows.campaigns import service
from workflows.campaigns.models import Campaign
from workflows.campaigns.scope import Scope
from workflows.database import make_engine
from workflows.exceptions import Conflict

SECONDS = 30


def launch(engine: Engine, folder: Path, start: Barrier) -> str:
    with Session(engine) as session:
        office = world_in(session, folder).office
        session.rollback()
        start.wait(SECONDS)
        try:
            with session.begin():
                service.launch(
                    session, DRIVE, scope=Scope(), office_id=office, title="t", actor="lead",
                    now=at("2025-06-20 09:00"),
                )  # fmt: skip
        except Conflict as refused:
            return str(refused.data["what"])
        return "launched"


def test_two_launches_at_once_give_one_campaign(database_url: str, tmp_path: Path) -> None:
    engine = make_engine(database_url)
    with Session(engine) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world_in(session, tmp_path).firm()
    start = Barrier(2)
    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(launch, engine, tmp_path, start) for _ in range(2)]
        ends = sorted(run.result(SECONDS) for run in runs)
    with Session(engine) as session:
        number = session.scalar(select(func.count()).select_from(Campaign))
    engine.dispose()
    assert (ends, number) == (["campaign-running", "launched"], 1)
