"""What was late before there were paths of the ladder has them after the migration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests.databases import PostgresqlTemplate, SqliteTemplate
from tests.factories import at, found_district, world_in
from tests.migrations.conftest import down_and_up, grown, migrate
from workflows.escalation import paths
from workflows.lateness.models import LateTurn
from workflows.obligations.models import Obligation

Steps = dict[int, list[str]]


def climb(engine: Engine) -> None:
    """Three that were due on the same day: two are late still, one was submitted after some steps."""
    migrate(engine)
    with TemporaryDirectory() as folder, Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, Path(folder))
        one, *_ = [world.obligation(due="2025-07-04") for _ in range(3)]
        world.advance(at("2025-07-16 10:00"))
        world.submit(one)
        world.advance(at("2025-08-18 10:00"))


@pytest.fixture
def climbed(template: SqliteTemplate | PostgresqlTemplate) -> Iterator[Engine]:
    with grown(template, climb) as engine:
        yield engine


def taken(engine: Engine) -> tuple[Steps, Steps]:
    """The steps of each obligation and of each turn that is over."""
    with Session(engine) as session:
        found = [
            dict(session.execute(select(*columns)).all())
            for columns in ((Obligation.id, Obligation.path_id), (LateTurn.task_id, LateTurn.path_id))
        ]
        known = paths.read(session, {path_id for each in found for path_id in each.values()})
        first, second = (
            {number: [step.action for step in known[path_id]] for number, path_id in each.items() if path_id}
            for each in found
        )
        return first, second


def test_the_steps_that_were_taken_before_are_found_again(climbed: Engine) -> None:
    before = taken(climbed)
    assert sorted(map(len, before[0].values()))[0] < sorted(map(len, before[0].values()))[-1]
    down_and_up(climbed, "0023")
    assert taken(climbed) == before
