"""An official starts a campaign and sees where it stands."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.person import People
from tests.e2e.steps import approve

TITLE = "企业安全生产主体责任百日攻坚行动"


def test_two_officials_launch_the_drive_after_a_preview_and_see_numbers_on_the_diagram(
    people: People,
) -> None:
    office = people("anban1")
    office.visit("/campaigns").get_by_role("link", name="发起").first.click()
    page = office.page
    expect(page.get_by_text("主要负责人上半年履职报告")).to_be_visible()
    page.get_by_label("给审批人的说明").fill("按区里统一安排")
    page.get_by_role("button", name="提交审批：40 家企业").click()
    page.wait_for_url("**/launches/1*")
    expect(page.get_by_text("待审批")).to_be_visible()
    approve(people("anban2"))
    page.reload()
    page.get_by_role("link", name="查看这个行动").click()
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    office.move_clock("过一天")  # the first phase is dispatched in the background
    expect(page.get_by_role("definition").filter(has_text="0 / 40 项")).to_be_visible()
    flow = page.get_by_role("region", name="流程图")
    expect(flow.get_by_text("自查并提交材料").first).to_be_visible()
    expect(flow.get_by_text("40", exact=True).first).to_be_visible()


def test_the_preview_counts_again_when_the_scope_gets_smaller(people: People) -> None:
    page = people("anban1").visit("/campaigns/new")
    before = page.get_by_role("button", name="提交审批：").inner_text()
    page.get_by_label("样例柳泉镇").check()
    expect(page.get_by_role("button", name="提交审批：")).not_to_have_text(before)


def test_a_campaign_is_suspended_with_a_reason_that_enterprises_read_and_then_goes_on(people: People) -> None:
    office = people("anban1")
    page = office.visit("/campaigns/1/standing")
    form = page.get_by_role("main").locator("#suspend")
    form.get_by_role("button").click()
    expect(form.get_by_role("alert")).to_contain_text("原因")
    form.get_by_label("原因").fill("台风红色预警，全区停工")
    form.get_by_role("button").click()
    office.told("已暂停")
    enterprise = people("qiye1")
    expect(enterprise.visit("/notices").get_by_text("台风红色预警，全区停工")).to_be_visible()
    expect(enterprise.visit("/inbox").get_by_role("link").filter(has_text="履职报告")).to_have_count(0)
    page.locator("#resume").get_by_label("原因").fill("预警解除，恢复生产")
    page.locator("#resume").get_by_role("button").click()
    office.told("已恢复")
    expect(enterprise.visit("/inbox").get_by_role("link").filter(has_text="履职报告").first).to_be_visible()


def test_a_launch_for_a_pasted_list_warns_of_too_much_work_and_of_who_was_not_found(people: People) -> None:
    office = people("anban1")
    names = [people.product.enterprise_of(f"qiye{number}") for number in (1, 2, 3)]
    page = office.visit("/campaigns/new?template=anshan-three-year&year=2025")
    page.get_by_label("每人每周可审").fill("1")
    page.get_by_label("每人每周可审").blur()
    page.get_by_text("按名单限定企业").click()
    page.get_by_label("每行一家").fill("\n".join([*names, "样例没有这家公司"]))
    page.get_by_role("button", name="按名单限定").click()
    expect(page.get_by_text("4 行里认出 3 家企业")).to_be_visible()
    expect(page.get_by_text("第4行：台账里没有“样例没有这家公司”")).to_be_visible()
    expect(page.get_by_label("每行一家")).to_have_value("\n".join([*names, "样例没有这家公司"]))
    expect(page.get_by_label("每人每周可审")).to_have_value("1")
    staffing = page.locator("#staffing")
    expect(staffing.get_by_text("周超出").first).to_be_visible()
    staffing.get_by_text("12/29–1/4").first.click()
    expect(staffing.get_by_text("超出").nth(1)).to_be_visible()
    page.get_by_role("button", name="提交审批：3 家企业").click()
    page.wait_for_url("**/launches/*")
    expect(page.get_by_text("只发给名单里的 3 家企业")).to_be_visible()
    expect(page.get_by_text("1 行没有认出，不会派发")).to_be_visible()
