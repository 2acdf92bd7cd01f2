"""`serve` and `scheduler` as processes of their own: they answer, they tick, they stop when they are told to."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from pathlib import Path
from subprocess import Popen
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from tests.cli.conftest import PATIENCE, Bihuan, rows, running, wait_for
from tests.cli.sample import DISTRICT, register_file, set_clock
from tests.databases import PostgresqlTemplate
from workflows.processes import KEYS

pytestmark = pytest.mark.slow

STOPS_WITHIN = 20  # seconds


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(url: str, folder: Path, **more: str) -> dict[str, str]:
    return {"BIHUAN_DATABASE_URL": url, "BIHUAN_DATA_DIR": str(folder / "var"), **more}


def page(port: int) -> str:
    """The sign-in page, or nothing yet."""
    try:
        with urlopen(f"http://127.0.0.1:{port}/login", timeout=5) as answer:
            return str(answer.read().decode("utf-8"))
    except (URLError, TimeoutError, ConnectionError):
        return ""


def answers(port: int, process: Popen[str]) -> str:
    wait_for(lambda: bool(page(port)), process)
    return page(port)


def address(process: Popen[str]) -> str:
    """What `serve` prints when everything is prepared; the lines before it are its log."""
    assert process.stdout is not None
    return next((line for line in iter(process.stdout.readline, "") if line.startswith("http")), "")


def stopped(process: Popen[str]) -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(STOPS_WITHIN)


def counts(url: str) -> dict[str, int]:
    tables = ("organization", "enterprise", "account", "process_definition", "register_import", "clock")
    return {table: rows(url, f"SELECT count(*) FROM {table}")[0][0] for table in tables}


def test_serving_an_empty_database_loads_the_sample_once(bare_url: str, tmp_path: Path, port: int) -> None:
    env = environment_of(bare_url, tmp_path, BIHUAN_PORT=str(port))
    with running("serve", cwd=tmp_path, env=env) as first:
        assert "anban1" in answers(port, first)  # a sample account is listed
        assert stopped(first) == 0
    loaded = counts(bare_url)
    assert (loaded["enterprise"], loaded["clock"], loaded["process_definition"]) == (40, 1, len(KEYS))
    with running("serve", cwd=tmp_path, env=env) as second:
        assert "anban1" in answers(port, second)
        assert stopped(second) == 0
    assert counts(bare_url) == loaded


def test_production_starts_empty_and_lists_nobody(bare_url: str, tmp_path: Path, port: int) -> None:
    env = environment_of(bare_url, tmp_path, BIHUAN_PORT=str(port), BIHUAN_MODE="production")
    with running("serve", cwd=tmp_path, env=env) as process:
        said = answers(port, process)
        assert 'name="username"' in said
        assert "anban1" not in said
        assert "Yangli-2025" not in said
        assert stopped(process) == 0
    assert counts(bare_url) == {
        "organization": 0, "enterprise": 0, "account": 0, "process_definition": len(KEYS), "register_import": 0,
        "clock": 0,
    }  # fmt: skip


def test_a_port_that_is_taken_ends_serve_with_an_error(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        env = environment_of("", tmp_path, BIHUAN_PORT=str(port), BIHUAN_MODE="production")
        with running("serve", cwd=tmp_path, env=env) as process:
            said, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert "address already in use" in said


def test_two_that_start_side_by_side_prepare_the_database_once(
    postgresql_template: PostgresqlTemplate, tmp_path: Path
) -> None:
    """Each with a port of its own; SQLite has one writer at a time anyway."""
    with postgresql_template.bare() as url:
        env = environment_of(url, tmp_path, BIHUAN_PORT="0")
        with running("serve", cwd=tmp_path, env=env) as one, running("serve", cwd=tmp_path, env=env) as other:
            for process in (one, other):
                assert address(process).startswith("http://127.0.0.1")
            assert (stopped(one), stopped(other)) == (0, 0)
        assert counts(url)["organization"] == 1 + 6 + 8 + 40


@pytest.fixture
def launch(
    bihuan: Bihuan, environment: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[str], dict[str, str]]:
    """Launch a campaign that waits for somebody to dispatch its first phase; returns the settings."""

    def launched(url: str) -> dict[str, str]:
        environment.setenv("BIHUAN_DATABASE_URL", url)
        register = ("import-register", register_file(tmp_path))
        for command in (("migrate",), ("deploy",), ("load-district", str(DISTRICT)), register):
            assert bihuan(*command).code == 0
        set_clock(url, 0)
        assert bihuan("launch", "hundred-day-drive").code == 0
        assert rows(url, "SELECT count(*) FROM obligation") == [(0,)]
        return environment_of(url, tmp_path)

    return launched


def dispatched(url: str) -> bool:
    return rows(url, "SELECT count(*) FROM phase_dispatch") == [(1,)]


def test_the_scheduler_does_what_is_due_and_stops_when_told(
    launch: Callable[[str], dict[str, str]], bare_url: str, tmp_path: Path
) -> None:
    with running("scheduler", cwd=tmp_path, env=launch(bare_url)) as process:
        wait_for(lambda: dispatched(bare_url), process)
        assert stopped(process) == 0
    assert rows(bare_url, "SELECT count(*), min(item_code), max(item_code) FROM obligation") == [
        (6, "1a", "1a")
    ]


def test_ctrl_c_stops_the_scheduler_without_a_traceback(
    launch: Callable[[str], dict[str, str]], database: str, tmp_path: Path
) -> None:
    with running("scheduler", cwd=tmp_path, env=launch(database)) as process:
        wait_for(lambda: dispatched(database), process)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=STOPS_WITHIN)
    assert "Traceback" not in said


def test_the_scheduler_refuses_a_database_without_tables(tmp_path: Path) -> None:
    with running("scheduler", cwd=tmp_path, env=environment_of("", tmp_path)) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert (process.returncode, "请先运行 bihuan migrate" in said) == (1, True)
