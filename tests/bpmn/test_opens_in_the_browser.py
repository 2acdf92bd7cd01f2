"""Does bpmn-js open every definition without a warning? (`make e2e`)"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.bpmn.files import KEYS, ROOT, read

VIEWER = Path(__file__).resolve().parents[2] / "web/static/vendor/bpmn-navigated-viewer.production.min.js"
OPEN = """async xml => {
  const viewer = new BpmnJS({container: '#canvas'});
  const {warnings} = await viewer.importXML(xml);
  const drawn = viewer.get('elementRegistry').getAll().map(element => element.id);
  return {warnings: warnings.map(w => w.message), drawn};
}"""

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_content("<div id=canvas style='width: 900px; height: 600px'></div>")
    page.add_script_tag(path=VIEWER)
    yield page
    page.close()


@pytest.mark.parametrize("key", KEYS)
def test_bpmn_js_draws_every_element_without_a_warning(page: Page, key: str) -> None:
    shown = page.evaluate(OPEN, (ROOT / key / f"{key}.bpmn").read_text("utf-8"))
    assert shown["warnings"] == []
    drawn = read(key)
    assert {*drawn.nodes, *drawn.flows, *drawn.lanes} <= set(shown["drawn"])
