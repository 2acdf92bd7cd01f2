"""Read a YAML file as plain data, and know the line of every value in it.

Safer and stricter than YAML: no tags, no aliases, no duplicate keys, and dates stay text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

Place: TypeAlias = tuple[str | int, ...]

DEEPEST = 50  # levels; a template of the product has nine
_OPENING = (
    yaml.FlowSequenceStartToken, yaml.FlowMappingStartToken, yaml.BlockSequenceStartToken, yaml.BlockMappingStartToken,
)  # fmt: skip
_CLOSING = (yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken, yaml.BlockEndToken)


class YamlFlaw(Exception):
    """The text is no acceptable YAML; `line` counts from 1 (None where unknown)."""

    def __init__(self, code: str, line: int | None, detail: str = "") -> None:
        super().__init__(f"line {line}: {code} {detail}".rstrip())
        self.code, self.line, self.detail = code, line, detail


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The data, and the line (from 1) at which the value at each place begins."""

    data: Any
    lines: Mapping[Place, int]

    def line_of(self, place: Place) -> int | None:
        """The line of a place, or of the nearest value around it."""
        return next(
            (self.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in self.lines), None
        )


class _Loader(yaml.SafeLoader):
    """The safe loader without dates: a date stays the text that was written."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> YamlDocument:
    """Raises YamlFlaw for what is no YAML, and for tags, aliases and duplicate keys."""
    lines: dict[Place, int] = {}
    try:
        _refuse_more_than_plain(text)
        loader = _Loader(text)
        node = loader.get_single_node()
        return YamlDocument(None if node is None else _build(loader, node, (), lines), lines)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlFlaw("not-yaml", mark.line + 1 if mark else None, error.problem or "") from error
    except (yaml.YAMLError, ValueError) as error:
        raise YamlFlaw("not-yaml", None, str(error)) from error
    except RecursionError as error:
        raise YamlFlaw("too-deep", None) from error


def _refuse_more_than_plain(text: str) -> None:
    depth = 0
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
            raise YamlFlaw("not-plain", token.start_mark.line + 1, type(token).__name__)
        depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
        if depth > DEEPEST:  # the scanner itself takes longer with every level
            raise YamlFlaw("too-deep", token.start_mark.line + 1)


def _build(loader: _Loader, node: yaml.Node, place: Place, lines: dict[Place, int]) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        return _build_mapping(loader, node, place, lines)
    if isinstance(node, yaml.SequenceNode):
        return [_build(loader, part, (*place, index), lines) for index, part in enumerate(node.value)]
    return loader.construct_object(node)


def _build_mapping(
    loader: _Loader, node: yaml.MappingNode, place: Place, lines: dict[Place, int]
) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode) or key_node.value in data:
            raise YamlFlaw("duplicate-key", key_node.start_mark.line + 1, str(key_node.value))
        data[key_node.value] = _build(loader, value_node, (*place, key_node.value), lines)
    return data
