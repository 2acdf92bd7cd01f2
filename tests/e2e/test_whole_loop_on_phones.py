"""Everybody on a phone: somebody scans a code and reports, it is fixed, rejected, fixed, verified, written off."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.looks import good_on_a_phone
from tests.e2e.person import People, Person
from tests.e2e.test_scanned_tip import code_for

GENERAL, MAJOR = "护栏缺失", "炉前平台可能坍塌"
GAP = "护栏只补了一段，北侧仍缺半米"
CRACK = "支撑柱焊缝未探伤，不能证明已消除"


@dataclass(frozen=True, slots=True)
class Crew:
    """Everybody who has to do with one hazard; `colleague` and `second` do what the first may not do again."""

    officer: Person
    town: Person
    colleague: Person
    department: Person
    second: Person
    lead: Person


def crew(people: People, username: str) -> Crew:
    towns, departments = (
        people.product.town_officers(username),
        people.product.department_officers(username),
    )
    names = (username, *towns[:2], *departments[:2], "anban1")
    return Crew(*(people(name, Screen.PHONE) for name in names))


def scan(people: People, pictures: Pictures, username: str, seen: str) -> Page:
    """A worker sends a sentence with a photo; the page that says how it stands."""
    phone = people.stranger(Screen.PHONE, script=False)
    phone.goto(code_for(people, username))
    phone.get_by_label("拍张照片").set_input_files(pictures.photo("seen.jpg"))
    phone.get_by_label("看到了什么").fill(seen)
    phone.get_by_role("button", name="发送").click()
    expect(phone.get_by_role("heading", name="已收到，谢谢您")).to_be_visible()
    return phone


def accept(town: Person, title: str, words: str) -> None:
    town.take("核实反映")
    town.choose("怎样处理", "是隐患，立为隐患")
    town.write("隐患名称", title)
    town.write("地点", "二号炉平台")
    town.write("具体情况", words)
    town.choose("照片是否转给企业", "转给企业")
    hand_in(town, "提交", "核实反映")


def hand_in(person: Person, button: str, step: str) -> None:
    person.press(button)
    person.told(f"已提交：{step}")


def report(officer: Person, title: str, *, major: bool) -> None:
    officer.take(title)
    officer.choose("隐患类别", "作业环境")
    officer.write("可能伤亡人数", "6" if major else "1")
    officer.choose("符合重大事故隐患判定标准", "符合" if major else "不符合")
    officer.choose("已停止作业", "已停止")
    if major:
        officer.write("已采取的临时措施", "已撤出人员，拉起警戒。")
    hand_in(officer, "上报隐患", "上报隐患")


def assess(town: Person, title: str, level: str) -> None:
    town.take(title, at="/reviews")
    town.choose("隐患级别", level)
    town.write("评估意见", "已到现场看过。")
    hand_in(town, "提交评估", "评估并确定级别")


def fix(officer: Person, pictures: Pictures, title: str, photo: str) -> None:
    officer.take(title)
    officer.write("原因", "长期锈蚀，没有纳入点检。")
    officer.write("整改情况", f"已按方案改好，见{photo}。")
    officer.write("防止再次发生的措施", "列入每月点检。")
    officer.attach("整改后材料", pictures.photo(photo))
    hand_in(officer, "提交整改结果", "整改")


def told_why(officer: Person, title: str, reason: str) -> None:
    """The reason stands in the task that came back, and in the notices."""
    officer.take(title)
    expect(officer.panel.get_by_text(reason).first).to_be_visible()
    officer.visit("/notices")
    expect(officer.page.get_by_text(reason).first).to_be_visible()


def page_of(person: Person, title: str) -> Page:
    page = person.visit("/hazards?every=1")
    page.get_by_role("main").get_by_role("link", name=title).first.click()
    expect(page.get_by_role("heading", name=title, level=1)).to_be_visible()
    page.wait_for_load_state()
    return page


def history(page: Page, *steps: str) -> None:
    """What was done stands there, the latest first."""
    entries = page.locator("section", has=page.get_by_role("heading", name="每一步做了什么")).locator(
        ".entry"
    )
    assert entries.locator("b").all_inner_texts() == list(reversed(steps))


def test_a_general_hazard_is_reported_fixed_rejected_fixed_again_and_verified(
    people: People, pictures: Pictures
) -> None:
    one = crew(people, "qiye1")
    worker = scan(people, pictures, "qiye1", "平台护栏断了一截，从楼梯上看得见")
    accept(one.town, GENERAL, "护栏缺失约一米。")
    report(one.officer, GENERAL, major=False)
    assess(one.town, GENERAL, "一般隐患")
    one.officer.take(GENERAL)
    one.officer.write("整改措施", "补装护栏。")
    one.officer.write("责任人", "李明")
    one.officer.write("整改期限", "2025-06-25")
    hand_in(one.officer, "提交方案", "制定整改措施")
    fix(one.officer, pictures, GENERAL, "first.jpg")

    one.town.take(GENERAL, at="/reviews")
    one.town.choose("复查结果", "不合格")
    one.town.write("复查情况", GAP)
    hand_in(one.town, "提交验收意见", "复查验证")
    told_why(one.officer, GENERAL, GAP)
    fix(one.officer, pictures, GENERAL, "second.jpg")
    one.town.take(GENERAL, at="/reviews")
    one.town.choose("复查结果", "合格")
    hand_in(one.town, "提交验收意见", "复查验证")

    page = page_of(one.officer, GENERAL)
    expect(page.get_by_text("已闭环，").first).to_contain_text("前由另一人核查效果")
    steps = "上报隐患", "评估并确定级别", "制定整改措施", "整改", "复查验证", "整改", "复查验证"
    history(page, *steps)
    for photo in ("photo.jpg", "first.jpg", "second.jpg"):
        expect(page.get_by_role("img", name=photo).first).to_be_visible()
    good_on_a_phone(page)
    worker.reload()
    expect(worker.get_by_text("隐患已整改并验收")).to_be_visible()
    worker.context.close()


def control(one: Crew, pictures: Pictures) -> None:
    """Measures, assessment, the five parts, their check, the two lists."""
    one.officer.take("采取临时措施")
    one.officer.choose("撤离人员", "不需要")
    one.officer.choose("停产停用", "不需要")
    one.officer.choose("设置警戒", "已采取")
    for label, said in (("由谁采取", "李明"), ("哪一天", "2025-06-16"), ("几点", "08:30")):
        one.officer.panel.get_by_label(label).locator("visible=true").fill(said)
    hand_in(one.officer, "提交临时措施", "采取临时措施")
    one.town.take("核实临时措施", at="/reviews")
    one.town.choose("临时措施", "已到位")
    hand_in(one.town, "提交核实结果", "核实临时措施")
    one.officer.take("现状评估")
    one.officer.choose("由谁评估", "第三方机构")
    one.officer.write("评估结论", "两根支撑柱锈蚀过半，可能坍塌。")
    one.officer.attach("评估报告", pictures.scan("survey.png"))
    hand_in(one.officer, "提交评估", "现状评估")
    plan(one)


def plan(one: Crew) -> None:
    one.officer.take("制定五项整改方案")
    for label, said in (
        ("责任：责任人与分工", "总经理负责，设备科实施。"), ("措施：整改办法", "更换两根支撑柱并探伤。"),
        ("资金：数额与来源", "自筹二十万元。"), ("时限：完成日期", "2025-07-10"),
        ("预案：应急处置", "坍塌时立即撤离并报警。"), ("整改期间的临时措施", "平台停用，专人看守。"),
    ):  # fmt: skip
        one.officer.write(label, said)
    hand_in(one.officer, "提交方案", "制定五项整改方案")
    one.department.take(MAJOR, at="/reviews")
    hand_in(one.department, "通过", "核查整改方案")
    one.department.take(MAJOR, at="/reviews")
    one.department.choose("挂牌督办", "挂牌")
    one.department.write("文号", "样应急督〔2025〕3号")
    one.department.write("理由和督办要求", "影响面较大，每旬督办一次。")
    one.department.choose("提请政府挂账督办", "提请")
    hand_in(one.department, "提交决定", "决定挂牌督办")
    one.lead.take(MAJOR, at="/reviews")
    one.lead.choose("政府挂账督办", "挂账")
    one.lead.write("理由", "影响公共安全。")
    hand_in(one.lead, "提交决定", "决定挂账督办")


def judge(person: Person, pictures: Pictures, *, passed: bool, opinion: str) -> None:
    """Accept a fix, or not, with the experts' written opinion."""
    person.take(MAJOR, at="/reviews")
    person.choose("验收结果", "合格" if passed else "不合格")
    person.choose("验收方式", "专家")
    person.panel.get_by_role("textbox", name="验收意见").fill(opinion)
    person.attach("书面验收意见", pictures.scan("passed.png" if passed else "failed.png"))
    hand_in(person, "提交验收意见", "重大隐患验收")


