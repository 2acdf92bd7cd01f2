"""An obligation from the self-check to its end, on a desktop and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.person import People
from tests.e2e.steps import (
    ITEM,
    accept,
    finish,
    firm,
    hand_in,
    open_obligation,
    report_compliant,
    send_back,
    sign,
    state,
)

REASON = "公示照片里看不清日期，请重拍后提交。"

pytestmark = pytest.mark.usefixtures("drive")


@pytest.mark.parametrize(("username", "screen"), [("qiye1", Screen.DESKTOP), ("qiye2", Screen.PHONE)])
def test_what_the_town_returns_is_corrected_signed_again_and_accepted(
    people: People, pictures: Pictures, username: str, screen: Screen
) -> None:
    one = firm(people, username, screen)
    report_compliant(one.safety_officer, pictures)
    sign(one.principal)
    send_back(one.town, one.name, REASON)

    one.safety_officer.take(ITEM)
    expect(one.safety_officer.panel.get_by_text(REASON).first).to_be_visible()
    one.safety_officer.choose("自查结果", "符合")
    one.safety_officer.attach("厂区公示照片", pictures.photo("posting-2.jpg"))
    hand_in(one.safety_officer)
    sign(one.principal)
    accept(one.town, one.name, "镇街审核")
    accept(one.department, one.name, "部门审核")

    page = finish(one)
    expect(page.get_by_text(REASON).first).to_be_visible()
    expect(page.get_by_role("img", name="posting-2.jpg")).to_be_visible()
    notices = one.safety_officer.visit("/notices").get_by_role("main").get_by_role("link")
    expect(notices.filter(has_text=f"“{ITEM}”已办结")).to_be_visible()


def test_the_page_of_an_item_marks_where_it_stands_in_its_diagram_and_in_words(
    people: People, pictures: Pictures
) -> None:
    one = firm(people, "qiye3", Screen.DESKTOP)
    page = open_obligation(one.safety_officer)
    here, words = page.locator(".djs-element.here"), page.get_by_text("以文字查看")
    expect(here.and_(page.locator("[data-element-id=self_check]"))).to_be_visible()
    words.click()
    expect(page.get_by_text("现在停在：自查并提交材料")).to_be_visible()

    report_compliant(one.safety_officer, pictures)
    sign(one.principal)
    page = open_obligation(one.safety_officer)
    expect(here.and_(page.locator("[data-element-id=town_review]"))).to_be_visible()
    expect(state(page)).to_have_text("待审核")
