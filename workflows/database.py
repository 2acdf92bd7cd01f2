"""Engines and sessions: embedded SQLite (WAL, writers take their lock at once) and PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from sqlalchemy import Engine, create_engine, event, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

BUSY_SECONDS = 30
CACHE_KB = 16_384  # of pages of SQLite in each connection: a board of thousands is read in one go
PREPARING = 0x62696875616E  # "bihuan", as the number of an advisory lock


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///…` or `postgresql://…`; JSON is stored as readable UTF-8 text.

    Errors do not repeat the values of a statement: they would carry people's data into the log.
    """
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(
            url,
            json_serializer=_dumps,
            json_deserializer=orjson.loads,
            hide_parameters=True,
            connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        pool_pre_ping=True,
    )


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions whose objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def readers_of(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """Sessions on the same database that only read, and so keep nobody from writing."""
    engine: Engine = sessions.kw["bind"]
    return make_sessions(engine.execution_options(reads_only=True))


def only_reads(session: Session) -> bool:
    """Whether its transaction was begun to read only, as that of a page is."""
    return bool(session.connection().get_execution_options().get("reads_only", False))


@contextmanager
def taking_turns(engine: Engine) -> Iterator[None]:
    """One process at a time prepares a database. SQLite has one writer at a time anyway."""
    if engine.dialect.name == "sqlite":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(select(func.pg_advisory_lock(PREPARING)))
        try:
            yield
        finally:
            connection.execute(select(func.pg_advisory_unlock(PREPARING)))


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        f"cache_size=-{CACHE_KB}",
        f"busy_timeout={BUSY_SECONDS * 1000}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    """Lock, then check, then change: a reader that says so beforehand only takes a snapshot."""
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
