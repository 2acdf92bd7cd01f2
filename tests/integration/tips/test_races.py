"""A form that is sent twice at the same moment, on both databases, is one report with one number."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from tests.factories import at, found_district, world_in
from tests.integration.tips.test_tips import code_of, send
from workflows.database import make_engine
from workflows.notifications.models import Notification
from workflows.tips.models import Tip, TipCode

SECONDS = 20
THUMBS = 4  # how often somebody presses the button


def sent(url: str, folder: Path, start: Barrier, key: str) -> str:
    engine = make_engine(url)
    try:
        with Session(engine) as session:
            start.wait(SECONDS)
            with session.begin():
                code = session.scalars(select(TipCode)).one()
                return send(world_in(session, folder), code, key=key).number
    finally:
        engine.dispose()


def pressed(url: str, folder: Path, *keys: str) -> tuple[list[str], list[int]]:
    """The numbers that were answered; how many tips, instances, tasks and notices there are then."""
    engine = make_engine(url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, folder)
        code_of(world, world.firm(name="宏岳铸造"))
    start = Barrier(len(keys))
    with ThreadPoolExecutor(len(keys)) as pool:
        runs = [pool.submit(sent, url, folder, start, key) for key in keys]
        numbers = [run.result(SECONDS) for run in runs]
    with Session(engine) as session:
        counts = [
            session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Tip, ProcessInstance, UserTask, Notification)
        ]
    engine.dispose()
    return numbers, counts


def test_a_form_sent_several_times_at_once_is_one_report(database_url: str, tmp_path: Path) -> None:
    numbers, counts = pressed(database_url, tmp_path, *["the-same-form"] * THUMBS)
    assert len(set(numbers)) == 1
    assert counts == [1, 1, 1, 1]


def test_forms_of_several_people_at_once_are_a_report_each(database_url: str, tmp_path: Path) -> None:
    numbers, counts = pressed(database_url, tmp_path, "of-wang", "of-li", "of-zhao")
    assert len(set(numbers)) == 3
    assert counts == [3, 3, 3, 3]
