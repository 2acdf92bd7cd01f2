"""What may stand between the braces of a template: placeholders, repetitions and conditions, nothing else.

Templates come from people, so what they can say is listed here; all other constructs of Jinja are refused by name. A
repetition goes over a list of the document, or of the row it stands in, so that its length is that of the facts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeAlias

from jinja2 import Template, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.runtime import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workflows.documents.exceptions import Flaw, TemplateRefused
from workflows.documents.types import Placeholder

SHOWN = 60  # characters of a paragraph that a refusal names
_TAG = re.compile(r"<[^>]*>")
LONGEST = 20_000_000  # characters of a filled document
_LOOP = {name: Placeholder(name, "", "", "") for name in ("index", "first", "last", "length")}
_Scope: TypeAlias = Mapping[str, "Placeholder | Mapping[str, Placeholder]"]


class _Bounded(Template):
    def render(self, *args: Any, **kwargs: Any) -> str:
        parts, size = [], 0
        for part in self.generate(*args, **kwargs):
            size += len(part)
            if size > LONGEST:
                raise TemplateRefused(Flaw.TOO_LONG, limit=LONGEST)
            parts.append(part)
        return "".join(parts)


class Wording(ImmutableSandboxedEnvironment):
    """An environment that compiles only what names these placeholders."""

    template_class = _Bounded

    def __init__(self, placeholders: Mapping[str, Placeholder]) -> None:
        super().__init__(autoescape=True, undefined=StrictUndefined)
        for offered in (self.globals, self.filters, self.tests):
            offered.clear()
        self.placeholders = placeholders

    def compile(self, source: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            tree = self.parse(source) if isinstance(source, str) else source
        except TemplateSyntaxError as error:
            raise TemplateRefused(Flaw.SYNTAX, name=_near(source, error.lineno)) from error
        _check_all(tree.body, self.placeholders)
        return super().compile(tree, *args, **kwargs)


def _check_all(body: list[nodes.Node], scope: _Scope) -> None:
    for node in body:
        if isinstance(node, nodes.Output):
            for one in node.nodes:
                if not isinstance(one, nodes.TemplateData):
                    _check_value(one, scope)
        elif isinstance(node, nodes.If):
            _check_if(node, scope)
        elif isinstance(node, nodes.For) and not node.recursive and node.test is None:
            _check_for(node, scope)
        else:
            raise TemplateRefused(Flaw.CONSTRUCT, name=_said(node))


def _check_if(node: nodes.If, scope: _Scope) -> None:
    _check_test(node.test, scope)
    _check_all(node.body, scope)
    for other in node.elif_:
        _check_if(other, scope)
    _check_all(node.else_, scope)


def _check_for(node: nodes.For, scope: _Scope) -> None:
    found = _found(node.iter, scope)
    if not found.rows or not isinstance(node.target, nodes.Name):
        raise TemplateRefused(Flaw.NOT_A_LIST, name=found.name)
    row = {one.name: one for one in found.rows}
    _check_all(node.body, {**scope, node.target.name: row, "loop": _LOOP})
    _check_all(node.else_, scope)


def _check_value(node: nodes.Expr, scope: _Scope) -> None:
    found = _found(node, scope)
    if found.rows:
        raise TemplateRefused(Flaw.A_LIST, name=found.name)


def _check_test(node: nodes.Node, scope: _Scope) -> None:
    if isinstance(node, nodes.Not):
        _check_test(node.node, scope)
    elif isinstance(node, nodes.And | nodes.Or):
        _check_test(node.left, scope)
        _check_test(node.right, scope)
    elif isinstance(node, nodes.Compare):
        _check_test(node.expr, scope)
        for one in node.ops:
            _check_test(one.expr, scope)
    elif not isinstance(node, nodes.Const):
        _found(node, scope)


def _found(node: nodes.Node, scope: _Scope) -> Placeholder:
    """What a name, or a name of a row, stands for."""
    if isinstance(node, nodes.Name):
        one = scope.get(node.name)
        if isinstance(one, Placeholder):
            return one
        raise TemplateRefused(Flaw.UNKNOWN, name=node.name)
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        row = scope.get(node.node.name)
        if isinstance(row, Mapping) and node.attr in row:
            return row[node.attr]
        raise TemplateRefused(Flaw.UNKNOWN, name=f"{node.node.name}.{node.attr}")
    raise TemplateRefused(Flaw.CONSTRUCT, name=_said(node))


def _near(source: str, line: int) -> str:
    """The paragraph in which something is wrong, or which nothing closes."""
    return _TAG.sub("", source.splitlines()[line - 1]).strip()[:SHOWN]


def _said(node: nodes.Node) -> str:
    """The construct as its writer knows it: the word in the braces, as far as it has one."""
    return str(getattr(node, "name", None) or getattr(node, "operator", None) or type(node).__name__.lower())
