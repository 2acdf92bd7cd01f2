"""Signing in and out as people do it in a browser."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.people import PASSWORD, District, add_account
from tests.web.conftest import Browser, MachineClock, in_database, sign_in, token_of
from web.app import create_app
from workflows.accounts.types import Role
from workflows.audit import queries as audit
from workflows.settings import Mode, Settings


def test_the_right_password_leads_to_the_page_that_was_wanted(browser: Browser) -> None:
    answer = sign_in(browser(), "zhoumin", next="/inbox?task=3")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox?task=3")


def test_sign_in_never_leads_to_another_site(browser: Browser) -> None:
    assert sign_in(browser(), "zhoumin", next="https://evil.example/").headers["location"] == "/"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(browser: Browser) -> None:
    cookie = sign_in(browser(), "zhoumin").headers["set-cookie"]
    assert "bihuan_session=" in cookie
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; ")) | {"Path=/"}


def test_a_wrong_password_keeps_the_name_and_says_what_happens_next(browser: Browser) -> None:
    answer = sign_in(browser(), "zhoumin", "wrong")
    assert answer.status_code == 422
    assert "账号或密码不对" in answer.text
    assert 'value="zhoumin"' in answer.text
    assert "wrong" not in answer.text


def test_after_five_failures_the_page_says_how_many_minutes_are_left(
    browser: Browser, clock: MachineClock
) -> None:
    client = browser()
    for _ in range(5):
        sign_in(client, "zhoumin", "wrong")
    clock.forward(minutes=3.5)
    answer = sign_in(client, "zhoumin")
    assert answer.status_code == 423
    assert "7分钟后再试" in answer.text


def test_failures_are_counted_although_the_page_refuses(browser: Browser, clock: MachineClock) -> None:
    client = browser()
    for _ in range(5):
        sign_in(client, "zhoumin", "wrong")
    clock.forward(minutes=10)
    assert sign_in(client, "zhoumin").status_code == 303


def test_who_is_signed_in_already_is_led_on(browser: Browser) -> None:
    answer = browser("zhoumin").get("/login?next=/me")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")


def test_signing_in_changes_the_session(browser: Browser) -> None:
    client = browser()
    sign_in(client, "zhoumin")
    before = client.cookies["bihuan_session"]
    client.post(
        "/login", data={"csrf_token": token_of(client, "/me"), "username": "hanli", "password": PASSWORD}
    )
    assert client.cookies["bihuan_session"] != before
    assert browser(cookie=f"bihuan_session={before}").get("/me").status_code == 303


def test_signing_out_ends_the_session_on_the_server(browser: Browser) -> None:
    client = browser("zhoumin")
    secret, token = client.cookies["bihuan_session"], token_of(client, "/me")
    assert client.post("/logout", data={"csrf_token": token}).headers["location"] == "/login"
    assert browser(cookie=f"bihuan_session={secret}").get("/me").status_code == 303


def test_thirty_idle_minutes_end_a_session(browser: Browser, clock: MachineClock) -> None:
    client = browser("zhoumin")
    for _ in range(3):
        clock.forward(minutes=29)
        assert client.get("/me").status_code == 200
    clock.forward(minutes=30)
    assert client.get("/me").headers["location"] == "/login?next=/me"


def test_numbers_that_refresh_by_themselves_do_not_keep_a_session_alive(
    browser: Browser, clock: MachineClock
) -> None:
    client = browser("zhoumin")
    clock.forward(minutes=20)
    assert client.get("/me", headers={"X-Unattended": "1"}).status_code == 200
    clock.forward(minutes=10)
    assert client.get("/me").status_code == 303


def test_the_page_about_oneself_names_organisation_and_role(browser: Browser) -> None:
    page = browser("hanli").get("/me").text
    assert all(words in page for words in ("Hanli", "柳泉镇", "镇街"))


def test_attempts_are_in_the_audit_log_without_passwords(app: FastAPI, browser: Browser) -> None:
    client = browser()
    sign_in(client, "zhoumin", "Wrong-secret-9")
    sign_in(client, "zhoumin")
    with in_database(app) as session:
        entries = audit.latest(session)
    assert [one.action for one in entries] == ["sign-in", "sign-in-refused"]
    assert "secret" not in str([one.detail for one in entries])


def sample_client(app: FastAPI, district: District, base_url: str = "http://testserver") -> TestClient:
    with app.state.sessions.begin() as session:
        add_account(session, "sample", district.town, Role.TOWN_OFFICER, is_sample=True)
    return TestClient(app, follow_redirects=False, base_url=base_url)


def test_sample_mode_lists_the_sample_people(app: FastAPI, district: District) -> None:
    client = sample_client(app, district)
    assert "样例账号" in client.get("/login").text
    assert sign_in(client, "sample").status_code == 303


@pytest.fixture
def production(settings: Settings, clock: MachineClock) -> FastAPI:
    return create_app(settings.model_copy(update={"mode": Mode.PRODUCTION}), machine_clock=clock)


def test_production_neither_lists_nor_admits_sample_people(production: FastAPI, district: District) -> None:
    client = sample_client(production, district, "https://testserver")
    assert "样例账号" not in client.get("/login").text
    answer = sign_in(client, "sample")
    assert answer.status_code == 403
    assert "正式环境不能使用" in answer.text


def test_production_ends_sample_sessions_that_are_still_open(
    app: FastAPI, production: FastAPI, district: District
) -> None:
    client = sample_client(app, district)
    sign_in(client, "sample")
    other = TestClient(production, follow_redirects=False, cookies=dict(client.cookies))
    assert other.get("/me").status_code == 303


def test_production_sends_cookies_over_https_only(production: FastAPI, district: District) -> None:
    answer = TestClient(production, base_url="https://testserver").get("/login")
    assert "Secure" in answer.headers["set-cookie"]


def test_production_says_at_start_that_sample_people_are_left(
    production: FastAPI, district: District, capsys: pytest.CaptureFixture[str]
) -> None:
    sample_client(production, district)
    with TestClient(production):
        pass
    assert "sample accounts" in "".join(capsys.readouterr())


def test_the_page_speaks_english_on_request_and_goes_on_doing_so(browser: Browser) -> None:
    client = browser()
    assert '<html lang="zh-CN">' in client.get("/login").text
    page = client.get("/login?lang=en").text
    assert '<html lang="en">' in page
    assert "Sign in" in page
    assert '<html lang="en">' in client.get("/login").text


def test_the_language_is_kept_in_the_account(app: FastAPI, browser: Browser) -> None:
    browser("zhoumin").get("/me?lang=en")
    assert '<html lang="en">' in browser("zhoumin").get("/me").text


def test_an_unknown_language_changes_nothing(browser: Browser) -> None:
    answer = browser().get("/login?lang=%27%22x")
    assert '<html lang="zh-CN">' in answer.text
    assert "bihuan_language" not in answer.headers.get("set-cookie", "")
