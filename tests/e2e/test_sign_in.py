"""Somebody signs in, on a desktop and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.e2e.browser import Screen
from tests.e2e.looks import too_wide
from tests.e2e.person import People
from workflows.sample import PASSWORD


@pytest.mark.parametrize("screen", Screen)
def test_a_wrong_password_is_told_the_account_stays_and_the_right_one_opens_the_page_that_was_asked_for(
    people: People, screen: Screen
) -> None:
    page = people.stranger(screen)
    page.goto("/obligations")
    assert too_wide(page) <= 0
    account, password = page.get_by_label("账号", exact=True), page.get_by_label("密码", exact=True)
    account.fill("qiye1")
    password.fill("not this one")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("账号或密码不对")
    expect(account).to_have_value("qiye1")

    password.fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="清单", level=1)).to_be_visible()
    expect(page).to_have_url(f"{people.product.url}/obligations")
    page.context.close()


def test_a_sample_person_enters_with_one_click(people: People) -> None:
    page = people.stranger()
    page.goto("/login")
    page.get_by_role("button").filter(has_text="区安委办").first.click()
    expect(page.get_by_role("link", name="专项行动")).to_be_visible()
    page.context.close()
