"""A district on each kind of database, founded once; each test plays in a transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.databases import PostgresqlTemplate, SqliteTemplate
from tests.factories import World, at, found_district, world_in
from workflows.database import make_engine


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def district(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database with the definitions, one lead office, two departments and two towns."""
    template: SqliteTemplate | PostgresqlTemplate = request.getfixturevalue(f"{request.param}_template")
    with template.copy() as url:
        engine = make_engine(url)
        with Session(engine) as session, session.begin():
            found_district(session, at("2025-06-01 09:00"))
        yield engine
        engine.dispose()


@pytest.fixture
def world(district: Engine, tmp_path: Path) -> Iterator[World]:
    """The district at 2025-06-20 09:00 in Shanghai."""
    with district.connect() as connection, connection.begin() as outer:
        with Session(connection, join_transaction_mode="create_savepoint", expire_on_commit=False) as session:
            yield world_in(session, tmp_path)
        outer.rollback()
