"""The product's own code as syntax trees: dotted names are resolved through the imports of their module."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRODUCT = ("engine", "workflows", "web")


@dataclass(frozen=True, slots=True)
class Module:
    """One Python file; `name` is its path from the repository, with slashes."""

    name: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, text: str, name: str = "example.py") -> Module:
        return cls(name, text, ast.parse(text))


@dataclass(frozen=True, slots=True)
class Use:
    """A place where a module names something: `workflows/scheduler.py:21 datetime.datetime.now`."""

    module: str
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} {self.what}"


@cache
def product() -> tuple[Module, ...]:
    """Every module that is shipped, without the generated migrations."""
    paths = [path for folder in PRODUCT for path in sorted((ROOT / folder).rglob("*.py"))]
    return tuple(
        Module.of(path.read_text("utf-8"), path.relative_to(ROOT).as_posix())
        for path in paths
        if "versions" not in path.parts
    )


def names(module: Module) -> Iterator[Use]:
    """Every imported module and every name that is read, as dotted names."""
    known = _imports(module.tree)
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Use(module.name, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (Use(module.name, node.lineno, f"{node.module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Attribute | ast.Name) and (dotted := _dotted(node, known)):
            yield Use(module.name, node.lineno, dotted)


def uses(modules: Iterable[Module], forbidden: Iterable[str]) -> list[Use]:
    """Where one of these dotted names, or something inside it, is named."""
    wanted = tuple(forbidden)
    return [
        use
        for module in modules
        for use in names(module)
        if any(use.what == name or use.what.startswith(f"{name}.") for name in wanted)
    ]


def texts(modules: Iterable[Module], wanted: str) -> list[Use]:
    """Where a text constant contains these characters, whatever their case; docstrings and comments are free."""
    return [
        Use(module.name, node.lineno, wanted)
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if wanted.lower() in node.value.lower()
    ]


def _imports(tree: ast.Module) -> dict[str, str]:
    """What each local name stands for."""
    known: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                known[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and not node.level:
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known


def _dotted(node: ast.expr, known: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return known.get(node.id, f"builtins.{node.id}")
    if isinstance(node, ast.Attribute) and (base := _dotted(node.value, known)):
        return f"{base}.{node.attr}"
    return None
