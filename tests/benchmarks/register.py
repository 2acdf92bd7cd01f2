"""`python -m tests.benchmarks.register`: 30,000 enterprises from upload to register, and a search among them."""

from __future__ import annotations

import io
import tempfile
import time
import warnings
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

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
from workflows.sight import Sight

ROWS = 30_000
NOW = datetime(2025, 6, 16, 1, tzinfo=UTC)
T = TypeVar("T")


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


def timed(what: str, work: Callable[[], T]) -> T:
    """Do it and print the seconds that passed and those that this process computed."""
    begin, computed = time.perf_counter(), time.process_time()
    result = work()
    passed, computed = time.perf_counter() - begin, time.process_time() - computed
    print(f"  {what:20s} {passed:8.2f} s passed {computed:8.2f} s computed", flush=True)
    return result


def bring(sessions: sessionmaker[Session], folder: Path, content: bytes) -> None:
    """Upload, read, confirm, bring in: what a person waits for."""
    with sessions.begin() as session:
        number = imports.upload(session, content, file_name="x", folder=folder, now=NOW, actor="bench").id
    timed("read and compare", lambda: imports.run_due(sessions, folder, machine_now=NOW))
    with sessions.begin() as session:
        imports.accept(session, number, actor="bench")
    timed("bring in", lambda: imports.run_due(sessions, folder, machine_now=NOW))
    with sessions() as session:
        one = session.get_one(RegisterImport, number)
        print(
            f"  {one.inserted} new, {one.updated} changed, {one.unchanged} unchanged, {one.refused} refused"
        )


def look(sessions: sessionmaker[Session]) -> None:
    with sessions() as session:
        for words in ("宏德", "铸造", "无此", "宏德机械"):
            begin = time.perf_counter()
            found = len(search(session, sight=Sight(everything=True), text=words))
            print(f"  search {words}: {found} in {(time.perf_counter() - begin) * 1e3:.1f} ms")


def run(url: str, files: dict[str, bytes]) -> None:
    create_schema(url)
    engine = make_engine(url)
    sessions = make_sessions(engine)
    with sessions.begin() as session:
        create_tree(session, load().tree)
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            print(f"{engine.dialect.name}, {ROWS} rows, {name}, {len(content) / 1e6:.1f} MB")
            bring(sessions, Path(folder), content)
    look(sessions)
    engine.dispose()


def main() -> None:
    """Measure and print; never fails because of time."""
    warnings.simplefilter("ignore")
    files = {"xlsx": workbook(), "the same as csv": sample_csv(ROWS).encode()}
    with tempfile.TemporaryDirectory() as folder:
        run(f"sqlite:///{folder}/bench.db", files)
    with postgresql_server() as url:
        run(url.render_as_string(hide_password=False), files)


if __name__ == "__main__":
    main()
