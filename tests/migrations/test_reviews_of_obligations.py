"""What waited for a review before that was kept beside it is known after the migration."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.databases import PostgresqlTemplate, SqliteTemplate
from tests.factories import at, found_district, world_in
from tests.integration.lateness.reviews import Reviews, kept, waiting
from tests.migrations.conftest import down_and_up, grown, migrate


def submit(engine: Engine) -> None:
    """One waits for the town, one for the department, one is not submitted."""
    migrate(engine)
    with TemporaryDirectory() as folder, Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, Path(folder))
        first, second, _third = [world.obligation(due="2025-07-04") for _ in range(3)]
        for one in (first, second):
            world.submit(one)
        world.do(second, "town_review", world.town(), town_decision="accept")


@pytest.fixture
def submitted(template: SqliteTemplate | PostgresqlTemplate) -> Iterator[Engine]:
    with grown(template, submit) as engine:
        yield engine


def told(engine: Engine) -> Reviews:
    with Session(engine) as session:
        found = kept(session)
        assert found == waiting(session)
    return found


def test_reviews_that_are_under_way_are_found(submitted: Engine) -> None:
    before = told(submitted)
    assert len(before) == 2
    down_and_up(submitted, "0026")
    assert told(submitted) == before
