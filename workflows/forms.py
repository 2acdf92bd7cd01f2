"""Check what was typed into a form against its JSON Schema; every problem names its field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import orjson
from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError

from workflows.exceptions import InvalidForm
from workflows.processes import form_schema


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """`path` as in `defects.0.place`; `code` is the schema keyword that was broken; `data` its parameter."""

    path: str
    code: str
    data: Mapping[str, Any] = field(default_factory=dict)


def check(form_key: str, form: Mapping[str, Any]) -> None:
    """Raises InvalidForm(problems=…) unless `form` is exactly what the schema asks for."""
    problems = _checked(form_key, form)
    if problems:
        raise InvalidForm(problems=list(problems))


def problems_of(schema: Mapping[str, Any], form: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """One problem per field, the first that the schema finds."""
    return _problems(Draft202012Validator(schema, format_checker=FormatChecker()), form)


def _checked(form_key: str, form: Mapping[str, Any]) -> tuple[FieldProblem, ...]:
    try:
        text = orjson.dumps(form)
    except orjson.JSONEncodeError:  # no JSON: not worth remembering
        return tuple(_problems(_validator(form_key), form))
    return _found_in(form_key, text)


@lru_cache(4096)
def _found_in(form_key: str, text: bytes) -> tuple[FieldProblem, ...]:
    """Most decisions are the same few words: each is checked once."""
    return tuple(_problems(_validator(form_key), orjson.loads(text)))


@cache
def _validator(form_key: str) -> Draft202012Validator:
    return Draft202012Validator(form_schema(form_key), format_checker=FormatChecker())


def _problems(validator: Draft202012Validator, form: Mapping[str, Any]) -> Iterator[FieldProblem]:
    seen: set[str] = set()
    for error in sorted(validator.iter_errors(dict(form)), key=lambda e: list(map(str, e.absolute_path))):
        for problem in _leaves(error):
            if problem.path not in seen:
                seen.add(problem.path)
                yield problem


def _leaves(error: ValidationError) -> Iterator[FieldProblem]:
    where = [str(step) for step in error.absolute_path]
    instance: Any = error.instance
    value: Any = error.validator_value
    if error.validator == "required":
        for name in (name for name in value if name not in instance):
            yield FieldProblem(".".join([*where, name]), "required")
    elif error.validator == "additionalProperties":
        schema: Any = error.schema
        for name in sorted(set(instance) - set(schema.get("properties", {}))):
            yield FieldProblem(".".join([*where, name]), "unknown")
    else:
        yield FieldProblem(".".join(where), str(error.validator), {"limit": value})
