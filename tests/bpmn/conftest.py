"""A database of each kind with every definition deployed, once per session; each test plays in a transaction."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.bpmn.playing import Play, deploy_all, playing
from tests.databases import PostgresqlTemplate, SqliteTemplate
from workflows.database import make_engine


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def deployed(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a database that knows the definitions of bpmn/."""
    template: SqliteTemplate | PostgresqlTemplate = request.getfixturevalue(f"{request.param}_template")
    with template.copy() as url:
        database = make_engine(url)
        deploy_all(database)
        yield database
        database.dispose()


@pytest.fixture
def play(deployed: Engine) -> Iterator[Play]:
    """A play that leaves nothing behind."""
    with playing(deployed) as play:
        yield play
