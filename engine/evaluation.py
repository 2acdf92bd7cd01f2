"""What an expression yields, and which variables it read and wrote on the way.

Everything a run may depend on is in the marking, in the event or a *recorded read*; that is the whole
soundness argument of the memo, so every new function must keep it true.
"""

from __future__ import annotations

import ast
import copy
import operator
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Final

from engine.expressions import FUNCTIONS, Unsafe
from engine.types import Path, Thrown
from engine.values import MISSING, Deferred, lookup, value_key

MAX_TEXT: Final = 65536
MAX_BITS: Final = 256
Choose = Callable[[Any, Sequence[Any]], Any]


class RunContext:
    """Variables of one run. `base` is never mutated; reads are recorded in order.

    `choose` is set only while a definition is explored: it answers gateways instead of data.
    """

    def __init__(self, base: Mapping[str, Any], choose: Choose | None = None) -> None:
        self.base, self.choose = base, choose
        self.work: dict[str, Any] = {}
        self.assigned: set[str] = set()
        self.reads: list[tuple[Path, Hashable]] = []
        self._seen: set[Path] = set()
        self.volatile = False
        self.armed: dict[Any, tuple[str, str]] = {}
        self.thrown: list[Thrown] = []
        self.ran: list[str] = []

    def _record(self, path: Path) -> Any:
        value = lookup(self.base, path)
        if path not in self._seen:
            self._seen.add(path)
            self.reads.append((path, value_key(value)))
        return value

    def read(self, name: str) -> Any:
        """The whole variable, or MISSING."""
        if name in self.work:
            return self.work[name]
        value = self._record((name,))
        if isinstance(value, dict | list):
            value = self.work[name] = copy.deepcopy(value)  # changes in place must not reach the base
        return value

    def read_path(self, path: Path) -> Any:
        """One part of a variable: only this part becomes a read."""
        value = lookup(self.work, path) if path[0] in self.work else self._record(path)
        return copy.deepcopy(value) if isinstance(value, dict | list) else value

    def write(self, name: str, value: Any) -> None:
        """Assign a variable; a timer armed on it earlier in this run keeps the old value."""
        for task_id, (kind, ref) in list(self.armed.items()):
            if isinstance(ref, Deferred) and ref == name:
                self.armed[task_id] = (kind, self.read(name))
        self.work[name] = value
        self.assigned.add(name)

    def defer(self, name: str) -> Any:
        """The value if this run has already fixed it, else a reference that is no read."""
        return self.work[name] if name in self.work else Deferred(name)

    def writes(self) -> dict[str, Any]:
        """Final values. Assigned names are always listed, even when equal to the base.

        The base was not read, so leaving them out would be wrong for the next instance that hits the memo.
        """
        return {
            k: v
            for k, v in self.work.items()
            if k in self.assigned or value_key(self.base.get(k, MISSING)) != value_key(v)
        }


_BINARY: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod,
}  # fmt: skip
_COMPARE: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le,
    ast.Gt: operator.gt, ast.GtE: operator.ge, ast.In: lambda a, b: a in b, ast.NotIn: lambda a, b: a not in
    b, ast.Is: operator.is_, ast.IsNot: operator.is_not,
}  # fmt: skip


def _bounded(value: Any) -> Any:
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        raise Unsafe("value too large")
    if isinstance(value, str | list) and len(value) > MAX_TEXT:
        raise Unsafe("value too large")
    return value


