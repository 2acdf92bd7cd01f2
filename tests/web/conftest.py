"""Pages under test: an application on an empty database, and browsers that sign in to it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from tests.databases import SqliteTemplate
from tests.people import NOW, PASSWORD, District, add_account, add_district
from tests.web.house import House, Place, furnish, place_on
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
def app(settings: Settings, clock: MachineClock) -> FastAPI:
    return create_app(settings, machine_clock=clock)


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
def browser(app: FastAPI, district: District) -> Browser:
    """`browser()` is anonymous, `browser("zhoumin")` signed in; redirects are not followed."""

    def open_browser(username: str = "", **headers: str) -> TestClient:
        client = TestClient(app, follow_redirects=False, raise_server_exceptions=False, headers=headers)
        if username:
            assert sign_in(client, username).status_code == 303
        return client

    return open_browser


@pytest.fixture(scope="session")
def furnished(
    sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, House]]:
    """A folder with a furnished SQLite file `house.db` and its evidence, to copy."""
    folder = tmp_path_factory.mktemp("house")
    with sqlite_template.copy() as url:
        house = _furnished(url, folder)
        shutil.copyfile(url.removeprefix("sqlite:///"), folder / "house.db")
        yield folder, house


@pytest.fixture
def place(furnished: tuple[Path, House], tmp_path: Path) -> Iterator[Place]:
    """The furnished district on SQLite."""
    folder, house = furnished
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    place = place_on(f"sqlite:///{tmp_path}/house.db", tmp_path, house)
    yield place
    place.app.state.engine.dispose()


@pytest.fixture
def each_place(database_url: str, tmp_path: Path) -> Iterator[Place]:
    """The furnished district, once on each kind of database."""
    place = place_on(database_url, tmp_path, _furnished(database_url, tmp_path))
    yield place
    place.app.state.engine.dispose()


def _furnished(url: str, folder: Path) -> House:
    engine = make_engine(url)
    with Session(engine) as session, session.begin():
        house = furnish(session, folder / "evidence")
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:  # one file, so that a copy is whole
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return house


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
