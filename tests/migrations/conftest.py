"""Databases of each kind: one without any table, one after `migrate`, one that the models created."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from tests.databases import PostgresqlTemplate, SqliteTemplate
from workflows.database import make_engine
from workflows.migration import upgrade

_NUMBERS = count(1)
Template = SqliteTemplate | PostgresqlTemplate


@pytest.fixture(params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest) -> Template:
    found: Template = request.getfixturevalue(f"{request.param}_template")
    return found


@pytest.fixture
def bare_url(template: Template, tmp_path: Path) -> Iterator[str]:
    """URL of a database without any table."""
    if isinstance(template, SqliteTemplate):
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    name = f"{template.template}_bare_{next(_NUMBERS)}"
    server = create_engine(template.server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield template.server.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture
def bare(bare_url: str) -> Iterator[Engine]:
    engine = make_engine(bare_url)
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(bare: Engine) -> Engine:
    """The bare database after `migrate`."""
    with bare.begin() as connection:
        upgrade(connection)
    return bare


@pytest.fixture
def created(template: Template) -> Iterator[Engine]:
    """A database of the same kind whose tables come from the models."""
    with template.copy() as url:
        engine = make_engine(url)
        yield engine
        engine.dispose()
