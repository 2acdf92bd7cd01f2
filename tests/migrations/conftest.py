"""Databases of each kind: one without any table, one after `migrate`; `engine_` is one that the models created."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from alembic import command
from sqlalchemy import Engine

from tests.databases import PostgresqlTemplate, SqliteTemplate
from workflows.database import make_engine
from workflows.migration import config, upgrade


def migrate(engine: Engine) -> None:
    with engine.begin() as connection:
        upgrade(connection)


@contextmanager
def grown(template: SqliteTemplate | PostgresqlTemplate, work: Callable[[Engine], None]) -> Iterator[Engine]:
    """A database that was bare before `work`."""
    with template.grown(work) as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()


def down_and_up(engine: Engine, revision: str) -> None:
    """Back to what it was after `revision`, and migrated again."""
    with engine.begin() as connection:
        command.downgrade(config(connection), revision)
    migrate(engine)


@pytest.fixture
def bare(bare_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_url)
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(template: SqliteTemplate | PostgresqlTemplate) -> Iterator[Engine]:
    """A database that was bare before `migrate`."""
    with grown(template, migrate) as engine:
        yield engine
