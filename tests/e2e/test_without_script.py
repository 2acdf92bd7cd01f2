"""Where a browser runs no JavaScript, forms still post, files still go up, and nothing typed is lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Pictures
from tests.e2e.person import People
from tests.e2e.steps import ITEM, SLOTS

pytestmark = pytest.mark.usefixtures("drive")


def test_a_self_check_with_its_photos_is_corrected_submitted_signed_and_accepted_without_script(
    people: People, pictures: Pictures
) -> None:
    officer, principal = people("qiye8", script=False), people("qiye8f", script=False)
    officer.take(ITEM)
    officer.choose("自查结果", "符合")
    officer.write("情况说明", "已于6月16日张贴。")
    officer.panel.get_by_label(f"为“{SLOTS[0]}”添加文件").set_input_files([pictures.scan("report.png")])
    officer.press("提交给主要负责人签字")
    expect(officer.panel.get_by_role("alert").get_by_role("link", name=SLOTS[1])).to_be_visible()
    expect(officer.panel.get_by_label("情况说明")).to_have_value("已于6月16日张贴。")
    expect(officer.panel.get_by_role("img", name="report.png")).to_be_visible()

    officer.panel.get_by_label(f"为“{SLOTS[1]}”添加文件").set_input_files([pictures.photo("posting.jpg")])
    officer.press("提交给主要负责人签字")
    officer.told("已提交：自查并提交材料")
    principal.take(ITEM)
    principal.press("签字")
    principal.told("已提交：签字")

    town = people(people.product.town_officers("qiye8")[0], script=False)
    town.take(people.product.enterprise_of("qiye8"), at="/reviews")
    expect(town.panel.get_by_role("img", name="posting.jpg")).to_be_visible()
    town.press("通过")
    town.told("已提交：镇街审核")
