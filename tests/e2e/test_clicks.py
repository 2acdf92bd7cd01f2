"""The most frequent jobs of enterprises and reviewers take no more clicks than the page map promises; typing and photos
are not counted. The other roles: test_clicks_of_officials.py."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.person import People, Person
from tests.e2e.presses import Presses
from tests.e2e.steps import ITEM, SLOTS, Firm, firm

# role and job -> clicks after sign-in, from the table of people and jobs
PROMISED = {
    "do an item": 3, "sign": 2, "sign several": 3, "review": 1, "fix a returned item": 2, "pass several": 2,
    "review as the department": 1, "report a hazard": 3,
}  # fmt: skip


@pytest.fixture(scope="module")
def one(people: People, drive: None) -> Firm:
    return firm(people, "qiye1", Screen.DESKTOP)


def fill_in(person: Person, pictures: Pictures, name: str) -> None:
    person.write("情况说明", "已向全体职工报告并张贴。")
    for number, slot in enumerate(SLOTS):
        person.attach(slot, pictures.photo(f"{name}{number}.jpg"))


def test_the_jobs_of_one_item_from_the_enterprise_to_the_department(one: Firm, pictures: Pictures) -> None:
    officer, principal, town, department = (
        Presses(person) for person in (one.safety_officer, one.principal, one.town, one.department)
    )
    made: dict[str, int] = {}

    with officer.counted("/inbox"):
        one.safety_officer.take(ITEM)
        one.safety_officer.choose("自查结果", "符合")
        fill_in(one.safety_officer, pictures, "first")
        one.safety_officer.press("提交给主要负责人签字")
        one.safety_officer.told("已提交")
    made["do an item"] = officer.made

    with principal.counted("/inbox"):
        one.principal.take(ITEM)
        one.principal.press("签字")
        one.principal.told("已提交：签字")
    made["sign"] = principal.made

    town.person.visit("/reviews")
    one.town.panel.get_by_label("理由").fill("照片看不清，请重拍")
    one.town.press("退回")
    one.town.told("已提交")

    with officer.counted("/inbox"):
        one.safety_officer.take(ITEM)
        fill_in(one.safety_officer, pictures, "again")
        one.safety_officer.press("提交给主要负责人签字")
        one.safety_officer.told("已提交")
    made["fix a returned item"] = officer.made

    with principal.counted("/inbox"):
        principal.person.page.get_by_label("全选本页").check()
        principal.person.page.get_by_role("button", name="办理1件").click()
        expect(principal.person.page.get_by_text("办好1件，共1件")).to_be_visible()
    made["sign several"] = principal.made

    with town.counted("/reviews"):
        one.town.press("通过")
        one.town.told("已提交：镇街审核")
    made["review"] = town.made

    with department.counted("/reviews"):
        one.department.press("通过")
        one.department.told("已提交：部门审核")
    made["review as the department"] = department.made

    assert {job: clicks for job, clicks in made.items() if clicks > PROMISED[job]} == {}
    assert all(made.values())


def test_the_town_passes_several(people: People, drive: None, pictures: Pictures) -> None:
    chosen = firm(people, "qiye2", Screen.DESKTOP)
    person = chosen.safety_officer
    person.take(ITEM)
    person.choose("自查结果", "不适用")
    person.write("不适用的理由", "本企业没有这一类作业和场所")
    person.press("提交给主要负责人签字")
    person.told("已提交")
    chosen.principal.take(ITEM)
    chosen.principal.press("签字")
    chosen.principal.told("已提交")
    town = Presses(chosen.town)
    with town.counted("/reviews"):
        chosen.town.page.get_by_label("全选本页").check()
        chosen.town.page.get_by_role("button", name="通过1件").click()
        expect(chosen.town.page.get_by_text("办好1件，共1件")).to_be_visible()
    assert 0 < town.made <= PROMISED["pass several"]


def test_a_hazard_is_reported_on_a_phone(people: People, drive: None, pictures: Pictures) -> None:
    person = people("qiye3", Screen.PHONE)
    presses = Presses(person)
    with presses.counted("/inbox"):
        page = person.page
        page.get_by_role("navigation", name="底部导航").get_by_role("link", name="随手拍").click()
        page.get_by_label("为“现场照片”添加文件").set_input_files([pictures.photo("rail.jpg")])
        expect(page.get_by_role("img", name="rail.jpg")).to_be_visible()
        page.get_by_label("看到什么").fill("护栏松动")
        page.get_by_label("在哪里").fill("二号车间")
        page.get_by_role("button", name="上报", exact=True).click()
        page.wait_for_url(
            lambda url: "/hazards" not in url or not url.rstrip("/").endswith(("/hazards", "/new"))
        )
    assert 0 < presses.made <= PROMISED["report a hazard"]


def test_what_is_typed_while_offline_is_kept_and_saved_later(people: People, drive: None) -> None:
    person = people("qiye4")
    person.take(ITEM)
    person.page.context.set_offline(True)
    person.write("情况说明", "断网时写的")
    expect(person.page.locator("#saved")).to_contain_text("草稿未保存")
    person.page.context.set_offline(False)
    expect(person.page.locator("#saved")).to_contain_text("草稿已保存")
    person.visit("/inbox")
    expect(person.panel.get_by_label("情况说明")).to_have_value("断网时写的")
    people.complaints.clear()  # the browser notes that it was offline


def test_the_keys_open_the_filter_and_tick_a_line(people: People, drive: None) -> None:
    person = people("qiye5")
    page = person.visit("/inbox")
    page.get_by_role("heading", name="待办").click()
    page.keyboard.press("f")
    expect(page.get_by_label("排序")).to_be_focused()
    page.get_by_role("heading", name="待办").click()
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator(".items input[type=checkbox]").first).to_be_checked()
