"""Which browser drives the pages, how it is started, and pictures it can draw."""

from __future__ import annotations

import base64
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from playwright.sync_api import Browser, FilePayload, Page, ViewportSize, sync_playwright

QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
MISSING = (
    "no Chromium: install the package 'chromium', or run 'python -m playwright install chromium' and name its "
    "program in BIHUAN_CHROMIUM"
)
DRAW = """([words, type]) => {
  const canvas = document.createElement('canvas');
  canvas.width = 640; canvas.height = 480;
  const pen = canvas.getContext('2d');
  pen.fillStyle = '#dfe7e4'; pen.fillRect(0, 0, 640, 480);
  pen.fillStyle = '#0f5f63'; pen.font = '32px sans-serif'; pen.fillText(words, 40, 240);
  return canvas.toDataURL(type).split(',')[1];
}"""


class Screen(StrEnum):
    """What people sit or stand before."""

    DESKTOP = "desktop"
    PHONE = "phone"

    @property
    def size(self) -> ViewportSize:
        return {"width": 390, "height": 844} if self is Screen.PHONE else {"width": 1440, "height": 900}


@dataclass(frozen=True, slots=True)
class Pictures:
    """Real photos, as a camera would give them: type and content agree, and no two are the same."""

    page: Page

    def photo(self, name: str) -> FilePayload:
        """A JPEG of this name, with the name in it."""
        return self._draw(name, "image/jpeg")

    def scan(self, name: str) -> FilePayload:
        """A PNG of this name, with the name in it."""
        return self._draw(name, "image/png")

    def _draw(self, name: str, kind: str) -> FilePayload:
        content = base64.b64decode(self.page.evaluate(DRAW, [name, kind]))
        return {"name": name, "mimeType": kind, "buffer": content}


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser named in BIHUAN_CHROMIUM, else `chromium`. Raises RuntimeError when there is none."""
    program = os.environ.get("BIHUAN_CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=QUIET)
        yield browser
        browser.close()
