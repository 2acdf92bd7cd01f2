"""Two people of one enterprise at the same task in the same moment: nothing is lost, nobody meets a fault."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from engine.exceptions import TaskClosed
from tests.factories import World, at, found_district, world_in
from workflows import inbox
from workflows.database import make_engine
from workflows.obligations.models import Obligation
from workflows.submissions.models import Draft, Submission

SECONDS = 30
REASON = "本企业不涉及该项作业和场所"


@pytest.fixture
def engine(database_url: str) -> Engine:
    return make_engine(database_url)


@pytest.fixture
def task_id(engine: Engine, tmp_path: Path) -> int:
    with Session(engine) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, tmp_path)
        return world.task(world.obligation(), "self_check").id


def side_by_side(
    engine: Engine, folder: Path, act: Callable[[Session, World, Obligation, str], None]
) -> list[str]:
    """What two people met who did `act` at the same time."""
    start = Barrier(2)

    def run(who: str) -> str:
        with Session(engine) as session:
            world, one = world_in(session, folder), session.scalars(select(Obligation)).one()
            session.rollback()
            start.wait(SECONDS)
            try:
                with session.begin():
                    act(session, world, one, who)
            except TaskClosed:
                return "closed"
            return "done"

    with ThreadPoolExecutor(2) as pool:
        runs = [pool.submit(run, who) for who in "ab"]
        return sorted(one.result(SECONDS) for one in runs)


def test_two_first_drafts_at_once_leave_one(engine: Engine, task_id: int, tmp_path: Path) -> None:
    def save(session: Session, world: World, one: Obligation, who: str) -> None:
        person = world.safety(one.enterprise_id, who)
        inbox.save_draft(session, task_id, form={"statement": who}, person=person, now=world.now)

    assert side_by_side(engine, tmp_path, save) == ["done", "done"]
    with Session(engine) as session:
        assert session.scalars(select(Draft)).one().form["statement"] in ("a", "b")
    engine.dispose()


def test_of_two_completions_at_once_one_is_told_that_it_came_second(
    engine: Engine, task_id: int, tmp_path: Path
) -> None:
    def complete(session: Session, world: World, one: Obligation, who: str) -> None:
        form = {"result": "not_applicable", "reason": REASON}
        inbox.complete(
            session, task_id, form=form, person=world.safety(one.enterprise_id, who), now=world.now
        )

    assert side_by_side(engine, tmp_path, complete) == ["closed", "done"]
    with Session(engine) as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
    engine.dispose()
