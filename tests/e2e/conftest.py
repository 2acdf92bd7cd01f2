"""The running product, the browser and the people at their screens, once per module; `make e2e`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browser import Pictures
from tests.e2e.person import PATIENCE, PRINCIPAL, SAFETY_OFFICER, People
from tests.e2e.product import Product, running
from tests.e2e.steps import approve, propose

HERE = Path(__file__).parent

expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a real browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@pytest.fixture(scope="session")
def pictures(browser: Browser) -> Pictures:
    return Pictures(browser.new_page())


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The sample district before any campaign; it is 16 June 2025."""
    with running(tmp_path_factory.mktemp("product")) as product:
        yield product


@pytest.fixture(scope="module")
def people(product: Product, browser: Browser) -> Iterator[People]:
    """`people("qiye1")` is that person, signed in."""
    people = People(product, browser)
    yield people
    people.leave()


@pytest.fixture
def username(request: pytest.FixtureRequest, product: Product) -> str:
    """The account that a test's parameter names, or whose role it names."""
    named: str = request.param
    accounts = dict(zip((SAFETY_OFFICER, PRINCIPAL), product.accounts_with_a_hazard(), strict=True))
    return accounts.get(named, named)


@pytest.fixture(scope="module")
def drive(people: People) -> None:
    """The hundred-day drive is launched and the first phase dispatched."""
    propose(people("anban1"))
    approve(people("anban2"))
    people("anban1").move_clock("过一天")


@pytest.fixture(autouse=True)
def _no_complaints(request: pytest.FixtureRequest, people: People, tmp_path: Path) -> Iterator[None]:
    """No page logs an error; when a test fails, every screen is kept in the test's temporary folder."""
    failed = request.session.testsfailed
    yield
    said, people.complaints = people.complaints, []
    if said or request.session.testsfailed > failed:
        for name, page in people.pages():
            page.screenshot(path=tmp_path / f"{name}.png")
        people.complaints.clear()  # taking a picture adds a style, which the pages' policy refuses
    assert said == []
