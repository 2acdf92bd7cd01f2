"""`column IN (…)` for hundreds of values: one statement and one parameter however many there are.

A list of parameters of its own length makes a statement of its own, which is written, parsed and, by the driver of
PostgreSQL, taken apart anew each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from sqlalchemy import ARRAY, JSON, Boolean, ColumnElement, bindparam
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine


def among(
    place: ColumnElement[Any] | InstrumentedAttribute[Any], values: Iterable[Any]
) -> ColumnElement[bool]:
    """Whether a column holds one of these numbers or strings."""
    return _Among(place, bindparam(None, list(values), type_=_Values(place.type)))


def among_given(place: ColumnElement[Any] | InstrumentedAttribute[Any], name: str) -> ColumnElement[bool]:
    """The same for a statement that is built once: the list comes with each execution, as the parameter `name`."""
    return _Among(place, bindparam(name, type_=_Values(place.type)))


class _Values(TypeDecorator[list[Any]]):
    """A list of values of one type: an array on PostgreSQL, JSON on SQLite."""

    impl = JSON
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(ARRAY(self.item) if dialect.name == "postgresql" else JSON())


class _Among(FunctionElement[bool]):
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> Self:
        """A condition as it stands: SQLite would compare a value with 1, and then finds nothing by an index."""
        return self


@compiles(_Among, "sqlite")
def _in_json(element: _Among, compiler: Any, **options: Any) -> str:
    place, values = (compiler.process(one, **options) for one in element.clauses)
    return f"({place} IN (SELECT value FROM json_each({values})))"  # noqa: S608 - names and placeholders of the compiler


@compiles(_Among, "postgresql")
def _any(element: _Among, compiler: Any, **options: Any) -> str:
    place, values = (compiler.process(one, **options) for one in element.clauses)
    return f"({place} = ANY ({values}))"
