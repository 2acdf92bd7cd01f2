"""A defect found in a self-check becomes a hazard; when that is closed, the obligation goes on."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.person import People, Person
from tests.e2e.steps import ITEM, Firm, accept, finish, firm, hand_in, open_obligation, sign, state

DEFECT = "二号平台护栏缺失"

pytestmark = pytest.mark.usefixtures("drive")


@pytest.mark.parametrize(("username", "screen"), [("qiye6", Screen.DESKTOP), ("qiye7", Screen.PHONE)])
def test_a_defect_is_reported_assessed_planned_fixed_verified_and_the_obligation_goes_on(
    people: People, pictures: Pictures, username: str, screen: Screen
) -> None:
    one = firm(people, username, screen)
    find_a_defect(one.safety_officer)
    sign(one.principal)
    accept(one.town, one.name, "镇街审核")
    accept(one.department, one.name, "部门审核")
    page = open_obligation(one.safety_officer)
    expect(page.get_by_role("row").filter(has_text=DEFECT)).to_contain_text("上报")
    expect(state(page)).to_have_text("已通过")

    report(one.safety_officer)
    assess(one)
    plan(one.safety_officer)
    fix(one.safety_officer, pictures)
    verify(one)

    page = one.safety_officer.visit("/hazards?closed=1")
    expect(page.get_by_role("row").filter(has_text=DEFECT).get_by_text("已闭环")).to_be_visible()
    page.get_by_role("link", name=DEFECT).click()
    expect(page.get_by_role("list", name="步骤").get_by_role("listitem")).to_have_count(6)
    expect(page.get_by_role("img", name="fixed.jpg")).to_be_visible()
    finish(one)


def find_a_defect(person: Person) -> None:
    person.take(ITEM)
    person.choose("自查结果", "有问题")
    person.press("添加一个问题")
    row = person.panel.get_by_role("group", name="一个问题")
    row.get_by_label("问题", exact=True).fill(DEFECT)
    row.get_by_label("地点").fill("二号平台")
    hand_in(person)


def report(person: Person) -> None:
    person.take(DEFECT)
    person.write("具体情况", "护栏缺一段，约两米。")
    person.write("可能伤亡人数", "1")
    person.choose("符合重大事故隐患判定标准", "不符合")
    person.choose("已停止作业", "已停止")
    person.press("上报隐患")
    person.told("已提交：上报隐患")


def assess(one: Firm) -> None:
    one.town.take(DEFECT, at="/reviews")
    one.town.choose("隐患级别", "一般隐患")
    one.town.write("评估意见", "局部护栏缺失，限期整改。")
    one.town.press("提交评估")
    one.town.told("已提交：评估并确定级别")


def plan(person: Person) -> None:
    person.take(DEFECT)
    person.write("整改措施", "补装护栏并验收。")
    person.write("责任人", "李明")
    person.write("整改期限", "2025-06-25")
    person.press("提交方案")
    person.told("已提交：制定整改措施")


def fix(person: Person, pictures: Pictures) -> None:
    person.take(DEFECT)
    person.write("原因", "锈蚀断裂。")
    person.write("整改情况", "已更换两米护栏。")
    person.write("防止再次发生的措施", "每月检查一次。")
    person.attach("整改后材料", pictures.photo("fixed.jpg"))
    person.press("提交整改结果")
    person.told("已提交：整改")


def verify(one: Firm) -> None:
    one.town.take(DEFECT, at="/reviews")
    one.town.choose("复查结果", "合格")
    one.town.press("提交验收意见")
    one.town.told("已提交：复查验证")
