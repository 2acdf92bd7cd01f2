"""`python -m tests.benchmarks.register`: a register of 30,000 enterprises all the way in, and a search among them.

The way is the one of `workflows/imports.py`: uploaded, read and compared, confirmed, brought in, adjusted while no
campaign runs; as a workbook and as CSV, each into an empty register, on SQLite and on PostgreSQL.
"""

from __future__ import annotations

import io
import resource
import tempfile
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from openpyxl import Workbook
from sqlalchemy.orm import Session, sessionmaker

from tests.databases import create_schema, postgresql_server
from workflows import imports
from workflows.database import make_engine, make_sessions
from workflows.organizations.district import load
from workflows.organizations.service import create_tree
from workflows.register.models import RegisterImport
from workflows.register.queries import search
from workflows.register.sample import HEADERS, sample_csv, sample_register
from workflows.register.types import ImportStatus
from workflows.sight import Sight

ROWS = 30_000
NOW = datetime(2025, 6, 16, 1, tzinfo=UTC)
GOAL = 60  # seconds, issue 3


def workbook() -> bytes:
    """The sample register as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(HEADERS)
    for row in sample_register(ROWS):
        sheet.append([row[name] for name in HEADERS])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long something took on the wall, and the user time of this process; a database server's comes on top."""

    wall: float
    user: float

    def __add__(self, other: Seconds) -> Seconds:
        return Seconds(self.wall + other.wall, self.user + other.user)

    def __str__(self) -> str:
        return f"{self.wall:8.2f} s passed {self.user:8.2f} s computed"


def timed(what: str, work: Callable[[], object]) -> Seconds:
    """Do it, print how long it took and return it."""
    begin, computed = time.perf_counter(), _user()
    work()
    took = Seconds(time.perf_counter() - begin, _user() - computed)
    print(f"  {what:20s} {took}", flush=True)
    return took


def _user() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_utime


def bring(sessions: sessionmaker[Session], folder: Path, content: bytes) -> Seconds:
    """What a person waits for, from the upload to the last adjustment."""
    steps = {
        "upload": partial(upload, sessions, folder, content),
        "read and compare": partial(imports.run_due, sessions, folder, machine_now=NOW),
        "confirm": partial(accept, sessions),
        "bring in, adjust": partial(imports.run_due, sessions, folder, machine_now=NOW),
    }
    whole = sum((timed(what, work) for what, work in steps.items()), Seconds(0, 0))
    print(f"  {'the whole way':20s} {whole}")
    with sessions() as session:
        one = session.get_one(RegisterImport, 1)
        assert (one.status, one.inserted, one.adjusted) == (ImportStatus.DONE, ROWS, ROWS)
    return whole


def upload(sessions: sessionmaker[Session], folder: Path, content: bytes) -> None:
    with sessions.begin() as session:
        imports.upload(session, content, file_name="x", folder=folder, now=NOW, actor="bench")


def accept(sessions: sessionmaker[Session]) -> None:
    with sessions.begin() as session:
        imports.accept(session, 1, actor="bench")


def look(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        for words in ("宏德", "铸造", "无此", "宏德机械"):
            begin = time.perf_counter()
            found = len(search(session, sight=Sight(everything=True), text=words))
            print(f"  search {words}: {found} in {(time.perf_counter() - begin) * 1e3:.1f} ms")


def run(url: str, kind: str, content: bytes) -> Seconds:
    """One file into an empty register."""
    engine = make_engine(url)
    create_schema(engine)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        create_tree(session, load().tree)
    print(f"{engine.dialect.name}, {ROWS} rows, {kind}, {len(content) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory() as folder:
        whole = bring(sessions, Path(folder), content)
    look(sessions)
    engine.dispose()
    return whole


def main() -> None:
    """Measure and print; never fails because of time."""
    warnings.simplefilter("ignore")
    found: dict[str, Seconds] = {}
    for kind, content in {"csv": sample_csv(ROWS).encode(), "xlsx": workbook()}.items():
        with tempfile.TemporaryDirectory() as folder:
            found[f"sqlite {kind}"] = run(f"sqlite:///{folder}/bench.db", kind, content)
        with postgresql_server() as url:
            found[f"postgresql {kind}"] = run(url.render_as_string(hide_password=False), kind, content)
    least = min(one.user for one in found.values())
    for name, took in found.items():
        print(f"{name:20s} {took} {took.user / least:6.2f} x the least {took.user / GOAL:6.2f} of a minute")


if __name__ == "__main__":
    main()
