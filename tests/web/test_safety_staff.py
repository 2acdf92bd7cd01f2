"""The pages of safety staff: one enterprise's lines, who lacks some, the obligation with its numbers."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from fastapi import FastAPI
from openpyxl import load_workbook
from sqlalchemy import select

from engine.models import UserTask
from tests.people import District
from tests.web.conftest import Browser, in_database, token_of
from tests.web.house import NOW, Place
from workflows.obligations.models import Obligation
from workflows.register import judging
from workflows.register.models import Enterprise
from workflows.sweep import sweep
from workflows.times import iso

SHORT = {
    "employees": "120",
    "full_time_officers": "1",
    "has_safety_department": "否",
    "registered_engineers": "1",
}


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def edit(app: FastAPI, browser: Browser, firm: int, **fields: Any) -> Any:
    hanli = browser("hanli")
    with in_database(app) as session:
        seen = iso(session.get_one(Enterprise, firm).updated_at)
    return hanli.post(
        f"/enterprises/{firm}", data={"csrf_token": token_of(hanli, "/me"), "seen": seen, **fields}
    )


@pytest.fixture
def short(app: FastAPI, browser: Browser, district: District) -> int:
    """A coal mine of 120 people with one officer, where three and a department are needed."""
    assert edit(app, browser, district.firm, **SHORT).status_code == 303
    return district.firm


@pytest.mark.parametrize("who", ["hanli", "zhoumin"])
def test_a_file_says_what_is_required_there_and_short(browser: Browser, short: int, who: str) -> None:
    page = plain(browser(who).get(f"/enterprises/{short}").text)
    assert "专职安全生产管理人员 第11条 3人 1人 差2人" in page
    assert "安全生产管理机构 第11条 应设 未设 未设机构" in page
    assert "没有写明是否只算专职" in page


def test_a_file_without_a_headcount_asks_for_it(browser: Browser, district: District) -> None:
    page = plain(browser("hanli").get(f"/enterprises/{district.firm}").text)
    names = "从业人数、专职安全生产管理人员、兼职安全生产管理人员、注册安全工程师"
    assert f"待核实：{names}。请补全档案后再算。" in page


def test_a_number_that_is_none_comes_back(app: FastAPI, browser: Browser, district: District) -> None:
    answer = edit(app, browser, district.firm, full_time_officers="三个")
    assert (answer.status_code, "应为整数" in answer.text, 'value="三个"' in answer.text) == (422, True, True)


def test_the_list_names_the_firm_and_what_it_lacks(browser: Browser, short: int) -> None:
    page = plain(browser("lu").get("/enterprises/staff").text)
    assert "安全生产管理机构未设；专职安全生产管理人员应配3人、实有1人、差2人" in page
    assert "有差额 1 " in page


def test_the_list_is_reached_from_the_register(browser: Browser) -> None:
    assert 'href="/enterprises/staff"' in browser("lu").get("/enterprises").text


@pytest.mark.parametrize(
    ("query", "found"),
    [("industry=coal_mine", True), ("industry=other", False), ("state=met", False), ("by=department", True)],
)
def test_the_list_can_be_narrowed(browser: Browser, short: int, query: str, found: bool) -> None:
    page = browser("lu").get(f"/enterprises/staff?{query}").text
    assert (f"/enterprises/{short}#staff" in page) is found


def test_the_list_goes_out_as_a_workbook(browser: Browser, short: int) -> None:
    answer = browser("lu").get("/enterprises/staff.xlsx")
    header, row = load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows(values_only=True)
    told = dict(zip(header, row, strict=True))
    assert (told["从业人数"], told["适用条款"], told["状态"]) == (120, "第11条", "有差额")
    assert "差2人" in str(told["差额"])


@pytest.mark.parametrize("query", ["state=x", "by=x", "town=x", "after=999999", "industry=x"])
def test_what_makes_no_sense_is_no_page(browser: Browser, query: str) -> None:
    assert browser("lu").get(f"/enterprises/staff?{query}").status_code == 404


def test_an_enterprise_does_not_see_the_list(browser: Browser) -> None:
    assert browser("zhoumin").get("/enterprises/staff").status_code == 403


def test_the_obligation_and_its_task_name_the_numbers(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        session.get_one(Enterprise, place.house.firm).employees = 250
        session.flush()
        judging.refresh(session, [place.house.firm])
    place.enter("lead").post("/campaigns", data={"template": "safety-staff", "year": "2025"})
    campaign = place.approve()
    sweep(place.app.state.sessions, now=NOW)
    with place.look() as session:
        held = session.scalars(select(Obligation).where(Obligation.campaign_id == campaign)).one()
        task = session.scalars(select(UserTask.id).where(UserTask.instance_id == held.instance_id)).one()
    officer = place.enter("officer")
    pages = [plain(officer.get(path).text) for path in (f"/obligations/{held.id}", f"/inbox?task={task}")]
    line = "专职安全生产管理人员 第12条 2人 1人 差1人"
    assert (held.enterprise_id, [line in page for page in pages]) == (place.house.firm, [True, True])


def test_an_item_of_another_kind_says_nothing_of_staff(place: Place) -> None:
    page = place.enter("officer").get(f"/obligations/{place.house.late}").text
    assert 'id="staff"' not in page
