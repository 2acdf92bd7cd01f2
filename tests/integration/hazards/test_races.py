"""Two connections at once on PostgreSQL: hazards that close side by side."""

from __future__ import annotations

import threading
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.factories import World, at, found_district, world_in
from workflows import inbox
from workflows.database import make_engine
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation

DEFECTS = [{"title": "护栏松动", "place": "二号车间"}, {"title": "灭火器过期", "place": "仓库"}]
SECONDS = 20


def verified(url: str, hazard_id: int, folder: Path, barrier: threading.Barrier) -> None:
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        world = world_in(session, folder)
        world.now = at("2025-07-02 09:00")
        task = world.task(session.get_one(Hazard, hazard_id), "verify")
        barrier.wait(SECONDS)
        inbox.complete(session, task.id, form={"passed": True}, person=world.town(), now=world.now)
        session.flush()
        barrier_free(barrier)
    engine.dispose()


def barrier_free(barrier: threading.Barrier) -> None:
    """Hold the transaction open until the other has done its work too, or has to wait for this one."""
    try:
        barrier.wait(1.5)
    except threading.BrokenBarrierError:
        return


def waiting(world: World) -> Obligation:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS)
    world.sign(one)
    world.accept(one)
    for hazard in world.session.scalars(select(Hazard)).all():
        world.planned(hazard)
        world.fix(hazard)
    return one


def test_two_hazards_that_close_side_by_side_release_their_obligation(
    postgresql_url: str, tmp_path: Path
) -> None:
    engine = make_engine(postgresql_url)
    with Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, tmp_path)
        one = waiting(world)
        hazards, obligation_id = list(session.scalars(select(Hazard.id))), one.id
    barrier = threading.Barrier(2)
    threads = [
        threading.Thread(target=verified, args=(postgresql_url, number, tmp_path, barrier))
        for number in hazards
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    with Session(engine) as session, session.begin():
        world = world_in(session, tmp_path)
        found = session.get_one(Obligation, obligation_id)
        assert world.variables(found)["open_hazards"] == 0
        assert found.closed_at is not None or world.open_nodes(found) == ["site_check"]
    engine.dispose()
