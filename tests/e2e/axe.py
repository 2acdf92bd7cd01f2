"""axe-core over a page: what it finds that shuts somebody out."""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from workflows.settings import ROOT

FILE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RUN = """() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.html.slice(0, 120)}`)))"""


def faults(page: Page) -> list[str]:
    """The serious and critical faults of the page that is open: rule, place, the element's beginning."""
    page.evaluate(_source())
    return list(page.evaluate(RUN))


@cache
def _source() -> str:
    return FILE.read_text("utf-8")
