"""How a variable is identified: exact type and value, so that a memo never mistakes 1 for True."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable, Mapping
from typing import Any, Final

import orjson

from engine.exceptions import InvalidValues
from engine.types import Json, Path

BIG: Final = 128
_DEPTH: Final = 40
_MAX_INT: Final = 2**63


class _Missing:
    """The variable did not exist when it was read."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = _Missing()


class Deferred(str):
    """Name of a variable whose value is read per instance when a transition is applied (due dates)."""

    __slots__ = ()


def value_key(value: Any) -> Hashable:
    """Hashable, type-exact (True, 1 and 1.0 differ) identity of a JSON value; long ones are hashed."""
    kind = type(value)
    if kind is str and len(value) <= BIG:
        return ("str", value)
    if value is None or kind in (bool, int, float):
        return (kind.__name__, repr(value) if kind is float else value)
    if value is MISSING:
        return ("missing",)
    blob = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    return ("json", blob if len(blob) <= BIG else hashlib.blake2b(blob, digest_size=16).digest())


def lookup(variables: Mapping[str, Any], path: Path) -> Any:
    """Value at `path`, or MISSING."""
    value: Any = variables
    for step in path:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return MISSING
    return value


def check_variables(values: Mapping[str, Json]) -> dict[str, Json]:
    """The same values as a new dict; raises InvalidValues for what would not survive a JSON column
    exactly.
    """
    for name, value in values.items():
        if not isinstance(name, str) or not name.isidentifier() or name.startswith("_"):
            raise InvalidValues(name=name, problem="name")
        _check(value, name, 0)
    return dict(values)


def _check(value: Any, name: str, depth: int) -> None:
    kind = type(value)
    if value is None or kind is bool:
        return
    if kind is str:
        _check_text(value, name)
    elif kind is int:
        if not -_MAX_INT <= value < _MAX_INT:
            raise InvalidValues(name=name, problem="number out of range")
    elif kind is float:
        if not math.isfinite(value):
            raise InvalidValues(name=name, problem="number is not finite")
    elif depth < _DEPTH and kind is list:
        for item in value:
            _check(item, name, depth + 1)
    elif depth < _DEPTH and kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise InvalidValues(name=name, problem="key is no text")
            _check_text(key, name)
            _check(item, name, depth + 1)
    else:
        raise InvalidValues(name=name, problem=f"not JSON: {kind.__name__}")


def _check_text(value: str, name: str) -> None:
    if "\x00" in value or not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidValues(name=name, problem="text is not valid Unicode") from None
        if "\x00" in value:
            raise InvalidValues(name=name, problem="text contains a null character")
