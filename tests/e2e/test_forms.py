"""What a form keeps and what it tells: drafts, refused files, two tabs, two reviewers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FilePayload, expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.person import People
from tests.e2e.steps import ITEM, SLOTS, fill_in, firm, hand_in, report_compliant, sign

DOCUMENT = (
    b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
)
PROGRAM = b"MZ\x90\x00 this is no picture"
REASON = "公示照片里看不清日期，请重拍后提交。"

pytestmark = pytest.mark.usefixtures("drive")


@pytest.mark.parametrize(
    ("username", "screen", "content", "told"),
    [
        ("qiye3", Screen.DESKTOP, DOCUMENT, "“photo.jpg”的内容与扩展名不符，没有保存。请用原始文件重新上传"),
        ("qiye4", Screen.PHONE, PROGRAM, "“photo.jpg”不是可以接收的文件。可以上传照片"),
    ],
    ids=["a document, on a desktop", "a program, on a phone"],
)
def test_a_file_that_lies_about_its_type_is_refused_and_what_was_typed_stays(
    people: People, pictures: Pictures, username: str, screen: Screen, content: bytes, told: str
) -> None:
    lie: FilePayload = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}
    person = people(username, screen)
    person.take(ITEM)
    person.write("情况说明", "已经张贴。")
    person.attach(SLOTS[1], pictures.photo("real.jpg"))
    slot = person.panel.get_by_role("group", name=SLOTS[1])
    person.panel.get_by_label(f"为“{SLOTS[1]}”添加文件").set_input_files([lie])
    expect(slot.get_by_text(told)).to_be_visible()
    expect(slot.get_by_role("img")).to_have_count(1)
    expect(person.panel.get_by_label("情况说明")).to_have_value("已经张贴。")


@pytest.mark.parametrize(("username", "screen"), [("qiye9", Screen.DESKTOP), ("qiye10", Screen.PHONE)])
def test_a_draft_survives_a_reload(people: People, pictures: Pictures, username: str, screen: Screen) -> None:
    person = people(username, screen)
    person.take(ITEM)
    fill_in(person, pictures)
    expect(person.panel.get_by_role("status")).to_contain_text("草稿已保存")

    person.page.reload()
    expect(person.panel.get_by_label("情况说明")).to_have_value("已于6月16日向全体职工报告并张贴。")
    expect(person.panel.get_by_label("符合", exact=True)).to_be_checked()
    for picture in ("report.png", "posting.jpg"):
        expect(person.panel.get_by_role("img", name=picture)).to_be_visible()


def test_a_task_submitted_in_one_tab_tells_the_other_tab_who_did_it_and_when(
    people: People, pictures: Pictures
) -> None:
    first = people("qiye11")
    first.take(ITEM)
    fill_in(first, pictures)
    expect(first.panel.get_by_role("status")).to_contain_text("草稿已保存")
    second = first.in_another_tab()
    second.write("情况说明", "第二个窗口里改过的说明。")
    hand_in(first)

    second.press("提交给主要负责人签字")
    second.told("样例安全员11已于6月17日")
    second.told("办理了这一项，您的内容没有保存")
    expect(second.panel.get_by_label("情况说明")).to_have_value("第二个窗口里改过的说明。")
    second.page.close()


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
    notice = one.town_colleague.page.get_by_role("status").filter(has_text="您的内容没有保存")
    expect(notice).to_contain_text(re.compile(r"样例镇街\d甲已于6月17日 \d\d:\d\d办理了这一项"))
    expect(one.town_colleague.panel.get_by_label("理由")).to_have_value(REASON)
