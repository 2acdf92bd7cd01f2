"""One request is one transaction: committed before the answer, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

from engine.exceptions import IncidentRaised
from tests.people import NOW
from tests.web.conftest import MachineClock, in_database, token_of
from web.app import create_app
from web.auth import Visitor, public
from web.dependencies import Db
from web.routes import sign_in
from workflows.audit import queries, service
from workflows.exceptions import NotFound
from workflows.settings import Settings

Anyone = Annotated[Visitor | None, public()]


def note(session: Db) -> None:
    service.record(session, at=NOW, actor="system", action="test", subject="test")


def router() -> APIRouter:
    pages = APIRouter()

    @pages.post("/write/{end}")
    def write(end: str, _: Anyone, session: Db) -> dict[str, str]:
        note(session)
        if end == "refused":
            raise NotFound
        if end == "broken":
            raise RuntimeError
        if end == "incident":
            raise IncidentRaised(1, "a gateway without a way")
        return {}

    @pages.get("/read")
    def read(_: Anyone, session: Db) -> int:
        session.execute(text("SELECT 1"))
        in_transaction = session.connection().get_execution_options().get("reads_only", False)
        return int(in_transaction)

    return pages


@pytest.fixture
def app(settings: Settings, clock: MachineClock) -> FastAPI:
    return create_app(settings, routers=[router(), sign_in.router], machine_clock=clock)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, raise_server_exceptions=False) as client:
        client.headers["X-CSRF-Token"] = token_of(client)
        yield client


def written(app: FastAPI) -> int:
    with in_database(app) as session:
        return len(queries.latest(session))


def test_what_a_request_wrote_is_there_when_the_answer_is(app: FastAPI, client: TestClient) -> None:
    assert client.post("/write/well").status_code == 200
    assert written(app) == 1


@pytest.mark.parametrize(("end", "status"), [("refused", 404), ("broken", 500)])
def test_a_request_that_fails_leaves_nothing(app: FastAPI, client: TestClient, end: str, status: int) -> None:
    assert client.post(f"/write/{end}").status_code == status
    assert written(app) == 0


def test_an_incident_of_the_engine_is_kept(app: FastAPI, client: TestClient) -> None:
    assert client.post("/write/incident").status_code == 500
    assert written(app) == 1


def test_looking_takes_no_write_lock(app: FastAPI, client: TestClient) -> None:
    with app.state.sessions() as writer:
        note(writer)
        writer.flush()  # holds SQLite's only write lock
        assert client.get("/read").json() == 1
        assert client.get("/login").status_code == 200
