"""What goes wrong is said plainly: a page to a person, a notice to htmx, and nothing of the inside."""

from __future__ import annotations

from typing import Annotated

import pytest
from fastapi import APIRouter
from fastapi.testclient import TestClient

from engine.exceptions import EngineError, TaskClosed
from tests.people import NOW, PASSWORD, District
from tests.web.conftest import MachineClock, token_of
from web.app import create_app
from web.auth import Visitor, public
from web.dependencies import Db, Now
from web.messages import MESSAGES
from web.routes import sign_in
from workflows.exceptions import Conflict, DomainError, NotAllowed, NotFound
from workflows.settings import Settings

FAILURES: dict[str, Exception] = {
    "closed": TaskClosed(task_id=3, closed_at=NOW, actor="account:1"),
    "conflict": Conflict(by="account:1", at=NOW),
    "gone": NotFound(what="task", id=3),
    "refused": NotAllowed(),
    "odd": DomainError(secret="inside"),
    "broken": RuntimeError("secret inside"),
}


@pytest.fixture
def client(settings: Settings, clock: MachineClock) -> TestClient:
    router = APIRouter()

    @router.get("/fail/{name}")
    def fail(name: str, _: Annotated[Visitor | None, public()], session: Db, now: Now) -> None:
        raise FAILURES[name]

    @router.get("/number/{number}")
    def number(number: int, _: Annotated[Visitor | None, public()], limit: int = 1) -> None:
        return None

    app = create_app(settings, routers=[router, sign_in.router], machine_clock=clock)
    return TestClient(app, raise_server_exceptions=False, follow_redirects=False)


@pytest.fixture
def hanli(client: TestClient, district: District) -> TestClient:
    client.post("/login", data={"csrf_token": token_of(client), "username": "hanli", "password": PASSWORD})
    return client


@pytest.mark.parametrize(
    ("name", "status", "words"),
    [
        ("closed", 409, "Zhoumin已于"),
        ("conflict", 409, "Zhoumin已于"),
        ("gone", 404, "没有这一页"),
        ("refused", 403, "不归您的岗位"),
        ("odd", 422, "没有保存"),
    ],
)
def test_a_refusal_has_its_status_and_sentence(
    client: TestClient, district: District, name: str, status: int, words: str
) -> None:
    answer = client.get(f"/fail/{name}")
    assert answer.status_code == status
    assert words in answer.text
    assert "inside" not in answer.text


def test_a_page_is_a_whole_page_with_one_heading(hanli: TestClient) -> None:
    page = hanli.get("/fail/gone").text
    assert page.startswith("<!doctype html>")
    assert page.count("<h1") == 1


def test_htmx_gets_a_notice_beside_the_input(hanli: TestClient) -> None:
    answer = hanli.get("/fail/closed", headers={"HX-Request": "true"})
    assert answer.status_code == 409
    assert (answer.headers["hx-retarget"], answer.headers["hx-reswap"]) == ("#notice", "innerHTML")
    assert "<html" not in answer.text
    assert "Zhoumin已于3月2日 17:00办理了这一项" in answer.text


def test_what_breaks_shows_a_number_and_logs_it_without_values(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.get("/fail/broken")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text
    number = answer.text.split("编号 ")[1][:8]
    assert number in "".join(capsys.readouterr())


def test_an_address_that_does_not_exist_is_a_plain_page(client: TestClient) -> None:
    answer = client.get("/nothing")
    assert answer.status_code == 404
    assert "没有这一页" in answer.text


def test_a_word_where_a_number_belongs_is_a_page_that_does_not_exist(client: TestClient) -> None:
    assert client.get("/number/three").status_code == 404
    assert client.get("/number/3?limit=many").status_code == 404


def test_the_documentation_pages_of_the_framework_are_off(client: TestClient) -> None:
    assert [client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404, 404, 404]


def test_a_body_that_is_too_large_is_refused(client: TestClient) -> None:
    headers = {"X-CSRF-Token": token_of(client), "content-type": "application/x-www-form-urlencoded"}
    answer = client.post("/login", content=b"a=" + b"x" * (25 * 1024 * 1024), headers=headers)
    assert answer.status_code == 413


@pytest.mark.parametrize("path", ["/login", "/nothing", "/static/bihuan.css", "/fail/broken"])
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_are_not_kept_by_caches(client: TestClient) -> None:
    assert client.get("/login").headers["cache-control"] == "no-store"


def codes(error: type[Exception]) -> set[str]:
    own = {error.__dict__["code"]} if "code" in error.__dict__ else set()
    return own.union(*(codes(child) for child in error.__subclasses__()))


def test_every_conflict_has_a_sentence_of_its_own() -> None:
    from web.errors import STATUS

    known = codes(EngineError) | codes(DomainError)
    told = {code for code, status in STATUS.items() if status in (403, 409)}
    assert told <= set(MESSAGES)
    assert {code for code in STATUS if code not in known} == set()
