"""What the repository must not hold: paths of somebody's machine, addresses of a registry, things made elsewhere."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT

MACHINE = re.compile(
    r"""(?<![\w.~$}/-])/(?:(?:home|Users)/\w+|root|opt|work|mnt|private)(?=[/"'\s:)]|$)|file:///?\w""", re.M
)
ADDRESS = re.compile(r"https?://|file:|--(extra-)?index-url|--find-links|git\+|ssh://")
MADE_ELSEWHERE = re.compile(r"\.(min\.(js|css)|map|pyc|whl|so|dll|exe|jar|zip|tar|gz|tgz|db|sqlite3?)$")
LOCKS = ("requirements.lock", "requirements-dev.lock")
HERE = "tests/architecture/test_repository.py"  # the examples below


@cache
def files() -> tuple[str, ...]:
    """Every file of the checkout that git does not ignore."""
    patterns = [".git", *(ROOT / ".gitignore").read_text("utf-8").split()]
    found: list[str] = []
    for folder, folders, names in os.walk(ROOT):
        inside = Path(folder).relative_to(ROOT)
        folders[:] = [name for name in folders if not is_ignored(inside / name, patterns)]
        found += [(inside / name).as_posix() for name in names if not is_ignored(inside / name, patterns)]
    return tuple(found)


def is_ignored(path: Path, patterns: Iterable[str]) -> bool:
    wanted = [pattern.rstrip("/") for pattern in patterns]
    return any(fnmatch(path.name, each) or path.as_posix() == each for each in wanted)


def texts() -> Iterator[tuple[str, str]]:
    for name in files():
        content = (ROOT / name).read_bytes()
        if b"\0" not in content[:1024]:
            yield name, content.decode("utf-8", "replace")


def paths_in(text: str) -> list[str]:
    return [match[0] for match in MACHINE.finditer(text)]


def addresses_in(package_lock: Any) -> list[str]:
    """What tells npm where to fetch from; a package's page about donations is none of it."""
    packages = package_lock["packages"].values()
    return [str(one["resolved"]) for one in packages if "resolved" in one]


def test_git_holds_more_than_a_few_files() -> None:
    assert {"README.md", "pyproject.toml", "workflows/cli.py", "bpmn/hazard/hazard.bpmn"} <= set(files())


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    found = {name: paths for name, text in texts() if name != HERE and (paths := paths_in(text))}
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "cd /root/project", 'path = "/work/main"', "'/opt/tool/bin'", "see file:///C/x", "/home/anna/x",
        "PYTHON=/opt/python/bin/python", "/Users/anna/x", "from /mnt/disk", "/work",
    ],
)  # fmt: skip
def test_a_path_of_a_machine_is_noticed(text: str) -> None:
    assert paths_in(text) != []


@pytest.mark.parametrize(
    "text", ["web/work/x", "/workflows/x", "/inbox", "a/root", "$HOME/opt", "https://x/work/"]
)
def test_a_page_and_a_folder_of_the_project_are_no_paths_of_a_machine(text: str) -> None:
    assert paths_in(text) == []


@pytest.mark.parametrize("name", LOCKS)
def test_the_locked_python_packages_name_no_address(name: str) -> None:
    assert ADDRESS.findall((ROOT / name).read_text("utf-8")) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_python_package_has_a_version_and_a_checksum(name: str) -> None:
    blocks = re.split(r"\n(?=[a-z0-9])", (ROOT / name).read_text("utf-8"))
    locked = [block for block in blocks if re.match(r"[a-z0-9]", block)]
    assert len(locked) > 20
    assert [block.split()[0] for block in locked if "==" not in block or "--hash=sha256:" not in block] == []


def test_the_locked_browser_packages_name_no_address_and_have_a_checksum() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text("utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert addresses_in(lock) == []
    assert [name for name, one in packages.items() if not one.get("integrity")] == []


def test_an_address_in_a_lock_is_noticed() -> None:
    lock = {"packages": {"node_modules/a": {"resolved": "https://registry.example/a.tgz"}}}
    assert addresses_in(lock) == ["https://registry.example/a.tgz"]
    assert ADDRESS.findall("--index-url https://mirror.example/simple") != []


def test_nothing_built_or_minified_lies_in_the_repository() -> None:
    assert [name for name in files() if MADE_ELSEWHERE.search(name)] == []


@pytest.mark.parametrize("name", ["web/static/htmx.min.js", "a/b.whl", "x.db", "style.min.css"])
def test_something_built_is_noticed(name: str) -> None:
    assert MADE_ELSEWHERE.search(name)


@pytest.mark.parametrize(
    ("path", "hidden"),
    [("a/__pycache__", True), ("web/static/vendor", True), ("x.pot", True), ("a/b.py", False)],
)
def test_what_git_ignores_is_left_out(path: str, hidden: bool) -> None:
    assert is_ignored(Path(path), ["__pycache__/", "web/static/vendor/", "*.pot"]) is hidden
