"""Every page that a person can reach, in the middle of the drive: it is there, fits a phone, and logs no error."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from tests.e2e.browser import Screen
from tests.e2e.looks import too_small, too_wide
from tests.e2e.midway import lay_out
from tests.e2e.person import PRINCIPAL, SAFETY_OFFICER, People
from tests.e2e.product import Product, running

EVERYBODY = {"/inbox", "/obligations", "/obligations/1", "/hazards", "/hazards/1", "/notices", "/me"}
AUTHORITY = EVERYBODY | {
    "/reviews", "/overdue", "/promises", "/campaigns", "/campaigns/1", "/reports",
    "/campaigns/1/compare", "/campaigns/1/screen", "/ladders/1", "/enterprises", "/enterprises/1", "/hazards/new",
    "/hazards/import",
    "/enterprises/staff",
}  # fmt: skip
REACH = {
    SAFETY_OFFICER: EVERYBODY | {"/hazards/new", "/file"},
    PRINCIPAL: EVERYBODY | {"/hazards/new", "/file"},
    "zhen3a": AUTHORITY,
    "bumen3a": AUTHORITY | {"/documents", "/documents/monthly"},
    "anban1": AUTHORITY
    | {
        "/documents",
        "/documents/summary",
        "/ladders/default",
        "/calendar",
        "/campaigns/new",
        "/enterprises/import",
    },
    "lingdao": EVERYBODY
    | {"/overdue", "/promises", "/campaigns", "/campaigns/1", "/ladders/1", "/enterprises", "/enterprises/1"},
    "admin": EVERYBODY
    | {"/campaigns", "/campaigns/1", "/enterprises", "/enterprises/1", "/enterprises/import"},
}


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """11 July 2025: the second phase runs, some are late, some were sent back, some have hazards."""
    folder = tmp_path_factory.mktemp("midway")
    lay_out(folder, until=date(2025, 7, 11))
    with running(folder) as product:
        yield product


@pytest.fixture
def reach(request: pytest.FixtureRequest) -> set[str]:
    return REACH[request.node.callspec.params["username"]]


@pytest.mark.parametrize("username", REACH, indirect=True)
def test_every_page_opens_without_an_error(people: People, username: str, reach: set[str]) -> None:
    seen = {urlsplit(kind(path)).path for path in walk(people(username).page)}
    assert seen - {"/"} >= reach


@pytest.mark.parametrize("username", REACH, indirect=True)
def test_on_a_phone_nothing_scrolls_sideways_and_everything_is_large_enough_for_a_finger(
    people: People, username: str
) -> None:
    page = people(username, Screen.PHONE).page
    found = {path: (too_wide(page), too_small(page)) for path in walk(page)}
    assert {path: wide for path, (wide, _) in found.items() if wide > 0} == {}
    assert {path: small for path, (_, small) in found.items() if small} == {}


def kind(path: str) -> str:
    """Pages that differ only in the number or the filter are of one kind."""
    parts = urlsplit(path)
    steps = ["1" if step.isdigit() else step for step in parts.path.split("/")]
    names = sorted(one.partition("=")[0] for one in parts.query.split("&") if one)
    return "/".join(steps) + "?" + "&".join(names)


def walk(page: Page, *, kind: Callable[[str], str] = kind) -> Iterator[str]:
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
    found = page.eval_on_selector_all("a[href]:not([download])", "all => all.map(one => one.href)")
    here = urlsplit(page.url).netloc
    parts = (urlsplit(address) for address in found)
    paths = (f"{one.path}?{one.query}" if one.query else one.path for one in parts if one.netloc == here)
    return [path for path in paths if not path.startswith(("/evidence", "/static")) and "lang=" not in path]
