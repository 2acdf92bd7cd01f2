"""Conditions with many values that SQLite and PostgreSQL decide quickly."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ARRAY, JSON, ColumnElement, any_, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute, Session


def among(session: Session, column: InstrumentedAttribute[Any], values: Iterable[Any]) -> ColumnElement[bool]:
    """Whether a column holds one of these numbers or strings.

    `column.in_(values)` for hundreds of them: they go as one parameter, since the driver takes a statement of many
    apart anew each time it is executed.
    """
    found = list(values)
    if session.get_bind().dialect.name == "postgresql":
        return column == any_(literal(found, ARRAY(column.type)))
    elements = func.json_each(literal(found, JSON)).table_valued("value")
    return column.in_(select(elements.c.value))
