"""The three most frequent jobs of each role that works for the authorities, and of the principal, counted in the
middle of the drive from the page after sign-in; typing and Enter are not counted.

Left out, because the product does not do them yet: the principal approves a plan and its funds; a team's daily checks;
the department's formal talk and monthly report; enforcement visits and orders; circulars and enforcement lists.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Screen
from tests.e2e.midway import lay_out, let_a_step_fail
from tests.e2e.person import People
from tests.e2e.presses import Presses
from tests.e2e.product import Product, running
from tests.e2e.steps import ITEM, firm

CAMPAIGN = "企业安全生产主体责任百日攻坚行动"


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """16 July 2025: some are late since June; a step of the ladder failed this morning."""
    folder = tmp_path_factory.mktemp("midway")
    lay_out(folder, until=date(2025, 7, 15))
    let_a_step_fail(folder, on=date(2025, 7, 16))
    with running(folder) as product:
        yield product


def test_a_principal_sees_what_is_late_at_once(people: People) -> None:
    _, principal = people.product.accounts_with_a_late(ITEM)
    presses = Presses(people(principal))
    with presses.counted():
        expect(presses.person.page.get_by_text("逾期11个工作日").first).to_be_visible()
    assert presses.made == 0


def test_a_town_urges_all_that_is_overdue(people: People) -> None:
    presses = Presses(people("zhen3a"))
    page = presses.person.page
    with presses.counted():
        page.get_by_role("navigation", name="主导航").get_by_role("link", name="逾期看板").click()
        page.get_by_role("button", name="催办全部").click()
        presses.person.told("已催办")
    assert 0 < presses.made <= 3


def test_a_department_grants_an_extension(people: People) -> None:
    one = firm(people, "qiye1", Screen.DESKTOP)
    page = one.safety_officer.visit("/obligations")
    page.get_by_role("main").get_by_role("link").filter(has_text="主要负责人安全宣讲").first.click()
    page.get_by_label("申请延期至").fill("2025-08-25")
    page.get_by_label("理由").fill("培训师下周才能到场，须改期宣讲。")
    page.get_by_role("button", name="申请延期").click()
    one.safety_officer.told("延期申请已送部门")

    presses = Presses(one.department)
    with presses.counted():
        one.department.page.get_by_role("main").get_by_role("link").filter(
            has_text="决定是否延期"
        ).first.click()
        one.department.press("准予延期")
        one.department.told("已提交：决定是否延期")
    assert 0 < presses.made <= 2


def test_the_lead_office_sees_where_things_are_stuck(people: People) -> None:
    presses = Presses(people("anban1"))
    page = presses.person.page
    with presses.counted():
        page.get_by_role("link", name=CAMPAIGN).click()
        expect(page.locator(".diagram .count").first).to_be_visible()
    assert 0 < presses.made <= 1


def test_the_lead_office_proposes_a_launch(people: People) -> None:
    presses = Presses(people("anban1"))
    page = presses.person.page
    with presses.counted():
        page.get_by_role("link", name="发起行动").click()
        page.get_by_text("落实企业安全生产主体责任三年行动").click()
        page.wait_for_url("**template=anshan**")
        page.get_by_label("起始年份").fill("2026")
        page.get_by_label("起始年份").press("Tab")
        page.wait_for_url("**year=2026**")
        page.get_by_role("button", name="提交审批").click()
        page.wait_for_url("**/launches/*")
    assert 0 < presses.made <= 4


def test_a_leader_sees_progress_ranking_and_one_firm(people: People) -> None:
    presses = Presses(people("lingdao"))
    page = presses.person.page
    with presses.counted():
        expect(page.get_by_role("row").filter(has_text=CAMPAIGN)).to_contain_text("%")
    assert presses.made == 0

    with presses.counted():
        page.get_by_role("link", name=CAMPAIGN).click()
        expect(page.get_by_role("heading", name="按镇街")).to_be_visible()
    assert 0 < presses.made <= 1

    with presses.counted():
        page.get_by_role("navigation", name="主导航").get_by_role("link", name="企业台账").click()
        page.get_by_role("searchbox").or_(page.locator("#q")).fill(people.product.enterprise_of("qiye1"))
        page.locator("#q").press("Enter")
        page.get_by_role("main").get_by_role("link", name=people.product.enterprise_of("qiye1")).click()
        expect(page.get_by_role("heading", name="事项和隐患")).to_be_visible()
    assert 0 < presses.made <= 2


def test_the_administrator_adds_a_person(people: People) -> None:
    presses = Presses(people("admin"))
    page = presses.person.page
    with presses.counted():
        page.get_by_role("link", name="新建人员").click()
        page.get_by_label("单位名称或代码").fill(people.product.enterprise_of("qiye3"))
        page.get_by_label("单位名称或代码").press("Enter")
        page.get_by_label("姓名").fill("陈样")
        page.get_by_label("用户名").fill("chenyang")
        page.get_by_label("安全员").check()
        page.get_by_role("button", name="新建", exact=True).click()
        expect(page.locator("#password")).to_be_visible()
    assert 0 < presses.made <= 3


def test_the_administrator_retries_what_broke(people: People) -> None:
    presses = Presses(people("admin"))
    page = presses.person.page
    with presses.counted():
        page.get_by_role("navigation", name="主导航").get_by_role("link", name="故障").click()
        page.get_by_role("button", name="重试").first.click()
        presses.person.told("已")
    assert 0 < presses.made <= 2


def test_the_administrator_reads_the_audit_log(people: People) -> None:
    presses = Presses(people("admin"))
    page = presses.person.page
    with presses.counted():
        page.get_by_role("navigation", name="主导航").get_by_role("link", name="审计").click()
        expect(page.get_by_role("table")).to_be_visible()
    assert 0 < presses.made <= 1
