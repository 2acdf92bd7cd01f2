"""The bell, its panel, the page of notices: each person reads for themselves, and refreshing is no activity."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from tests.databases import engine_on
from tests.people import NOW, District
from tests.web.conftest import Browser, MachineClock, in_database, token_of
from web.app import create_app
from web.counts import menu_counts
from workflows.notifications import queries, service
from workflows.settings import Settings


@pytest.fixture
def app(settings: Settings, clock: MachineClock) -> Iterator[FastAPI]:
    with engine_on(settings.url) as engine:
        yield create_app(settings, machine_clock=clock, counts=menu_counts, engine=engine)


@pytest.fixture
def told(app: FastAPI, district: District) -> int:
    """The id of the notice that zhoumin's group got; another firm got one too."""
    with app.state.sessions.begin() as session:
        for firm in (district.firm, district.other_firm):
            group = f"{firm}:safety_officer"
            data = {"title": "证照自查", "due_at": "2026-03-10T15:59:59+00:00"}
            service.notify(session, group, kind="urged", subject="obligation:7", data=data, at=NOW)
        mine = queries.latest(session, [f"{district.firm}:safety_officer"], account_id=0, limit=1)
        return mine[0][0].id


def test_the_bell_shows_the_number_of_unread_notices(browser: Browser, told: int) -> None:
    assert '<span class="dot">1</span>' in browser("zhoumin").get("/me").text
    assert "dot" not in browser("hanli").get("/notices/count").text


def test_the_panel_links_a_notice_to_what_it_is_about(browser: Browser, told: int) -> None:
    panel = browser("zhoumin").get("/notices/panel", headers={"HX-Request": "true"}).text
    assert f'<a href="/obligations/7" data-read="/notices/{told}/read">催办：“证照自查”3月10日到期' in panel
    assert "<html" not in panel


def test_one_is_read_and_the_number_is_gone(browser: Browser, told: int) -> None:
    client = browser("zhoumin")
    answer = client.post(f"/notices/{told}/read", data={"csrf_token": token_of(client, "/me")})
    assert (answer.status_code, answer.headers["location"]) == (303, "/notices")
    assert client.get("/notices/count").text.strip() == ""


def test_a_press_on_the_link_reads_without_a_page(browser: Browser, told: int) -> None:
    client = browser("zhoumin")
    headers = {"X-CSRF-Token": token_of(client, "/me"), "HX-Request": "true"}
    assert client.post(f"/notices/{told}/read", headers=headers).status_code == 204


def test_all_are_read(browser: Browser, told: int) -> None:
    client = browser("zhoumin")
    client.post("/notices/read", data={"csrf_token": token_of(client, "/me")})
    assert "都已读" in client.get("/notices").text


def test_somebody_elses_notice_is_not_there(app: FastAPI, browser: Browser, told: int) -> None:
    client = browser("other")
    answer = client.post(f"/notices/{told}/read", data={"csrf_token": token_of(client, "/me")})
    assert answer.status_code == 404
    with in_database(app) as session:
        assert session.get(service.Reading, (2, told)) is None


def test_the_refreshing_number_keeps_no_session_alive(
    browser: Browser, told: int, clock: MachineClock
) -> None:
    client = browser("zhoumin")
    for _ in range(29):
        clock.forward(minutes=1)
        assert client.get("/notices/count", headers={"X-Unattended": "1"}).status_code == 200
    clock.forward(minutes=1)
    assert client.get("/notices/count", headers={"X-Unattended": "1"}).status_code == 303


def test_a_notice_says_no_html_of_somebodys_title(app: FastAPI, browser: Browser, district: District) -> None:
    with app.state.sessions.begin() as session:
        group, data = f"{district.firm}:safety_officer", {"title": "<script>alert(1)</script>"}
        service.notify(session, group, kind="obligation.closed", subject="obligation:7", data=data, at=NOW)
    page = browser("zhoumin").get("/notices").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
