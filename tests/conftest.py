"""Fixtures of all tests: `session` is a SQLAlchemy session on an empty schema, once per database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests.databases import PostgresqlTemplate, SqliteTemplate, engine_on, postgresql_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplate:
    """The empty schema on SQLite."""
    return SqliteTemplate(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[PostgresqlTemplate]:
    """The empty schema on PostgreSQL; the tests fail when there is no server."""
    with postgresql_server() as url:
        template = PostgresqlTemplate(url)
        yield template
        template.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest) -> SqliteTemplate | PostgresqlTemplate:
    """Where databases come from, once of each kind."""
    found: SqliteTemplate | PostgresqlTemplate = request.getfixturevalue(f"{request.param}_template")
    return found


@pytest.fixture
def database_url(template: SqliteTemplate | PostgresqlTemplate) -> Iterator[str]:
    """URL of an empty database, once on each kind."""
    with template.copy() as url:
        yield url


@pytest.fixture
def bare_url(template: SqliteTemplate | PostgresqlTemplate) -> Iterator[str]:
    """URL of a database without any table, once on each kind."""
    with template.bare() as url:
        yield url


@pytest.fixture
def postgresql_url(postgresql_template: PostgresqlTemplate) -> Iterator[str]:
    """URL of an empty PostgreSQL database, for races that only two connections can show."""
    with postgresql_template.copy() as url:
        yield url


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The one Chromium of a run; Playwright does not start twice in a process."""
    from tests.e2e.browser import chromium

    with chromium() as browser:
        yield browser


@pytest.fixture
def engine_(database_url: str) -> Iterator[Engine]:
    """An SQLAlchemy engine on an empty schema."""
    with engine_on(database_url) as engine:
        yield engine


@pytest.fixture
def session(engine_: Engine) -> Iterator[Session]:
    """A session on an empty schema; what it does not commit is lost."""
    with Session(engine_, expire_on_commit=False) as session:
        yield session
