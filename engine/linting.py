"""What would run wrongly is refused by name: XML that the parser drops, then the parsed elements."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from engine.spiff.checks import check, service_topics
from engine.spiff.parser import Definition, load, read_xml
from engine.types import Finding

_BPMN: Final = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
_GATEWAYS: Final = frozenset({"exclusiveGateway", "inclusiveGateway"})
_IGNORED: Final = (
    ("compensateEventDefinition", "E-COMPENSATION"),
    ("linkEventDefinition", "E-LINK"),
    ("cancelEventDefinition", "E-TRANSACTION"),
)


def lint(
    key: str, files: Mapping[str, bytes], topics: Collection[str] = ()
) -> tuple[Definition | None, list[Finding]]:
    """The parsed definition, unless it cannot be parsed, and every finding.

    `topics` are the registered handlers; when there are none, topics are not checked.
    """
    findings = [
        f for name in sorted(files) if name.endswith((".bpmn", ".dmn")) for f in lint_xml(files[name])
    ]
    if any(f.code in ("E-DOCTYPE", "E-XML") for f in findings):
        return None, findings
    try:
        definition = load(key, files)
    except Exception as exc:  # noqa: BLE001 - the parser raises many kinds; each is a finding
        return None, [*findings, Finding("error", "E-PARSE", key, f"{type(exc).__name__}: {exc}")]
    return definition, [*findings, *check(definition), *_unknown_topics(definition, topics)]


def _unknown_topics(definition: Definition, topics: Collection[str]) -> Iterator[Finding]:
    for node, topic in service_topics(definition):
        if not topic:
            yield Finding("error", "E-TOPIC", node, "service task without the extension property 'topic'")
        elif topics and topic not in topics:
            yield Finding("error", "E-TOPIC", node, f"no handler for topic '{topic}'")


def lint_xml(source: bytes) -> list[Finding]:
    """What the parser silently ignores."""
    if b"<!DOCTYPE" in source:
        return [Finding("error", "E-DOCTYPE", "", "document type declarations are refused")]
    try:
        root = read_xml(source)
    except etree.XMLSyntaxError as exc:
        return [Finding("error", "E-XML", "", str(exc))]
    return [*_events(root), *_conditions(root)]


def _events(root: Any) -> Iterator[Finding]:
    for node in root.iter(_BPMN + "endEvent"):
        if node.find(_BPMN + "signalEventDefinition") is not None:
            yield Finding(
                "error", "E-SIGNAL-END", node.get("id"), "signal end events are never thrown by Spiff"
            )
    for name, code in _IGNORED:
        for node in root.iter(_BPMN + name):
            yield Finding("error", code, node.getparent().get("id"), f"{name} is ignored or unproven")


def _conditions(root: Any) -> Iterator[Finding]:
    tags = {
        e.get("id"): e.tag.removeprefix(_BPMN) for e in root.iter() if isinstance(e.tag, str) and e.get("id")
    }
    for flow in root.iter(_BPMN + "sequenceFlow"):
        conditional = flow.find(_BPMN + "conditionExpression") is not None
        if conditional and tags.get(flow.get("sourceRef")) not in _GATEWAYS:
            text = "a condition on a flow that does not leave a gateway is ignored by Spiff"
            yield Finding("error", "E-FLOW-CONDITION", flow.get("id"), text)
