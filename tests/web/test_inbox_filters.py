"""The filters of the inbox and the review queue in the page: read from the address, kept in every link, saved."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from tests.web.conftest import Browser, token_of


def keep(client: TestClient, **fields: str) -> tuple[int, str]:
    data = {"csrf_token": token_of(client, "/me"), "page": "inbox", "group": "overdue", **fields}
    answer = client.post("/filters", data=data)
    return answer.status_code, answer.headers.get("location", "") or answer.text


@pytest.mark.parametrize(
    "query",
    [
        "group=never", "campaign=x", "town=" + "9" * 5000, "industry=moon", "who=nobody", "order=sideways", "after=x",
        "after=1~later~nan~x", "after=1~later~1e999~x", "after=9999999999999999999~overdue~-~",
        "phase=²", "after=1~later~-~%00",
    ],
)  # fmt: skip
def test_an_odd_filter_restricts_nothing(browser: Browser, query: str) -> None:
    assert browser("lu").get(f"/inbox?{query}").status_code == 200
    assert browser("lu").get(f"/reviews?{query}").status_code == 200


def test_a_saved_filter_stands_above_the_list(browser: Browser) -> None:
    client = browser("zhoumin")
    assert keep(client, name="先办逾期") == (303, "/inbox?group=overdue")
    page = client.get("/inbox").text
    assert re.search(r'href="/inbox\?group=overdue"[^>]*>.*?先办逾期', page, re.S)


def test_a_shared_filter_reaches_colleagues_and_nobody_else(browser: Browser) -> None:
    keep(browser("lu"), name="全区逾期", shared="1")
    assert "全区逾期" in browser("lu").get("/inbox").text
    assert "全区逾期" not in browser("zhoumin").get("/inbox").text


def test_a_filter_without_a_name_is_refused_in_words(browser: Browser) -> None:
    status, page = keep(browser("zhoumin"), name=" ")
    assert status == 422
    assert "名称：必须填写" in page


def test_somebody_elses_filter_does_not_exist(browser: Browser) -> None:
    keep(browser("zhoumin"), name="我的")
    other = browser("other")
    answer = other.post("/filters/1/remove", data={"csrf_token": token_of(other, "/me")})
    assert answer.status_code == 404
    assert "我的" in browser("zhoumin").get("/inbox?group=overdue").text
