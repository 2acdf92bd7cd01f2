"""An official starts a campaign and sees where it stands."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.e2e.person import People

TITLE = "企业安全生产主体责任百日攻坚行动"


def test_an_official_launches_the_drive_after_a_preview_and_sees_numbers_on_the_diagram(
    people: People,
) -> None:
    office = people("anban1")
    office.visit("/campaigns").get_by_role("link", name="发起").first.click()
    page = office.page
    expect(page.get_by_text("主要负责人上半年履职报告")).to_be_visible()
    page.get_by_role("button", name="发起：40 家企业").click()
    page.wait_for_url("**/campaigns/1*")
    expect(page.get_by_role("heading", name=TITLE, level=1)).to_be_visible()
    office.move_clock("过一天")  # the first phase is dispatched in the background
    expect(page.get_by_role("definition").filter(has_text="0 / 40 项")).to_be_visible()
    flow = page.get_by_role("region", name="流程图")
    expect(flow.get_by_text("自查并提交材料").first).to_be_visible()
    expect(flow.get_by_text("40", exact=True).first).to_be_visible()


def test_the_preview_counts_again_when_the_scope_gets_smaller(people: People) -> None:
    page = people("anban1").visit("/campaigns/new")
    before = page.get_by_role("button", name="发起：").inner_text()
    page.get_by_label("样例柳泉镇").check()
    expect(page.get_by_role("button", name="发起：")).not_to_have_text(before)
