"""The triggers that make a table append-only, for SQLite and PostgreSQL.

`Base.metadata.create_all` runs them with the table; a migration runs `statements(...)` after it creates the
table, because Alembic builds a table of its own that knows no events.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, text

REFUSED = "append-only"  # part of the message of both databases


def statements(dialect: str, table: str = "audit_entry") -> list[str]:
    """The statements that forbid UPDATE and DELETE (and, on PostgreSQL, TRUNCATE) on the table."""
    return _sqlite(table) if dialect == "sqlite" else _postgresql(table)


def removal(dialect: str, table: str = "audit_entry") -> list[str]:
    """What `DROP TABLE` leaves behind of `statements`: on PostgreSQL the function that the trigger called."""
    return [] if dialect == "sqlite" else [f"DROP FUNCTION {table}_refuse()"]


def protect(table: Table, connection: Connection, **_: Any) -> None:
    """The `after_create` event of the table."""
    for statement in statements(connection.dialect.name, table.name):
        connection.execute(text(statement))


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is {REFUSED}'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def _postgresql(table: str) -> list[str]:
    return [
        f"CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is {REFUSED}'; END $$",
        f"CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()",
    ]
