"""The bell in a browser: what it opens, how notices are read, that its number comes by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Screen
from tests.e2e.looks import too_wide
from tests.e2e.person import People

pytestmark = pytest.mark.usefixtures("drive")


def bell(page: Page) -> None:
    page.get_by_role("banner").get_by_role("link", name="通知").click()


def test_the_bell_opens_the_latest_notices_and_escape_closes_them(people: People) -> None:
    page = people("qiye1").visit("/inbox")
    bell(page)
    panel = page.get_by_role("dialog", name="通知")
    expect(panel.get_by_role("listitem").filter(has_text="派发了")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()
    assert page.url.endswith("/inbox")


def test_following_a_notice_reads_it(people: People) -> None:
    page = people("qiye1").visit("/inbox")
    unread = int(page.locator("#bell-count").inner_text())
    bell(page)
    # Its answer may come when the page has gone already.
    with page.expect_request("**/read"), page.expect_navigation():
        page.get_by_role("dialog", name="通知").get_by_role("link", name="派发了").click()
    page.goto("/notices")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{unread - 1} 条未读")


def test_the_number_comes_by_itself_when_one_returns_to_the_page(people: People) -> None:
    page = people("qiye2").visit("/inbox")
    expect(page.locator("#bell-count")).not_to_have_text("")
    tab = people("qiye2").in_another_tab().page
    tab.goto("/notices")
    tab.get_by_role("button", name="全部标为已读").click()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#bell-count")).to_have_text("")


def test_on_a_phone_the_bell_leads_to_the_page_of_notices(people: People) -> None:
    page = people("qiye2", Screen.PHONE).visit("/inbox")
    bell(page)
    page.wait_for_url("**/notices")
    assert too_wide(page) <= 0


def test_a_calendar_address_is_made_and_taken_back(people: People) -> None:
    page = people("qiye2").visit("/me")
    page.get_by_role("button", name="生成日历地址").click()
    address = page.get_by_label("日历地址").input_value()
    assert page.request.get(address).text().startswith("BEGIN:VCALENDAR\r\n")
    page.get_by_role("button", name="停用日历地址").click()
    expect(page.get_by_role("button", name="生成日历地址")).to_be_visible()
    assert page.request.get(address).status == 404
