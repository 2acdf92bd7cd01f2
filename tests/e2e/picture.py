"""Take the picture of the READMEs again: `python -m tests.e2e.picture` after a page has changed."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from tests.e2e.browser import chromium
from tests.e2e.midway import lay_out
from tests.e2e.person import People
from tests.e2e.product import running

FILE = Path(__file__).resolve().parents[2] / "docs" / "campaign.png"
DAY = date(2025, 8, 20)
SIZE = {"width": 1440, "height": 1120}


def take() -> None:
    """The campaign page of the sample district in the middle of its third phase, as the district office sees it."""
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        lay_out(Path(name), until=DAY)
        with running(Path(name)) as product:
            page = People(product, browser)("anban1").visit("/campaigns/1")
            page.set_viewport_size({"width": SIZE["width"], "height": SIZE["height"]})
            page.locator(".diagram .count").first.wait_for()
            FILE.parent.mkdir(exist_ok=True)
            page.screenshot(path=FILE)


if __name__ == "__main__":
    take()
