"""The command `bihuan` on databases of its own: called in this process, and run as one of its own (`running`)."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.cli.sample import DISTRICT
from tests.databases import SqliteTemplate
from workflows import cli
from workflows.database import make_engine
from workflows.migration import upgrade
from workflows.settings import settings

PATIENCE = 180  # seconds, on a busy machine
SETTINGS = ("MODE", "HOST", "PORT", "DATA_DIR", "DATABASE_URL")


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Bihuan = Callable[..., Said]


def rows(url: str, query: str) -> list[tuple[Any, ...]]:
    """What a database holds."""
    engine = make_engine(url)
    try:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]
    finally:
        engine.dispose()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """A folder without `.env`, no setting from outside, a data folder of its own."""
    for name in SETTINGS:
        monkeypatch.delenv(f"BIHUAN_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("BIHUAN_DATA_DIR", str(tmp_path / "var"))
    return monkeypatch


@pytest.fixture
def bihuan(environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Bihuan]:
    """`bihuan("deploy", "--json")` as somebody types it."""
    before = signal.getsignal(signal.SIGTERM)

    def call(*arguments: str) -> Said:
        settings.cache_clear()
        environment.setattr(sys, "argv", ["bihuan", *arguments])
        capfd.readouterr()
        code = 0
        try:
            cli.main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        return Said(code, *capfd.readouterr())

    yield call
    signal.signal(signal.SIGTERM, before)
    settings.cache_clear()


@pytest.fixture(scope="session")
def migrated_template(sqlite_template: SqliteTemplate) -> bytes:
    """A SQLite file after `migrate`."""
    with sqlite_template.bare() as url:
        engine = make_engine(url)
        with engine.begin() as connection:
            upgrade(connection)
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        engine.dispose()
        return Path(url.removeprefix("sqlite:///")).read_bytes()


@pytest.fixture
def database(environment: pytest.MonkeyPatch, migrated_template: bytes, tmp_path: Path) -> str:
    """A migrated SQLite database where the settings say; its URL."""
    (tmp_path / "var").mkdir()
    path = tmp_path / "var" / "bihuan.db"
    path.write_bytes(migrated_template)
    return f"sqlite:///{path}"


@pytest.fixture
def district(bihuan: Bihuan, database: str) -> str:
    """A database with the sample district's offices; its URL."""
    assert bihuan("load-district", str(DISTRICT)).code == 0
    return database


@contextmanager
def running(*arguments: str, cwd: Path, env: Mapping[str, str]) -> Iterator[subprocess.Popen[str]]:
    """`bihuan` as a process of its own; killed when the test has not ended it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIHUAN_")}
    process = subprocess.Popen(
        [Path(sys.executable).with_name("bihuan"), *arguments],
        cwd=cwd, env=kept | dict(env), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Until it is so; fails when the process ends or does not get there."""
    until = time.monotonic() + PATIENCE
    while not what():
        if process.poll() is not None or time.monotonic() > until:
            process.kill()
            pytest.fail(f"the process ended or is too slow:\n{process.communicate()[0]}")
        time.sleep(0.1)
