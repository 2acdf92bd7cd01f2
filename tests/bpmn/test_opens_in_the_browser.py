"""Does bpmn-js open every definition without a warning? (`make e2e`)"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

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
def page() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    browser = os.environ.get("BIHUAN_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = chromium.new_page()
        page.set_content("<div id=canvas style='width: 900px; height: 600px'></div>")
        page.add_script_tag(path=VIEWER)
        yield page
        chromium.close()


@pytest.mark.parametrize("key", KEYS)
def test_bpmn_js_draws_every_element_without_a_warning(page: Any, key: str) -> None:
    shown = page.evaluate(OPEN, (ROOT / key / f"{key}.bpmn").read_text("utf-8"))
    assert shown["warnings"] == []
    drawn = read(key)
    assert {*drawn.nodes, *drawn.flows, *drawn.lanes} <= set(shown["drawn"])
