"""axe-core finds no serious fault: in Chinese on a desktop on one page of every kind that each role reaches, in
English on a phone on one page of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import Screen
from tests.e2e.looks import faults
from tests.e2e.midway import lay_out
from tests.e2e.person import People
from tests.e2e.product import Product, running
from tests.e2e.steps import ITEM
from tests.e2e.test_every_page import REACH, kind, walk


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """11 July 2025: the second phase runs, some are late, some were sent back, some have hazards."""
    folder = tmp_path_factory.mktemp("midway")
    lay_out(folder, until=date(2025, 7, 11))
    with running(folder) as product:
        yield product


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """The kinds of pages seen in English: what the roles share is looked at once."""
    return set()


@pytest.mark.parametrize("username", REACH, indirect=True)
def test_no_page_shuts_anybody_out(people: People, username: str) -> None:
    page = people(username).visit("/?lang=zh")
    found = {path: faults(page) for path in walk(page, kind=page_of)}
    assert {path: told for path, told in found.items() if told} == {}


@pytest.mark.parametrize("username", REACH, indirect=True)
def test_no_english_page_on_a_phone_does(people: People, username: str, looked_at: set[str]) -> None:
    page = people(username, Screen.PHONE).visit("/?lang=en")
    fresh = {path: faults(page) for path in walk(page, kind=page_of) if page_of(path) not in looked_at}
    looked_at |= {page_of(path) for path in fresh}
    page.goto("/?lang=zh")
    assert {path: told for path, told in fresh.items() if told} == {}


def test_neither_do_the_sign_in_and_a_page_that_does_not_exist(people: People) -> None:
    stranger = people.stranger()
    assert [faults(open_at(stranger, path)) for path in ("/login", "/nothing")] == [[], []]
    stranger.context.close()
    people.complaints.clear()  # the browser notes the 404


def test_nor_does_a_form_that_was_refused(people: People) -> None:
    late, _ = people.product.accounts_with_a_late(ITEM)
    officer = people(late)
    officer.take(ITEM)
    officer.press("提交给主要负责人签字")
    officer.panel.get_by_role("alert").wait_for()
    assert faults(officer.page) == []


def test_nor_does_a_proposal_that_waits_for_its_approval(people: People) -> None:
    office = people("anban2")
    page = office.visit("/campaigns/new?template=anshan-three-year&year=2026")
    page.get_by_role("button", name="提交审批").click()
    page.wait_for_url("**/launches/*")
    assert faults(page) == []
    assert faults(people("anban1").visit("/reviews?lang=zh")) == []


def page_of(path: str) -> str:
    """Filters make no other page."""
    return kind(path).partition("?")[0]


def open_at(page: Page, path: str) -> Page:
    page.goto(path)
    return page
