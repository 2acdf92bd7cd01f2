"""An enterprise that cannot make it asks for more time; the department decides."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Screen
from tests.e2e.person import People
from tests.e2e.steps import firm, open_obligation

pytestmark = pytest.mark.usefixtures("drive")


@pytest.mark.parametrize(("username", "screen"), [("qiye1", Screen.DESKTOP), ("qiye2", Screen.PHONE)])
def test_an_extension_is_asked_for_with_a_reason_granted_and_shown_with_the_old_date(
    people: People, username: str, screen: Screen
) -> None:
    one = firm(people, username, screen)
    page = open_obligation(one.safety_officer)
    page.get_by_label("理由").fill("太忙")
    page.get_by_role("button", name="申请延期").click()
    missing = page.get_by_role("alert").get_by_role("link")
    expect(missing).to_have_count(2)
    expect(missing.first).to_contain_text("申请延期至")
    expect(page.get_by_label("理由")).to_have_value("太忙")

    page.get_by_label("申请延期至").fill("2025-07-10")
    page.get_by_label("理由").fill("履职报告要等董事会7月初召开后才能定稿。")
    page.get_by_role("button", name="申请延期").click()
    one.safety_officer.told("延期申请已送部门")
    expect(page.get_by_text("等部门决定")).to_be_visible()
    expect(page.get_by_role("button", name="申请延期")).to_have_count(0)

    one.department.take(one.name, at="/reviews")
    expect(one.department.panel.get_by_text("7月10日")).to_be_visible()
    one.department.write("新期限", "2025-07-08")
    one.department.press("准予延期")
    one.department.told("已提交")

    page = open_obligation(one.safety_officer)
    expect(page.get_by_text("已延期至7月8日（原6月30日）").first).to_be_visible()
    expect(page.get_by_text("准予延至7月8日")).to_be_visible()
