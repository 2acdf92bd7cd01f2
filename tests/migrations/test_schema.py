"""Migrations and models say the same: `migrate` on an empty database makes exactly what the models declare."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.databases import PostgresqlTemplate, SqliteTemplate
from tests.factories import at, found_district, world_in
from tests.migrations.conftest import migrate
from workflows.audit.triggers import REFUSED
from workflows.database import make_engine
from workflows.migration import config, upgrade
from workflows.models import metadata

VERSION_TABLE = "alembic_version"


def differences(connection: Connection, wanted: sa.MetaData) -> list[Any]:
    """What Alembic would still have to do to make the database like the models."""
    options = {"compare_type": True, "compare_server_default": True}
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), wanted))


def described(engine: Engine) -> dict[str, Any]:
    """Everything the database itself says about its tables, as text that can be compared."""
    inspector = inspect(engine)
    tables = [name for name in inspector.get_table_names() if name != VERSION_TABLE]
    return {name: _table(inspector, name, engine) for name in tables}


def _table(inspector: sa.Inspector, name: str, engine: Engine) -> dict[str, Any]:
    def named(found: list[Any]) -> list[str]:
        return sorted(str(_plain(one)) for one in found)

    columns = {
        column["name"]: (
            column["type"].compile(engine.dialect),
            column["nullable"],
            str(column["default"]),
        )
        for column in inspector.get_columns(name)
    }
    return {
        "columns": columns,
        "primary key": str(inspector.get_pk_constraint(name)),
        "foreign keys": named(inspector.get_foreign_keys(name)),
        "unique": named(inspector.get_unique_constraints(name)),
        "checks": named(inspector.get_check_constraints(name)),
        "indexes": named(inspector.get_indexes(name)),
    }


def _plain(value: Any) -> Any:
    """Conditions of indexes come as expressions; their text can be compared."""
    if isinstance(value, dict):
        return sorted((name, _plain(part)) for name, part in value.items())
    return [_plain(part) for part in value] if isinstance(value, list) else str(value)


def triggers(engine: Engine) -> list[str]:
    sqlite = "SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
    postgresql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal ORDER BY tgname"
    with engine.connect() as connection:
        return list(connection.scalars(text(sqlite if engine.dialect.name == "sqlite" else postgresql)))


def functions(engine: Engine) -> list[str]:
    """What the triggers of PostgreSQL call; SQLite has no such thing."""
    if engine.dialect.name == "sqlite":
        return []
    query = "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    with engine.connect() as connection:
        return list(connection.scalars(text(query)))


def rows(engine: Engine) -> dict[str, int]:
    """How many rows each table has."""
    with engine.connect() as connection:
        counts = {
            name: sa.select(sa.func.count()).select_from(table) for name, table in metadata.tables.items()
        }
        return {name: connection.scalar(query) or 0 for name, query in counts.items()}


def use(engine: Engine) -> None:
    migrate(engine)
    with TemporaryDirectory() as folder, Session(engine, expire_on_commit=False) as session, session.begin():
        found_district(session, at("2025-06-01 09:00"))
        world = world_in(session, Path(folder))
        world.check(world.obligation())


@pytest.fixture
def used(template: SqliteTemplate | PostgresqlTemplate) -> Iterator[Engine]:
    """A migrated database after somebody has done a self-check."""
    with template.grown(use) as url:
        engine = make_engine(url)
        assert rows(engine)["submission"] == 1
        yield engine
        engine.dispose()


# --- the schema


def test_the_migrated_schema_is_that_of_the_models(migrated: Engine) -> None:
    with migrated.connect() as connection:
        assert differences(connection, metadata) == []


def test_a_column_that_no_migration_knows_is_noticed(migrated: Engine) -> None:
    grown = sa.MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(grown)
    grown.tables["clock"].append_column(sa.Column("grown", sa.Integer()))
    with migrated.connect() as connection:
        [(what, _, table, column)] = differences(connection, grown)
    assert (what, table, column.name) == ("add_column", "clock", "grown")


def test_a_type_that_differs_is_noticed(migrated: Engine) -> None:
    changed = sa.MetaData()
    for table in metadata.sorted_tables:
        table.to_metadata(changed)
    changed.tables["calendar_override"].columns["name"].type = sa.Integer()
    with migrated.connect() as connection:
        [[found]] = differences(connection, changed)
    assert found[0] == "modify_type"


def test_columns_keys_checks_and_indexes_are_those_the_models_create(
    migrated: Engine, engine_: Engine
) -> None:
    assert described(migrated) == described(engine_)


def test_an_index_that_the_models_lack_is_noticed(migrated: Engine, engine_: Engine) -> None:
    with migrated.begin() as connection:
        connection.execute(text("CREATE INDEX ix_extra ON clock (business_at)"))
    assert described(migrated)["clock"] != described(engine_)["clock"]


def test_the_triggers_are_those_the_models_create(migrated: Engine, engine_: Engine) -> None:
    assert triggers(migrated) == triggers(engine_) != []


def test_the_newest_revision_is_noted(migrated: Engine) -> None:
    [head] = ScriptDirectory.from_config(config()).get_heads()
    with migrated.connect() as connection:
        assert list(connection.scalars(text(f"SELECT version_num FROM {VERSION_TABLE}"))) == [head]


# --- what cannot be changed afterwards


@pytest.mark.parametrize("table", ["audit_entry", "submission"])
@pytest.mark.parametrize("statement", ["UPDATE {table} SET actor = 'account:2'", "DELETE FROM {table}"])
def test_after_a_migration_the_database_refuses_to_change_what_was_decided(
    used: Engine, table: str, statement: str
) -> None:
    with pytest.raises(DBAPIError, match=f"{table} is {REFUSED}"), used.begin() as connection:
        connection.execute(text(statement.format(table=table)))


# --- again and back


def test_a_second_migration_changes_nothing(used: Engine) -> None:
    before = described(used), rows(used)
    with used.begin() as connection:
        upgrade(connection)
    assert (described(used), rows(used)) == before


def test_a_migration_that_fails_leaves_nothing(bare: Engine) -> None:
    with bare.begin() as connection:
        connection.execute(text("CREATE TABLE hazard (id integer)"))  # in the way of one of the last tables
    with pytest.raises(DBAPIError), bare.begin() as connection:
        upgrade(connection)
    assert inspect(bare).get_table_names() == ["hazard"]


def test_going_back_to_nothing_leaves_nothing(migrated: Engine) -> None:
    with migrated.begin() as connection:
        command.downgrade(config(connection), "base")
    assert [name for name in inspect(migrated).get_table_names() if name != VERSION_TABLE] == []
    assert triggers(migrated) == []
    assert functions(migrated) == []


def test_after_going_back_the_schema_can_be_made_again(migrated: Engine) -> None:
    with migrated.begin() as connection:
        command.downgrade(config(connection), "base")
    with migrated.begin() as connection:
        upgrade(connection)
    with migrated.connect() as connection:
        assert differences(connection, metadata) == []
