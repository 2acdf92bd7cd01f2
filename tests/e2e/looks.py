"""How the page that is open looks: does it scroll sideways, is it large enough for a finger, whom does it shut out.

A link that was clicked shows the words of the next page before its styles have come; each of these waits for them.
"""

from __future__ import annotations

from functools import cache

from playwright.sync_api import Page

from workflows.settings import ROOT

FINGER = 44  # px, WCAG 2.5.8 with room to spare; links within a sentence are exempt
TOO_WIDE = "document.documentElement.scrollWidth - window.screen.width"
TOO_SMALL = f"""() => [...document.querySelectorAll('button, select, summary, input, .btn, .seg a, .tabbar a, .top a')]
  .filter(one => one.checkVisibility() && !one.closest('.djs-container') && one.type !== 'hidden')
  .map(one => [one, (one.closest('label') || one).getBoundingClientRect()])
  .filter(([one, box]) => box.width > 1 && box.height < {FINGER} - 0.5)
  .map(([one, box]) => `${{one.tagName}} ${{one.textContent.trim().slice(0, 20)}} ${{Math.round(box.height)}}`)"""
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
FAULTS = """() => axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(' ')} ${node.html.slice(0, 120)}`)))"""


def good_on_a_phone(page: Page) -> None:
    """Nothing scrolls sideways, everything is large enough for a finger, and nobody is shut out."""
    assert (too_wide(page), too_small(page), faults(page)) == (0, [], [])


def too_wide(page: Page) -> int:
    """The pixels by which the page is wider than the screen; negative where it is narrower."""
    page.wait_for_load_state()
    return int(page.evaluate(TOO_WIDE))


def too_small(page: Page) -> list[str]:
    """What a finger would miss: element, its words, its height in pixels."""
    page.wait_for_load_state()
    return list(page.evaluate(TOO_SMALL))


def faults(page: Page) -> list[str]:
    """The serious and critical faults that axe-core finds: rule, place, the element's beginning."""
    page.wait_for_load_state()
    page.evaluate(_axe())
    return list(page.evaluate(FAULTS))


@cache
def _axe() -> str:
    return AXE.read_text("utf-8")
