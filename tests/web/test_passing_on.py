"""Passing tasks on in the page: buttons for who may, plain notices for who was late, nothing for strangers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from engine import runtime
from engine.models import UserTask
from tests.people import NOW, District, add_account
from tests.web.conftest import Browser, token_of
from workflows import handlers, processes
from workflows.accounts.types import Role
from workflows.clock import business_now
from workflows.times import day_of


@pytest.fixture
def task(app: FastAPI, district: District) -> int:
    """A request for an extension waits for the bureau, where three people could decide it."""
    with app.state.sessions.begin() as session:
        for name in ("chen", "fang", "gao"):
            add_account(session, name, district.bureau, Role.DEPARTMENT_OFFICER)
        handlers.register()
        processes.deploy_all(session, now=NOW)
        variables = {
            "subject": "obligation", "subject_id": 1, "extension_id": 1, "title": "整改延期",
            "enterprise_id": district.firm, "town_id": district.town, "department_id": district.bureau,
            "office_id": district.office, "requested_due_on": "2026-04-01", "request_reason": "设备未到",
        }  # fmt: skip
        runtime.start(session, key="extension", business_key="extension:1", variables=variables, now=NOW)
        found = session.query(UserTask).one()
        return found.id


def press(client: TestClient, task: int, way: str, **fields: str) -> tuple[int, str]:
    data = {"csrf_token": token_of(client, "/me"), **fields}
    answer = client.post(f"/tasks/{task}/{way}", data=data)
    return answer.status_code, answer.headers.get("location") or answer.text


def id_of(page: str, name: str) -> str:
    found = re.search(rf'<option value="(\d+)">{name}', page)
    assert found is not None
    return found[1]


def test_who_was_second_is_told_who_was_first(browser: Browser, task: int) -> None:
    assert press(browser("chen"), task, "claim") == (303, f"/reviews?task={task}&did=claim")
    status, page = press(browser("fang"), task, "claim")
    assert status == 409
    assert "这一项已由Chen认领" in page


def test_the_page_of_a_claimed_task_offers_a_colleague_no_buttons(browser: Browser, task: int) -> None:
    press(browser("chen"), task, "claim")
    page = browser("fang").get(f"/tasks/{task}").text
    assert "Chen已认领" in page
    assert 'id="task-form"' not in page


def test_a_delegate_finds_the_task_and_gives_it_back(browser: Browser, task: int) -> None:
    chen, fang = browser("chen"), browser("fang")
    to = id_of(chen.get(f"/tasks/{task}").text, "Fang")
    assert press(chen, task, "delegate", to=to, note="先看一下")[0] == 303
    page = fang.get(f"/reviews?task={task}").text
    assert "Chen请您先办" in page
    assert "“整改延期”" in fang.get("/notices").text
    assert press(fang, task, "resolve", reason="理由充分", _note="可以同意")[0] == 303
    page = chen.get(f"/reviews?task={task}").text
    assert "委派已办好" in page
    assert "理由充分" in page


def test_a_task_is_handed_to_colleagues_only(browser: Browser, task: int) -> None:
    status, page = press(browser("chen"), task, "hand-over", to="1")
    assert status == 422
    assert "交给谁：请从列出的选项中选择" in page


@pytest.mark.parametrize(
    "way", ["claim", "unclaim", "take-back", "hand-over", "delegate", "remind", "urge", "resolve"]
)
def test_strangers_do_not_learn_of_the_task(browser: Browser, task: int, way: str) -> None:
    assert press(browser("hanli"), task, way)[0] == 404


def test_a_task_is_put_off(app: FastAPI, browser: Browser, task: int) -> None:
    with app.state.sessions() as session:
        today = day_of(business_now(session, machine_now=NOW))
    assert press(browser("chen"), task, "remind", on=(today + timedelta(days=2)).isoformat())[0] == 303
    assert "整改延期" not in browser("chen").get("/reviews").text
    assert "整改延期" in browser("chen").get("/reviews?who=remind").text


def test_a_stand_in_is_named_on_ones_own_page(app: FastAPI, browser: Browser, task: int) -> None:
    with app.state.sessions() as session:
        today = day_of(business_now(session, machine_now=NOW)).isoformat()
    chen = browser("chen")
    page = chen.get("/me").text
    to = re.search(r'<option value="(\d+:department_officer/\d+)">Fang', page)
    assert to is not None
    data = {"csrf_token": token_of(chen, "/me"), "to": to[1], "from_on": today, "to_on": today}
    assert chen.post("/me/stand-in", data=data).status_code == 303
    assert "取消代办" in chen.get("/me").text
    assert "您正在代办：Chen" in browser("fang").get("/me").text
    press(chen, task, "claim")
    assert "代Chen办理" in browser("fang").get(f"/reviews?task={task}").text
