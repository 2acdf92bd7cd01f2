"""Hundreds of values as one parameter of a statement, on SQLite and on PostgreSQL.

The driver of PostgreSQL takes a statement of many parameters apart anew each time, and sends rows one by one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import JSON, column, func, insert, inspect, literal, select
from sqlalchemy.orm import Session

from engine.models import Base


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all state the same columns. Their values have to be what JSON can carry: dates and
    enumerations are, what a column's type would change on its way is not.
    """
    assert all(row.keys() == rows[0].keys() for row in rows)
    told = [dict(row) for row in rows]
    if not _is_postgresql(session):
        session.execute(insert(model), told, execution_options={"render_nulls": True})
        return
    columns = [column(name, inspect(model).columns[name].type) for name in rows[0]]
    source = func.json_to_recordset(literal(told, JSON)).table_valued(*columns, name="stated")
    query = select(*source.render_derived(with_types=True).c)
    session.execute(insert(model).from_select(list(rows[0]), query))


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
