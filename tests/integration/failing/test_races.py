"""Two connections at once on PostgreSQL: a list is signed while a line of it is struck."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import World, at, drive_of, found_district, world_in
from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.database import make_engine
from workflows.exceptions import Conflict
from workflows.failing import service

SECONDS = 20
NOW = at("2025-08-14 09:00")  # everybody has been heard
Step = Callable[[World], object]


def sign(world: World) -> None:
    listed = world.session.scalars(select(FailingList.id)).one()
    service.sign(world.session, listed, opinion="情况属实，同意上报", person=world.department("a"), now=NOW)


def strike(world: World) -> None:
    entry = world.session.scalars(select(FailingListEntry.id)).one()
    service.strike(world.session, entry, reason="该企业已停产", person=world.department("b"), now=NOW)


def taken(url: str, folder: Path, step: Step, barrier: threading.Barrier, refused: list[str]) -> None:
    engine = make_engine(url)
    try:
        with Session(engine) as session, session.begin():
            world = world_in(session, folder)
            barrier.wait(SECONDS)
            step(world)
    except Conflict as conflict:
        refused.append(conflict.data["what"])
    engine.dispose()


def test_a_line_is_struck_before_the_signature_or_not_at_all(postgresql_url: str, tmp_path: Path) -> None:
    engine = make_engine(postgresql_url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, tmp_path)
        world.firm()
        world.launch(drive_of("3"))
        world.advance(NOW)
    barrier, refused = threading.Barrier(2), list[str]()
    threads = [
        threading.Thread(target=taken, args=(postgresql_url, tmp_path, step, barrier, refused))
        for step in (sign, strike)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    with Session(engine) as session:
        listed = session.scalars(select(FailingList)).one()
        entry = session.scalars(select(FailingListEntry)).one()
        assert listed.signed_at is not None
        assert refused == ([] if entry.struck_at is not None else ["failing-list-signed"])
    engine.dispose()
