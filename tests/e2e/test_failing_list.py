"""A failing list from the objection to the signature: an enterprise objects, an official strikes, signs and exports."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.looks import good_on_a_phone
from tests.e2e.midway import lay_out
from tests.e2e.person import People
from tests.e2e.product import Product, running

OBJECTION = "应急预案已于8月8日备案，系统里还没有更新"
ANSWER = "经核实，仍有事项没有通过"
REASON = "该企业已于8月停产"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """11 August 2025: the lists of the cut-off day are drafted."""
    folder = tmp_path_factory.mktemp("cutoff")
    lay_out(folder, until=date(2025, 8, 11))
    with running(folder) as product:
        yield product


def test_an_official_strikes_an_enterprise_signs_the_list_and_exports_it(
    people: People, pictures: Pictures
) -> None:
    safety_officer, _ = people.product.accounts_on_a_list()
    name = people.product.enterprise_of(safety_officer)
    officer = people(safety_officer, Screen.PHONE)
    page = officer.visit("/failing-lists")
    good_on_a_phone(page)
    page.get_by_role("link", name="截至8月10日").click()
    expect(page.get_by_text("名单是草稿，尚无效力")).to_be_visible()
    good_on_a_phone(page)
    page.get_by_label("异议内容").fill(OBJECTION)
    page.get_by_label("为“证明材料”添加文件").set_input_files(pictures.photo("receipt.jpg"))
    expect(page.get_by_role("img", name="receipt.jpg")).to_be_visible()
    page.get_by_role("button", name="提出异议").click()
    officer.told("异议已提交")

    department = people(people.product.department_officers(safety_officer)[0])
    department.take("企业安全生产主体责任百日攻坚行动")
    expect(department.panel).to_contain_text(OBJECTION)
    department.choose("异议是否成立", "不成立，保留在名单中")
    department.write("答复", ANSWER)
    department.press("提交答复")
    department.told("已提交")
    officer.visit("/failing-lists").get_by_role("link", name="截至8月10日").click()
    expect(officer.page.get_by_role("main")).to_contain_text(ANSWER)

    page = department.visit("/failing-lists")
    page.get_by_role("link", name="截至8月10日").click()
    other = page.get_by_role("rowheader").filter(has_not_text=name).get_by_role("link").first
    struck = other.inner_text()
    other.click()
    page.get_by_label("剔除理由").fill(REASON)
    page.get_by_role("button", name="剔除这家企业").click()
    department.told(f"已剔除{struck}")
    expect(page.get_by_role("link", name="审定签发")).to_have_count(0)

    for _ in range(3):
        department.move_clock("过一天")
    page.get_by_role("link", name="审定签发").click()
    page.get_by_label("签发意见").fill("逐家核对属实，同意上报并开展执法检查")
    page.get_by_label("我已逐家核对").check()
    page.get_by_role("button", name="签发").click()
    department.told("名单已签发")

    with page.expect_download() as download:
        page.get_by_role("link", name="导出Excel").click()
    rows = list(
        load_workbook(BytesIO(download.value.path().read_bytes())).worksheets[0].iter_rows(values_only=True)
    )
    assert {row[-2:] for row in rows if row[1] == struck} == {("已剔除", REASON)}
    assert {row[-2:] for row in rows if row[1] == name} == {(None, None)}
    page.get_by_role("link", name="打印版").click()
    expect(page.get_by_role("article")).to_contain_text(name)
    expect(page.get_by_role("article")).not_to_contain_text(struck)


def test_the_signed_list_leads_to_a_visit_and_the_enterprise_sees_it(people: People) -> None:
    safety_officer, _ = people.product.accounts_on_a_list()
    name = people.product.enterprise_of(safety_officer)
    department = people(people.product.department_officers(safety_officer)[0])
    department.visit("/enforcement")
    department.move_clock("过一天")  # what follows a signature runs in the background
    page = department.visit("/enforcement")
    page.get_by_role("link", name=name).click()
    page.get_by_role("link", name="去办理：现场检查").click()
    department.choose("检查结果", "未整改，责令限期整改")
    department.write("检查情况", "第8项责任制仍未公示")
    department.panel.get_by_label("整改期限").fill("2025-08-29")
    department.write("执法人员一", "韩立")
    department.write("执法人员二", "陆平")
    department.press("提交检查结果")
    department.told("已提交")
    officer = people(safety_officer, Screen.PHONE)
    page = officer.visit("/enforcement")
    good_on_a_phone(page)
    page.get_by_role("link", name=name).click()
    expect(page.get_by_role("main")).to_contain_text("限期整改中")
    expect(page.get_by_role("main")).to_contain_text("第8项责任制仍未公示")
    good_on_a_phone(page)
