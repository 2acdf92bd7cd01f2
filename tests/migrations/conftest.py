"""Databases of each kind: one without any table, one after `migrate`; `engine_` is one that the models created."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.databases import PostgresqlTemplate, SqliteTemplate
from workflows.database import make_engine
from workflows.migration import upgrade


def migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        upgrade(connection)


@pytest.fixture
def bare(bare_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_url)
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(template: SqliteTemplate | PostgresqlTemplate) -> Iterator[Engine]:
    """A database that was bare before `migrate`."""
    with template.grown(migrate) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()
