"""Which expressions and scripts a definition may contain: allow-listed, never compiled or executed."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from string import Formatter
from typing import Any, Final

from engine.exceptions import TransitionFailed

MAX_SOURCE: Final = 4000

_NODES: Final = """
Expression Module BoolOp And Or UnaryOp Not USub BinOp Add Sub Mult Div FloorDiv Mod Compare Eq NotEq Lt LtE
Gt GtE In NotIn Is IsNot IfExp Constant Name Load Store List Tuple Dict Subscript Call Assign AugAssign Expr
If Pass
"""
_ALLOWED: Final = tuple(getattr(ast, name) for name in _NODES.split())
FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "len": len, "min": min, "max": max, "abs": abs, "str": str, "int": int, "float": float, "round": round,
    "sum": sum, "sorted": sorted, "bool": bool,
}  # fmt: skip
SPECIAL: Final = frozenset({"has", "now", "today"})


class Unsafe(ValueError):
    """The text uses a construct outside the allow-list."""


@lru_cache(4096)
def parse(source: str, mode: str = "eval") -> Any:
    """Checked syntax tree; SyntaxError passes through (SpiffWorkflow's decision tables rely on it)."""
    if len(source) > MAX_SOURCE:
        raise Unsafe("source too long")
    tree = ast.parse(source.strip(), mode=mode)
    for node in ast.walk(tree):
        _check(node)
    return tree


def _check(node: ast.AST) -> None:
    if not isinstance(node, _ALLOWED):
        raise Unsafe(f"{type(node).__name__} is not allowed")
    if isinstance(node, ast.Name) and node.id.startswith("_"):
        raise Unsafe(node.id)
    if isinstance(node, ast.Dict) and None in node.keys:
        raise Unsafe("unpacking is not allowed")
    if isinstance(node, ast.Constant) and not isinstance(node.value, str | int | float | bool | type(None)):
        raise Unsafe("constant type")
    if isinstance(node, ast.Call):
        known = isinstance(node.func, ast.Name) and node.func.id in FUNCTIONS.keys() | SPECIAL
        if not known or node.keywords:
            raise Unsafe("only listed functions with positional arguments")


def template_names(template: str) -> Iterator[str]:
    """Variables that a template such as `{enterprise_id}:principal` names; raises Unsafe when malformed."""
    try:
        for _, field, spec, conversion in Formatter().parse(template):
            if field is not None:
                if not field.isidentifier() or spec or conversion:
                    raise Unsafe(f"template field {field!r}")
                yield field
    except ValueError as exc:
        raise Unsafe(f"template {template!r}: {exc}") from exc


@lru_cache(4096)
def _fields(template: str) -> tuple[str, ...]:
    return tuple(template_names(template))


def resolve_template(template: str, variables: Mapping[str, Any]) -> str:
    """Text of a template for one instance; raises TransitionFailed when a variable is missing or no id."""
    values = {}
    for name in _fields(template):
        value = variables.get(name)
        if type(value) not in (str, int):
            raise TransitionFailed(f"template {template!r}: variable '{name}' is {value!r}", node=template)
        values[name] = value
    return template.format(**values) if values else template
