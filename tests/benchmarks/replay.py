"""The statements of a run, recorded and issued again without an engine."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, event

Statement = tuple[str, Any, bool]


@contextmanager
def recorded(engine: Engine) -> Iterator[list[Statement]]:
    """Every statement issued inside the block, with its parameters."""
    statements: list[Statement] = []

    def note(
        connection: Connection, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
    ) -> None:
        if not statement.startswith(("BEGIN", "COMMIT")):
            statements.append((statement, parameters, executemany))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


def replay(connection: Connection, statements: Sequence[Statement]) -> None:
    """Issue them again and read what they return."""
    for statement, parameters, executemany in statements:
        # rows that return their ids come as one flat tuple, others as a list of rows
        many = executemany and isinstance(parameters[0], tuple | list)
        result = connection.exec_driver_sql(statement, list(parameters) if many else tuple(parameters))
        if result.returns_rows:
            result.all()


def read_again(connection: Connection, statements: Sequence[Statement]) -> None:
    """Issue those of a page again, which only reads."""
    for statement, parameters, _many in statements:
        result = connection.exec_driver_sql(statement, parameters)
        if result.returns_rows:
            result.all()


def median_of(work: Callable[[], object], times: int = 5) -> float:
    """Milliseconds of the run in the middle: the machine does other things too."""
    return timed(work, times)[0]


def timed(work: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """Milliseconds passed and milliseconds computed by our process, each of the run in the middle."""
    passed, computed = [], []
    for _ in range(times):
        begin, spent = time.perf_counter(), time.process_time()
        work()
        passed.append((time.perf_counter() - begin) * 1e3)
        computed.append((time.process_time() - spent) * 1e3)
    return median(passed), median(computed)


def pace() -> float:
    """Milliseconds of a fixed piece of work: how fast this shared machine is at the moment."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE n (i INTEGER, s TEXT)")
        connection.executemany("INSERT INTO n VALUES (?, ?)", ((i % 97, str(i)) for i in range(5_000)))
        return min(_once(connection) for _ in range(3))


def _once(connection: sqlite3.Connection) -> float:
    begin = time.perf_counter()
    connection.execute("SELECT i, count(*), max(s) FROM n GROUP BY i").fetchall()
    sum(len(str(i)) for i in range(10_000))
    return (time.perf_counter() - begin) * 1e3
