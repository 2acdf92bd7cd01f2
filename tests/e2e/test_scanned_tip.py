"""A code on a wall: a worker scans it and sends a photo, the town accepts, the enterprise has the hazard."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.looks import good_on_a_phone
from tests.e2e.person import People

SEEN = "平台护栏断了一截，从楼梯上看得见"
OWN_WORDS = "护栏缺失约一米"


def code_for(people: People, username: str) -> str:
    """Make a code and read its address off the page to print."""
    officer = people(username)
    page = officer.visit("/tip-codes")
    page.get_by_label("地点").fill("二号炉平台")
    page.get_by_role("button", name="生成二维码").click()
    officer.told("二维码已生成")
    page.get_by_role("link", name="打印").first.click()
    expect(page.locator("svg.qr")).to_be_visible()
    address = page.locator("[data-address]").get_attribute("data-address") or ""
    return re.sub(r"^https?://[^/]+", "", address)


def test_a_worker_reports_by_phone_the_town_accepts_and_the_enterprise_sees_the_hazard(
    people: People, pictures: Pictures
) -> None:
    phone = people.stranger(Screen.PHONE, script=False)
    phone.goto(code_for(people, "qiye1"))
    expect(phone.get_by_label("在哪里")).to_have_value("二号炉平台")
    phone.get_by_label("拍张照片").set_input_files(pictures.photo("seen.jpg"))
    phone.get_by_role("button", name="发送").click()
    expect(phone.get_by_role("alert")).to_contain_text("请用一句话写明看到了什么")
    expect(phone.get_by_text("照片已收到")).to_be_visible()
    phone.get_by_label("看到了什么").fill(SEEN)
    phone.get_by_role("button", name="发送").click()
    expect(phone.get_by_role("heading", name="已收到，谢谢您")).to_be_visible()
    own_page = phone.url

    town = people(people.product.town_officers("qiye1")[0])
    town.take("二号炉平台")
    expect(town.panel).to_contain_text(SEEN)
    expect(town.panel.get_by_role("img", name="photo.jpg")).to_be_visible()
    town.choose("怎样处理", "是隐患，立为隐患")
    town.write("隐患名称", "护栏缺失")
    town.write("具体情况", OWN_WORDS)
    town.choose("照片是否转给企业", "转给企业")
    town.press("提交")
    town.told("已提交")

    officer = people("qiye1")
    officer.take("护栏缺失")
    expect(officer.panel).to_contain_text(OWN_WORDS)
    expect(officer.panel.get_by_role("img", name="photo.jpg")).to_be_visible()
    expect(officer.page.get_by_text(SEEN)).to_have_count(0)
    phone.goto(own_page)
    expect(phone.get_by_text("已受理")).to_be_visible()
    phone.context.close()


def test_the_pages_behind_a_code_fit_a_phone_and_shut_nobody_out(people: People) -> None:
    phone = people.stranger(Screen.PHONE)
    for path in (code_for(people, "qiye1"), "/s"):
        phone.goto(path)
        good_on_a_phone(phone)
    phone.context.close()