def release(one: Crew) -> None:
    """The department lets it run again, and somebody else of it writes it off after looking on site."""
    one.department.take(MAJOR, at="/reviews")
    one.department.choose("恢复生产或者使用", "同意恢复")
    hand_in(one.department, "提交意见", "同意恢复生产")
    one.second.take(MAJOR, at="/reviews")
    one.second.choose("审查结果", "合格")
    one.second.write("审查人员", "韩立、陆平")
    one.second.write("审查情况", "到现场逐项看过，符合方案。")
    hand_in(one.second, "提交审查结果", "现场审查")


def test_a_major_hazard_is_controlled_listed_fixed_rejected_fixed_again_and_written_off(
    people: People, pictures: Pictures
) -> None:
    one = crew(people, "qiye2")
    worker = scan(people, pictures, "qiye2", "炉前平台的柱子锈穿了")
    accept(one.town, MAJOR, "两根支撑柱锈蚀。")
    report(one.officer, MAJOR, major=True)
    assess(one.town, MAJOR, "重大隐患")
    control(one, pictures)
    fix(one.officer, pictures, MAJOR, "first.jpg")
    judge(one.department, pictures, passed=False, opinion=CRACK)
    told_why(one.officer, MAJOR, CRACK)
    fix(one.officer, pictures, MAJOR, "second.jpg")
    judge(one.department, pictures, passed=True, opinion="探伤合格，同意通过。")
    release(one)

    page = page_of(one.lead, MAJOR)
    for said in ("挂牌督办", "挂账督办", "样应急督〔2025〕3号", "6月16日核销"):
        expect(page.get_by_text(said).first).to_be_visible()
    expect(page.get_by_text("已闭环，").first).to_contain_text("前由另一人核查效果")
    history(
        page, "上报隐患", "评估并确定级别", "采取临时措施", "核实临时措施", "现状评估", "制定五项整改方案",
        "核查整改方案", "决定挂牌督办", "决定挂账督办", "整改", "重大隐患验收", "整改", "重大隐患验收",
        "同意恢复生产", "现场审查",
    )  # fmt: skip
    good_on_a_phone(page)
    worker.reload()
    expect(worker.get_by_text("隐患已整改并验收")).to_be_visible()
    worker.context.close()
