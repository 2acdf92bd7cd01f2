"""随手拍: a hazard seen on the way, with a photo, lands in the enterprise's inbox."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.person import People

SEEN = "配电箱敞开无盖板"

pytestmark = pytest.mark.usefixtures("drive")


def test_what_a_town_officer_sees_on_a_phone_reaches_the_enterprise_with_its_photo(
    people: People, pictures: Pictures
) -> None:
    username = "qiye1"
    name = people.product.enterprise_of(username)
    town = people(people.product.town_officers(username)[0], Screen.PHONE)
    page = town.visit("/inbox")
    page.get_by_role("navigation", name="底部导航").get_by_role("link", name="随手拍").click()
    page.get_by_label("为“现场照片”添加文件").set_input_files([pictures.photo("box.jpg")])
    expect(page.get_by_role("img", name="box.jpg")).to_be_visible()
    page.get_by_role("button", name="上报", exact=True).click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_count(3)
    expect(page.get_by_role("img", name="box.jpg")).to_be_visible()

    page.get_by_label("企业").select_option(name)
    page.get_by_label("看到什么").fill(SEEN)
    page.get_by_label("在哪里").fill("一号车间东门")
    page.get_by_role("button", name="上报", exact=True).click()
    town.told("已上报。企业安全员的待办里已有这一件。")
    expect(page.get_by_role("heading", name=SEEN, level=1)).to_be_visible()
    expect(page.get_by_role("img", name="box.jpg")).to_be_visible()

    officer = people(username)
    officer.take(SEEN)
    expect(officer.panel.get_by_text("一号车间东门").first).to_be_visible()


def test_a_photo_chosen_before_the_script_has_come_is_not_lost(people: People, pictures: Pictures) -> None:
    page = people("qiye3", Screen.PHONE).page
    held: list[Route] = []
    page.route("**/bihuan.js*", lambda route: held.append(route))
    with page.expect_request("**/bihuan.js*"):
        page.goto("/hazards/new", wait_until="commit")
    page.get_by_label("为“现场照片”添加文件").set_input_files([pictures.photo("early.jpg")])
    expect(page.get_by_role("img", name="early.jpg")).to_have_count(0)
    held[0].continue_()
    expect(page.get_by_role("img", name="early.jpg")).to_be_visible()
    page.unroute("**/bihuan.js*")
