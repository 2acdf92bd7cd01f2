"""Nobody opens a page by accident: every route states who may come, and keeps everyone else out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi import APIRouter, FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from tests.web.conftest import Browser, token_of
from web.app import create_app
from web.auth import routes_without_rule, rule_of, safe_next
from workflows.settings import Settings


def guarded(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and address of every route that asks for a permission; parameters are filled with 1."""
    for context in iter_route_contexts(app.routes):
        rule = None if isinstance(context.original_route, Mount) else rule_of(context)
        if rule is not None and rule.permission is not None:
            for method in sorted(context.methods or ()):
                yield method, re.sub(r"{[^}]+}", "1", context.path or "")


def test_every_route_states_its_rule(app: FastAPI) -> None:
    assert routes_without_rule(app.routes) == []
    assert len(list(guarded(app))) > 3


def test_an_application_with_an_open_route_does_not_start(settings: Settings) -> None:
    forgotten = APIRouter()
    forgotten.add_api_route("/forgotten", lambda: "")
    with pytest.raises(RuntimeError, match="/forgotten"):
        create_app(settings, routers=[forgotten])


def test_an_anonymous_visitor_is_led_to_the_sign_in_page_everywhere(app: FastAPI, browser: Browser) -> None:
    client = browser()
    headers = {"X-CSRF-Token": token_of(client)}
    for method, path in guarded(app):
        answer = client.request(method, path, headers=headers)
        assert (method, path, answer.status_code) == (method, path, 303)
        expected = path if method in ("GET", "HEAD") else "/"
        assert answer.headers["location"] == f"/login?next={expected}"


def test_a_person_without_any_role_is_refused_everywhere(app: FastAPI, browser: Browser) -> None:
    client = browser("nobody")
    headers = {"X-CSRF-Token": token_of(client, "/nothing")}
    for method, path in guarded(app):
        answer = client.request(method, path, headers=headers)
        assert (method, path, answer.status_code) == (method, path, 403)


def test_htmx_is_led_to_the_sign_in_page_and_back_to_the_page_it_was_on(browser: Browser) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/inbox?task=3"}
    answer = browser().get("/me", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["hx-redirect"] == "/login?next=/inbox%3Ftask%3D3"


@pytest.mark.parametrize("target", ["/inbox", "/inbox?task=3&group=today", "/hazards/1#history"])
def test_a_path_of_this_site_is_a_safe_next(target: str) -> None:
    assert safe_next(target) == target


@pytest.mark.parametrize(
    "target",
    [
        None, "", "inbox", "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example",
        "javascript:alert(1)", "/login?next=/login", "/a\r\nSet-Cookie: x", "/\tevil", "/a\\b",
    ],
)  # fmt: skip
def test_any_other_next_leads_home(target: str | None) -> None:
    assert safe_next(target) == "/"
