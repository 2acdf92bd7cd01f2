"""The steps that several stories share: self-check, signature, reviews of the first item of the drive."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import Pictures, Screen
from tests.e2e.person import People, Person

ITEM = "主要负责人上半年履职报告"
SLOTS = ("履职报告", "厂区公示照片")


@dataclass(frozen=True, slots=True)
class Firm:
    """An enterprise of the sample district with the people who work on its items."""

    name: str
    safety_officer: Person
    principal: Person
    town: Person
    town_colleague: Person
    department: Person


def firm(people: People, username: str, screen: Screen) -> Firm:
    """The enterprise of a safety officer's account; its own people use `screen`, officials a desktop."""
    town, department = people.product.town_officers(username), people.product.department_officers(username)
    return Firm(
        name=people.product.enterprise_of(username),
        safety_officer=people(username, screen),
        principal=people(f"{username}f", screen),
        town=people(town[0]),
        town_colleague=people(town[1]),
        department=people(department[0]),
    )


def report_compliant(person: Person, pictures: Pictures) -> None:
    """Fill in the self-check with its two proofs and hand it to the principal."""
    person.take(ITEM)
    fill_in(person, pictures)
    hand_in(person)


def fill_in(person: Person, pictures: Pictures) -> None:
    """The self-check that is open: compliant, a statement, two proofs."""
    person.choose("自查结果", "符合")
    person.write("情况说明", "已于6月16日向全体职工报告并张贴。")
    person.attach(SLOTS[0], pictures.scan("report.png"))
    person.attach(SLOTS[1], pictures.photo("posting.jpg"))


def hand_in(person: Person) -> None:
    person.press("提交给主要负责人签字")
    person.told("已提交：自查并提交材料")


def sign(person: Person) -> None:
    person.take(ITEM)
    person.press("签字")
    person.told("已提交：签字")


def accept(person: Person, name: str, step: str) -> None:
    """Pass what an enterprise submitted."""
    person.take(name, at="/reviews")
    person.press("通过")
    person.told(f"已提交：{step}")


def send_back(person: Person, name: str, reason: str) -> None:
    """Return it to the enterprise."""
    person.take(name, at="/reviews")
    person.write("理由", reason)
    person.press("退回")
    person.told("已提交：镇街审核")


def open_obligation(person: Person) -> Page:
    """The page of one's own first item, reached from the list."""
    page = person.visit("/obligations")
    page.get_by_role("main").get_by_role("link").filter(has_text=ITEM).first.click()
    page.wait_for_url("**/obligations/*")
    return page


def finish(one: Firm) -> Page:
    """To the end of an accepted item: where the draw asks for a visit, a colleague goes and finds it in order."""
    page = open_obligation(one.safety_officer)
    badge = state(page)
    expect(badge).to_have_text(re.compile("已办结|待现场核查"))
    if badge.inner_text() == "待现场核查":
        visitor = one.town_colleague
        visitor.take(one.name, at="/reviews")
        visitor.choose("核查结果", "合格")
        visitor.write("同行核查人", "李检查")
        visitor.press("提交核查结果")
        visitor.told("已提交：现场核查")
        page = open_obligation(one.safety_officer)
    expect(state(page)).to_have_text("已办结")
    return page


def state(page: Page) -> Locator:
    """The badge at the head of an obligation's page."""
    return page.get_by_role("main").get_by_role("paragraph").locator(".tag").first


def propose(office: Person) -> None:
    """Propose the drive for the whole district."""
    page = office.visit("/campaigns/new")
    page.get_by_role("button", name="提交审批：40 家企业").click()
    page.wait_for_url("**/launches/*")


def approve(colleague: Person) -> None:
    """Another official of the office lets it begin."""
    colleague.take("企业安全生产主体责任百日攻坚行动", at="/reviews")
    colleague.press("同意发起")
    colleague.told("已提交：审批发起")
