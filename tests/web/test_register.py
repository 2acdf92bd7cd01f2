"""The register's pages: a file from upload to undo, the file of one enterprise, who may see and change what."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook
from sqlalchemy import select

from tests.people import NOW, District
from tests.unit.register.test_workbooks import book_of
from tests.web.conftest import Browser, in_database, token_of
from workflows import imports
from workflows.register.models import Contact, Enterprise, RegisterImport
from workflows.settings import Settings
from workflows.times import iso

HEADER = ["统一社会信用代码", "企业名称", "镇街", "监管部门", "行业", "地址"]
GOOD = ["91110000600037341L", "甲有限公司", "柳泉镇", "应急局", "金属冶炼", "一号路"]
BAD = ["91350100M000100Y43", "乙有限公司", "月球", "应急局", "金属冶炼", "=1+1"]


def post(client: TestClient, path: str, **fields: Any) -> Any:
    return client.post(path, data={"csrf_token": token_of(client, "/me"), **fields})


def send(client: TestClient, content: bytes, name: str = "台账.xlsx") -> str:
    data = {"csrf_token": token_of(client, "/me")}
    answer = client.post("/enterprises/import", data=data, files={"file": (name, content)})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def wait(app: FastAPI, settings: Settings) -> None:
    """What the scheduler does beside the pages."""
    imports.run_due(app.state.sessions, settings.import_dir, machine_now=NOW)


def test_a_file_goes_from_upload_to_undo(app: FastAPI, settings: Settings, browser: Browser) -> None:
    lu = browser("lu")
    address = send(lu, book_of(HEADER, GOOD, BAD))
    assert "正在读取文件" in lu.get(address).text
    wait(app, settings)
    page = lu.get(address).text
    assert "导入 1 行" in page
    assert "镇街“月球”不在名录中" in page
    assert post(lu, f"{address}/accept").headers["location"] == address
    wait(app, settings)
    assert "撤销这次导入" in lu.get(address).text
    assert "甲有限公司" in lu.get("/enterprises?q=甲有").text
    assert post(lu, f"{address}/undo").headers["location"] == address
    assert "正在撤销" in lu.get(address).text
    wait(app, settings)
    assert "甲有限公司" not in lu.get("/enterprises?q=甲有").text
    assert "已撤销" in lu.get("/enterprises/import").text


def test_wrong_rows_can_be_fetched_as_a_workbook_of_text(
    app: FastAPI, settings: Settings, browser: Browser
) -> None:
    lu = browser("lu")
    address = send(lu, book_of(HEADER, GOOD, BAD))
    wait(app, settings)
    answer = lu.get(f"{address}/rejected.xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.data_type for cell in sheet[2]] == ["s"] * 7
    assert [cell.value for cell in sheet[2]][:3] == BAD[:3]


def test_columns_are_explained_once(app: FastAPI, settings: Settings, browser: Browser) -> None:
    lu = browser("lu")
    content = book_of([*HEADER[:4], "干什么的"], GOOD[:5])
    address = send(lu, content)
    wait(app, settings)
    assert "这些列各是什么" in lu.get(address).text
    fields = {f"m.0.{place}": name for place, name in enumerate(["uscc", "name", "town_id", "department_id"])}
    refused = post(lu, f"{address}/columns", **fields)
    assert (refused.status_code, "还没有列对应：行业" in refused.text) == (422, True)
    post(lu, f"{address}/columns", **fields, **{"m.0.4": "industry"})
    wait(app, settings)
    assert "导入 1 行" in lu.get(address).text
    again = send(lu, content)
    wait(app, settings)
    assert "导入 1 行" in lu.get(again).text


@pytest.mark.parametrize("content", [b"", b"\xff\xff\xff", b"PK\x03\x04x", b"\xd0\xcf\x11\xe0x", b"a,b\n"])
def test_a_file_that_is_no_register_is_answered(
    app: FastAPI, settings: Settings, browser: Browser, content: bytes
) -> None:
    lu = browser("lu")
    address = send(lu, content, name="x" * 900)
    wait(app, settings)
    page = lu.get(address)
    assert page.status_code == 200
    assert "要改的地方" in page.text or "这些列各是什么" in page.text


def test_while_it_is_worked_on_the_page_asks_for_a_piece_of_itself(browser: Browser) -> None:
    lu = browser("lu")
    address = send(lu, book_of(HEADER, GOOD))
    piece = lu.get(address, headers={"HX-Request": "true"}).text
    assert "every 1s" in piece
    assert "<html" not in piece


@pytest.mark.parametrize("name", ["zhoumin", "hanli"])
def test_only_the_lead_office_imports(browser: Browser, name: str) -> None:
    assert browser(name).get("/enterprises/import").status_code == 403


# --- the file of one enterprise


@pytest.mark.parametrize(
    ("name", "own", "other"),
    [("lu", 200, 200), ("hanli", 200, 404), ("zhoumin", 200, 404), ("other", 404, 200)],
)
def test_a_file_is_shown_to_whom_it_concerns(
    browser: Browser, district: District, name: str, own: int, other: int
) -> None:
    client = browser(name)
    found = [client.get(f"/enterprises/{firm}").status_code for firm in (district.firm, district.other_firm)]
    assert found == [own, other]


def test_an_enterprise_comes_to_its_own_file(browser: Browser, district: District) -> None:
    assert browser("zhoumin").get("/file").headers["location"] == f"/enterprises/{district.firm}"


def firm_of(app: FastAPI, number: int) -> Enterprise:
    with in_database(app) as session:
        return session.get_one(Enterprise, number)


def test_the_town_edits_facts_and_the_history_tells(
    app: FastAPI, browser: Browser, district: District
) -> None:
    hanli = browser("hanli")
    seen = iso(firm_of(app, district.firm).updated_at)
    fields = {
        "seen": seen,
        "employees": "１２",
        "dust": "是",
        "licence:safety_production:expires_on": "2026年4月1日",
    }
    assert post(hanli, f"/enterprises/{district.firm}", **fields).status_code == 303
    firm = firm_of(app, district.firm)
    assert (firm.employees, firm.flags) == (12, {"dust": True})
    page = hanli.get(f"/enterprises/{district.firm}").text
    assert re.search(r"涉爆粉尘：<span class=\"mute\">待核实</span> → 是", page)
    assert "还有30天" in page


def test_what_was_typed_wrong_comes_back_with_the_reason(
    app: FastAPI, browser: Browser, district: District
) -> None:
    seen = iso(firm_of(app, district.firm).updated_at)
    answer = post(
        browser("hanli"), f"/enterprises/{district.firm}", seen=seen, employees="很多", address="新址"
    )
    assert answer.status_code == 422
    assert "应为整数" in answer.text
    assert 'value="很多"' in answer.text
    assert 'value="新址"' in answer.text
    assert firm_of(app, district.firm).address is None


def test_a_file_changed_meanwhile_is_a_conflict(app: FastAPI, browser: Browser, district: District) -> None:
    fields = {"seen": "2020-01-01T00:00:00+00:00", "employees": "12"}
    assert post(browser("hanli"), f"/enterprises/{district.firm}", **fields).status_code == 409
    assert firm_of(app, district.firm).employees is None


@pytest.mark.parametrize("name", ["zhoumin", "other"])
def test_an_enterprise_does_not_edit_files(browser: Browser, district: District, name: str) -> None:
    assert post(browser(name), f"/enterprises/{district.firm}", employees="1").status_code == 403


def test_nobody_answers_for_another_enterprise(browser: Browser, district: District) -> None:
    client = browser("other")
    assert post(client, f"/enterprises/{district.firm}/answers", dust="是").status_code == 404
    assert post(browser("lu"), f"/enterprises/{district.firm}/answers", dust="是").status_code == 403


def test_contacts_are_added_and_removed(app: FastAPI, browser: Browser, district: District) -> None:
    hanli, address = browser("hanli"), f"/enterprises/{district.firm}"
    assert post(hanli, f"{address}/contacts", role="安全总监", name="张三", phone="").status_code == 422
    post(hanli, f"{address}/contacts", role="安全总监", name="张三", phone="000-1")
    assert "张三" in hanli.get(address).text
    with in_database(app) as session:
        number = session.scalars(select(Contact.id)).one()
    post(hanli, f"{address}/contacts/{number}/remove")
    with in_database(app) as session:
        assert session.scalars(select(Contact)).all() == []


@pytest.mark.parametrize("number", ["0", "x", "9" * 30])
@pytest.mark.parametrize(
    "path", ["/enterprises/{}", "/enterprises/import/{}", "/enterprises/import/{}/rejected.xlsx"]
)
def test_what_is_not_there_is_not_found(browser: Browser, path: str, number: str) -> None:
    assert browser("lu").get(path.format(number)).status_code == 404


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_pages_are_there_in_both_languages(
    app: FastAPI, settings: Settings, browser: Browser, district: District, language: str
) -> None:
    lu = browser("lu")
    address = send(lu, book_of(HEADER, GOOD, BAD))
    wait(app, settings)
    for path in (address, "/enterprises/import", f"/enterprises/{district.firm}", "/enterprises?q=铸造"):
        assert lu.get(f"{path}{'&' if '?' in path else '?'}lang={language}").status_code == 200


def test_a_name_of_a_file_cannot_lead_anywhere(app: FastAPI, settings: Settings, browser: Browser) -> None:
    send(browser("lu"), book_of(HEADER, GOOD), name="../../x\u202e.xlsx")
    with in_database(app) as session:
        one = session.scalars(select(RegisterImport)).one()
    assert [path.name for path in settings.import_dir.iterdir()] == [one.sha256]
