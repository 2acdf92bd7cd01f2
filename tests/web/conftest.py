"""Pages under test: an application on an empty database, and browsers that sign in to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.databases import PostgresqlTemplate, SqliteTemplate, close, engine_on
from tests.people import NOW, PASSWORD, District, add_account, add_district
from tests.web.house import House, Place, furnish, let_in, place_on
from web.app import create_app
from workflows.accounts.types import Role
from workflows.database import make_engine
from workflows.settings import Mode, Settings

Browser = Callable[..., TestClient]


@dataclass
class MachineClock:
    """The time of sessions and locks, moved by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> MachineClock:
    return MachineClock()


@pytest.fixture
def settings(sqlite_template: SqliteTemplate, tmp_path: Path) -> Iterator[Settings]:
    with sqlite_template.copy() as url:
        yield Settings(mode=Mode.SAMPLE, database_url=url, data_dir=tmp_path, _env_file=None)


@pytest.fixture
def app(settings: Settings, clock: MachineClock) -> Iterator[FastAPI]:
    with engine_on(settings.url) as engine:
        yield create_app(settings, machine_clock=clock, engine=engine)


@pytest.fixture
def district(app: FastAPI) -> District:
    """zhoumin works in a firm, hanli in its town, lu in the lead office, nobody has no role at all."""
    with app.state.sessions.begin() as session:
        district = add_district(session)
        add_account(session, "zhoumin", district.firm, Role.SAFETY_OFFICER)
        add_account(session, "other", district.other_firm, Role.SAFETY_OFFICER)
        add_account(session, "hanli", district.town, Role.TOWN_OFFICER)
        add_account(session, "lu", district.office, Role.LEAD_OFFICER)
        add_account(session, "nobody", district.office)
    return district


@pytest.fixture
def browser(app: FastAPI, district: District, clock: MachineClock) -> Browser:
    """`browser()` is anonymous, `browser("zhoumin")` signed in; redirects are not followed."""

    def open_browser(username: str = "", **headers: str) -> TestClient:
        client = TestClient(app, follow_redirects=False, raise_server_exceptions=False, headers=headers)
        if username:
            let_in(app, client, username, clock())
        return client

    return open_browser


@dataclass(frozen=True)
class Furnished:
    """A furnished database and the folder of its evidence, to copy."""

    template: SqliteTemplate | PostgresqlTemplate
    url: str
    folder: Path
    house: House

    @contextmanager
    def place(self, folder: Path) -> Iterator[Place]:
        """An application on a copy."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        with self.template.fork(self.url) as url, engine_on(url) as engine:
            yield place_on(url, folder, self.house, engine=engine)


@pytest.fixture(scope="session")
def furnished_sqlite(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    with _furnished(sqlite_template, tmp_path_factory.mktemp("house")) as furnished:
        yield furnished


@pytest.fixture(scope="session")
def furnished_postgresql(
    postgresql_template: PostgresqlTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    with _furnished(postgresql_template, tmp_path_factory.mktemp("house")) as furnished:
        yield furnished


@pytest.fixture
def place(furnished_sqlite: Furnished, tmp_path: Path) -> Iterator[Place]:
    """The furnished district on SQLite."""
    with furnished_sqlite.place(tmp_path) as place:
        yield place


@pytest.fixture(params=["sqlite", "postgresql"])
def each_place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """The furnished district, once on each kind of database."""
    furnished: Furnished = request.getfixturevalue(f"furnished_{request.param}")
    with furnished.place(tmp_path) as place:
        yield place


@contextmanager
def _furnished(template: SqliteTemplate | PostgresqlTemplate, folder: Path) -> Iterator[Furnished]:
    with template.copy() as url:
        engine = make_engine(url)
        with Session(engine) as session, session.begin():
            house = furnish(session, folder / "evidence")
        close(engine)
        yield Furnished(template, url, folder, house)


def token_of(client: TestClient, path: str = "/login") -> str:
    """The CSRF token that a page of this browser carries."""
    page = client.get(path, headers={"accept": "text/html"}).text
    found = re.search(r'"X-CSRF-Token": "([0-9a-f]{64})"', page)
    assert found is not None
    return found[1]


def sign_in(client: TestClient, username: str, password: str = PASSWORD, **fields: str):  # type: ignore[no-untyped-def]
    """Fill in the sign-in page and send it."""
    form = {"csrf_token": token_of(client), "username": username, "password": password, **fields}
    return client.post("/login", data=form)


def in_database(app: FastAPI) -> Session:
    """A session of its own, to look at what a page wrote."""
    session: Session = app.state.sessions()
    return session
