"""Lists of values as one parameter of a statement: the driver of PostgreSQL takes a statement of many parameters
apart anew each time, and sends rows one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, JSON, ColumnElement, any_, func, insert, inspect, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.models import Base


def among(session: Session, column: InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of these numbers or strings: `column.in_(values)` for hundreds of them."""
    found = list(values)
    if _has_arrays(session):
        return column == any_(literal(found, ARRAY(column.type)))
    elements = func.json_each(literal(found, JSON)).table_valued("value")
    return column.in_(select(elements.c.value))


def insert_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows that all state the same columns, a list for each column."""
    assert all(row.keys() == rows[0].keys() for row in rows)
    if not _has_arrays(session):
        session.execute(insert(model), [dict(row) for row in rows], execution_options={"render_nulls": True})
        return
    columns = inspect(model).columns
    lists = [literal([row[name] for row in rows], ARRAY(columns[name].type)) for name in rows[0]]
    source = func.unnest(*lists).table_valued(*rows[0], name="row")
    session.execute(insert(model).from_select(list(rows[0]), select(*source.render_derived().c)))


def _has_arrays(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
