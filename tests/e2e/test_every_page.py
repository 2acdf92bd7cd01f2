"""Every page that a person can reach from the menu: it is there, it fits a phone, and it logs no error."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import Screen
from tests.e2e.person import People

PEOPLE = ("qiye1", "qiye1f", "zhen1a", "bumen3a", "anban1", "lingdao", "admin")
TOO_WIDE = "document.documentElement.scrollWidth - window.screen.width"

pytestmark = pytest.mark.usefixtures("drive")


@pytest.mark.parametrize("screen", Screen)
@pytest.mark.parametrize("username", PEOPLE)
def test_every_page_opens_without_an_error_and_nothing_scrolls_sideways(
    people: People, username: str, screen: Screen
) -> None:
    page = people(username, screen).page
    wide = {path: page.evaluate(TOO_WIDE) for path in walk(page)}
    assert {path: pixels for path, pixels in wide.items() if pixels > 0} == {}


def walk(page: Page) -> Iterator[str]:
    """Open the first page, then one page of each kind that it, or a page after it, links to."""
    waiting, seen = ["/"], set()
    while waiting:
        path = waiting.pop(0)
        if kind(path) in seen:
            continue
        seen.add(kind(path))
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        yield path
        waiting += links(page)


def links(page: Page) -> list[str]:
    """Where a page leads: pages of the product, no files, no downloads."""
    found = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
    here = urlsplit(page.url).netloc
    parts = (urlsplit(address) for address in found)
    paths = (f"{one.path}?{one.query}" if one.query else one.path for one in parts if one.netloc == here)
    return [path for path in paths if not path.startswith(("/evidence", "/static")) and "lang=" not in path]


def kind(path: str) -> str:
    """Pages that differ only in the number or the filter are of one kind."""
    parts = urlsplit(path)
    steps = ["1" if step.isdigit() else step for step in parts.path.split("/")]
    names = sorted(one.partition("=")[0] for one in parts.query.split("&") if one)
    return "/".join(steps) + "?" + "&".join(names)
