"""An obligation from the self-check to its end, on a desktop and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.person import People
from tests.e2e.steps import (
    ITEM,
    accept,
    firm,
    hand_in,
    open_obligation,
    over,
    report_compliant,
    send_back,
    sign,
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

    page = open_obligation(one.safety_officer)
    expect(over(one.safety_officer).first).to_be_visible()
    expect(page.get_by_text(REASON).first).to_be_visible()


@pytest.mark.parametrize(("username", "screen"), [("qiye3", Screen.DESKTOP), ("qiye4", Screen.PHONE)])
def test_a_file_that_lies_about_its_type_is_refused_and_what_was_typed_stays(
    people: People, username: str, screen: Screen
) -> None:
    person = people(username, screen)
    person.take(ITEM)
    person.write("情况说明", "已经张贴。")
    lie = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": b"MZ\x90\x00 this is no picture"}
    person.panel.get_by_label("为“厂区公示照片”添加文件").set_input_files([lie])  # type: ignore[list-item]
    slot = person.panel.get_by_role("group", name="厂区公示照片")
    expect(slot.get_by_text("“photo.jpg”")).to_be_visible()
    expect(slot.get_by_role("img")).to_have_count(0)
    expect(person.panel.get_by_label("情况说明")).to_have_value("已经张贴。")


def test_the_second_of_two_reviewers_is_told_who_was_quicker_and_keeps_what_was_typed(
    people: People, pictures: Pictures
) -> None:
    one = firm(people, "qiye5", Screen.DESKTOP)
    report_compliant(one.safety_officer, pictures)
    sign(one.principal)
    one.town.take(one.name, at="/reviews")
    one.town_colleague.take(one.name, at="/reviews")
    one.town_colleague.write("理由", REASON)
    one.town.press("通过")
    one.town.told("已提交：镇街审核")

    one.town_colleague.press("退回")
    one.town_colleague.told("办理了这一项，您的内容没有保存")
    expect(one.town_colleague.panel.get_by_label("理由")).to_have_value(REASON)
