"""Two launches in the same moment: one campaign, and a plain word to the other. A dispatch beside an answer: neither
is lost.
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Event

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from tests.factories import DRIVE, NO_TRAITS, at, drive_of, found_district, world_in
from workflows import enterprisefile
from workflows.campaigns import service
from workflows.campaigns.adjusting import Adjusted
from workflows.campaigns.dispatch import dispatch_phase
from workflows.campaigns.models import Campaign
from workflows.campaigns.scope import Scope
from workflows.database import make_engine, make_sessions
from workflows.exceptions import Conflict
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise

SECONDS = 30
NOW = at("2025-06-20 09:00")


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


def test_an_answer_beside_a_dispatch_of_the_same_enterprise_is_not_lost(
    database_url: str, tmp_path: Path
) -> None:
    """The dispatch has read the file without the answer, and is not committed when the answer comes."""
    engine = make_engine(database_url)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, tmp_path)
        firm = world.firm(flags={**NO_TRAITS, "night": None}).id
        template = drive_of("3", "21b", due={"3": "2025-06-25", "21b": "2025-06-25"})
        campaign = service.launch(
            session, template, scope=Scope(), office_id=world.office, title="t", actor="lead", now=NOW
        ).id
    read = Event()

    def dispatch_slowly() -> None:
        with sessions.begin() as session:
            world = world_in(session, tmp_path)
            dispatch_phase(session, world.dispatch_job(session.get_one(Campaign, campaign), 1))
            read.set()
            time.sleep(1)

    def answer() -> Adjusted:
        assert read.wait(SECONDS)
        with sessions.begin() as session:
            one = session.get_one(Enterprise, firm)
            return enterprisefile.answer(session, one, {"night": True}, now=NOW, actor="firm")

    with ThreadPoolExecutor(2) as pool:
        slow, answered = pool.submit(dispatch_slowly), pool.submit(answer)
        slow.result(SECONDS)
        found = answered.result(SECONDS)
    with sessions() as session:
        codes = sorted(session.scalars(select(Obligation.item_code).where(Obligation.enterprise_id == firm)))
    engine.dispose()
    assert (found.opened, codes) == (1, ["21b", "3"])