class Evaluator:
    """Walks a checked tree over one run and one token-local mapping."""

    def __init__(
        self,
        run: RunContext,
        local: dict[str, Any],
        extra: Mapping[str, Any] | None = None,
        scope: frozenset[str] = frozenset(),
    ) -> None:
        self.run, self.local, self.extra, self.scope = run, local, extra or {}, scope

    def value(self, node: Any) -> Any:
        """Value of an expression node; raises NameError for a missing variable."""
        walk = _WALK.get(type(node))
        if walk is None:
            raise Unsafe(type(node).__name__)
        return walk(self, node)

    def block(self, statements: Sequence[Any]) -> None:
        """Run statements of a script."""
        for statement in statements:
            if isinstance(statement, ast.Assign | ast.AugAssign):
                self._assign(statement)
            elif isinstance(statement, ast.If):
                self.block(statement.body if self.value(statement.test) else statement.orelse)
            elif isinstance(statement, ast.Expr):
                self.value(statement.value)

    def _name(self, node: Any) -> Any:
        return self.by_name(node.id)

    def by_name(self, name: str) -> Any:
        """Value of a variable; token-local names first."""
        if name in self.extra:
            return self.extra[name]
        if name in self.local:
            return self.local[name]
        value = self.run.read(name)
        if value is MISSING:
            raise NameError(f"variable '{name}' is not defined")
        return value

    def _compare(self, node: Any) -> Any:
        left = self.value(node.left)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.value(comparator)
            if not _COMPARE[type(op)](left, right):
                return False
            left = right
        return True

    def _bool(self, node: Any) -> Any:
        value = None
        for part in node.values:
            value = self.value(part)
            if bool(value) == isinstance(node.op, ast.Or):
                return value
        return value

    def _unary(self, node: Any) -> Any:
        value = self.value(node.operand)
        return (not value) if isinstance(node.op, ast.Not) else -value

    @staticmethod
    def _arithmetic(op: ast.operator, a: Any, b: Any) -> Any:
        if isinstance(op, ast.Mult | ast.Mod) and not all(isinstance(x, int | float) for x in (a, b)):
            raise Unsafe("sequence repetition and formatting are not allowed")
        return _bounded(_BINARY[type(op)](a, b))

    def _subscript(self, node: Any) -> Any:
        path = self._chain(node)
        if path is None:
            return self.value(node.value)[self.value(node.slice)]
        value = self.run.read_path(path)
        if value is MISSING:
            raise KeyError(".".join(map(str, path)))
        return value

    def _chain(self, node: Any) -> Path | None:
        """`r['a']['b']` as a path, when it starts at an instance variable and has constant steps."""
        steps: list[Any] = []
        while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            steps.append(node.slice.value)
            node = node.value
        if steps and isinstance(node, ast.Name) and node.id not in self.extra and node.id not in self.local:
            return (node.id, *reversed(steps))
        return None

    def _call(self, node: Any) -> Any:
        args = [self.value(a) for a in node.args]
        name = node.func.id
        if name == "has":  # has('name'): an existence test is a read too
            return args[0] in self.local or self.run.read(args[0]) is not MISSING
        if name == "now":  # never memoised
            self.run.volatile = True
            return self.run.read("$now")
        if name == "today":  # memoised: its value is part of the key
            return self.run.read("$today")
        return _bounded(FUNCTIONS[name](*args))

    def _assign(self, node: Any) -> None:
        if isinstance(node, ast.Assign):
            if len(node.targets) != 1:
                raise Unsafe("multiple targets")
            target, value = node.targets[0], self.value(node.value)
        else:
            target = node.target
            value = self._arithmetic(node.op, self.value(target), self.value(node.value))
        if isinstance(target, ast.Name):
            self._set(target.id, value)
        elif isinstance(target, ast.Subscript):
            self._container(target.value)[self.value(target.slice)] = value
        else:
            raise Unsafe("assignment target")

    def _set(self, name: str, value: Any) -> None:
        if name in self.local or name in self.scope:
            self.local[name] = value
        else:
            self.run.write(name, copy.deepcopy(value))

    def _container(self, node: Any) -> Any:
        """Working copy to write into: the whole variable is read first, so that it is also written whole."""
        root = node
        while isinstance(root, ast.Subscript):
            root = root.value
        if not isinstance(root, ast.Name):
            raise Unsafe("assignment target")
        self.by_name(root.id)
        return self._inside(node)

    def _inside(self, node: Any) -> Any:
        if isinstance(node, ast.Name):
            return self.by_name(node.id)
        return self._inside(node.value)[self.value(node.slice)]


_WALK: Final[Mapping[type, Callable[[Evaluator, Any], Any]]] = {
    ast.Constant: lambda e, n: n.value,
    ast.Name: Evaluator._name,
    ast.Compare: Evaluator._compare,
    ast.BoolOp: Evaluator._bool,
    ast.UnaryOp: Evaluator._unary,
    ast.BinOp: lambda e, n: e._arithmetic(n.op, e.value(n.left), e.value(n.right)),
    ast.IfExp: lambda e, n: e.value(n.body if e.value(n.test) else n.orelse),
    ast.Subscript: Evaluator._subscript,
    ast.List: lambda e, n: [e.value(x) for x in n.elts],
    ast.Tuple: lambda e, n: [e.value(x) for x in n.elts],
    ast.Dict: lambda e, n: {e.value(k): e.value(v) for k, v in zip(n.keys, n.values, strict=True)},
    ast.Call: Evaluator._call,
}
