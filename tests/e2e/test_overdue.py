"""What is late climbs the ladder to a supervisor, who urges; the enterprise is told."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Screen
from tests.e2e.person import People
from tests.e2e.steps import ITEM

pytestmark = pytest.mark.usefixtures("drive")


@pytest.fixture(scope="module")
def july(people: People, drive: None) -> None:
    """8 July: the first items were due on 30 June, and nobody has done anything."""
    for _ in range(3):
        people("anban1").move_clock("过一周")


@pytest.mark.usefixtures("july")
@pytest.mark.parametrize(("username", "screen"), [("qiye1", Screen.DESKTOP), ("qiye2", Screen.PHONE)])
def test_an_item_past_its_deadline_reaches_the_town_which_urges_and_the_enterprise_sees_the_notice(
    people: People, username: str, screen: Screen
) -> None:
    name = people.product.enterprise_of(username)
    town = people(people.product.town_officers(username)[0])
    page = town.visit("/overdue")
    main = page.get_by_role("main")
    step = main.get_by_role("paragraph").filter(has_text="转镇街督办").filter(has_text=name)
    expect(step.filter(has_text=ITEM)).to_be_visible()
    expect(main.get_by_role("row").filter(has_text=name).filter(has_text=ITEM)).to_contain_text("从未催办")

    main.get_by_role("checkbox", name=f"勾选{name}：{ITEM}").check()
    main.get_by_role("button", name="催办所选 1 项").click()
    town.told("已催办1家企业")
    expect(main.get_by_role("row").filter(has_text=name).filter(has_text=ITEM)).not_to_contain_text(
        "从未催办"
    )

    told = town.visit("/notices").get_by_role("main").get_by_role("listitem").filter(has_text="转镇街督办")
    expect(told.filter(has_text=name).first).to_be_visible()
    officer = people(username, screen)
    notice = officer.visit("/notices").get_by_role("main").get_by_role("link", name=f"催办：“{ITEM}”")
    expect(notice).to_be_visible()
    notice.click()
    expect(officer.page.get_by_role("heading", name=ITEM)).to_be_visible()


@pytest.mark.usefixtures("july")
def test_the_line_of_a_late_item_says_how_late_it_is(people: People) -> None:
    officer = people("qiye1")
    page = officer.visit("/inbox")
    expect(page.get_by_role("main").get_by_role("link").filter(has_text=ITEM)).to_contain_text(
        "逾期6个工作日"
    )


@pytest.mark.usefixtures("july")
def test_a_supervisor_finds_the_worst_towns_urges_all_and_sees_the_answer_come_in(people: People) -> None:
    lead = people("anban1")
    page = lead.visit("/overdue")
    main = page.get_by_role("main")
    totals = main.get_by_role("table").first.locator("tbody tr td:last-child").all_inner_texts()
    worst = [int(one.replace(",", "")) for one in totals[:-1]]
    assert worst == sorted(worst, reverse=True)
    assert len(worst) >= 3
    assert sum(worst) == int(totals[-1].replace(",", ""))
    main.get_by_role("button", name="催办全部").click()
    expect(page.get_by_role("status").filter(has_text="已催办")).to_be_visible()

    officer = people("qiye1", Screen.PHONE)
    told = officer.visit("/notices").get_by_role("main").get_by_role("link", name=f"催办：“{ITEM}”")
    told.first.click()
    answer = officer.page.locator("#promise")
    answer.get_by_label("哪天办好").fill("2025-07-10")
    answer.get_by_label("怎么办").fill("材料已经备齐，后天盖章后提交")
    answer.get_by_role("button", name="答复催办").click()
    expect(officer.page.locator("#promise")).to_contain_text("承诺7月10日")

    name = people.product.enterprise_of("qiye1")
    page = lead.visit("/promises?part=coming")
    row = page.get_by_role("main").get_by_role("row").filter(has_text=name)
    expect(row).to_contain_text("材料已经备齐")
    expect(row).to_contain_text(ITEM)
    notice = (
        lead.visit("/notices").get_by_role("main").get_by_role("listitem").filter(has_text=f"{name}答复催办")
    )
    expect(notice.first).to_be_visible()
