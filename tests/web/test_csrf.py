"""A change comes from our own pages or not at all, sign-in included."""

from __future__ import annotations

import pytest

from tests.people import PASSWORD
from tests.web.conftest import Browser, token_of


def test_a_post_without_a_token_is_refused(browser: Browser) -> None:
    client = browser("zhoumin")
    answer = client.post("/logout")
    assert answer.status_code == 403
    assert "没有保存" in answer.text
    assert client.get("/me").status_code == 200


def test_sign_in_needs_a_token_too(browser: Browser) -> None:
    client = browser()
    client.get("/login")
    assert client.post("/login", data={"username": "zhoumin", "password": PASSWORD}).status_code == 403


def test_the_token_of_another_browser_is_refused(browser: Browser) -> None:
    foreign = token_of(browser("hanli"), "/me")
    assert browser("zhoumin").post("/logout", data={"csrf_token": foreign}).status_code == 403


def test_the_token_may_come_in_a_header(browser: Browser) -> None:
    client = browser("zhoumin")
    assert client.post("/logout", headers={"X-CSRF-Token": token_of(client, "/me")}).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_the_right_token_from_another_site_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    client = browser("zhoumin")
    answer = client.post("/logout", data={"csrf_token": token_of(client, "/me")}, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}])
def test_our_own_pages_are_heard(browser: Browser, headers: dict[str, str]) -> None:
    client = browser("zhoumin")
    answer = client.post("/logout", data={"csrf_token": token_of(client, "/me")}, headers=headers)
    assert answer.status_code == 303


def test_a_token_that_is_no_text_at_all_is_refused(browser: Browser) -> None:
    client = browser("zhoumin")
    assert client.post("/logout", data={"csrf_token": "é"}).status_code == 403
    assert client.post("/logout", files={"csrf_token": ("x.txt", b"x")}).status_code == 403
