"""From BPMN and DMN sources to a bound definition."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, Final

from lxml import etree
from SpiffWorkflow.bpmn.parser.util import full_tag
from SpiffWorkflow.bpmn.specs.mixins.multiinstance_task import LoopTask, MultiInstanceTask
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.spiff.parser.process import SpiffBpmnParser
from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser
from SpiffWorkflow.spiff.specs.defaults import ServiceTask

from engine.spiff.binding import bind

CODEC_VERSION: Final = 1
ENGINE_VERSION: Final = f"{CODEC_VERSION}/SpiffWorkflow-{version('SpiffWorkflow')}"
_XML: Final[Mapping[str, Any]] = {"resolve_entities": False, "no_network": True, "huge_tree": False}


@dataclass(frozen=True, slots=True)
class Definition:
    """A bound process definition: immutable after `load`, shared between threads."""

    key: str
    hash: str
    name: str
    spec: Any
    subs: Mapping[str, Any]
    locals: frozenset[str]
    loop_conditions: frozenset[str]
    cardinalities: frozenset[str]
    decisions: Mapping[str, Any]

    def all_specs(self) -> Iterator[Any]:
        """The process, its sub-processes and the processes it calls."""
        yield self.spec
        yield from self.subs.values()

    def nodes(self) -> set[str]:
        """BPMN ids that an exploration must see executed."""
        return {
            node.bpmn_id
            for spec in self.all_specs()
            for node in spec.task_specs.values()
            if getattr(node, "bpmn_id", None)
        }


class _ServiceTaskParser(SpiffTaskParser):  # type: ignore[misc]
    """A plain service task: no operator, its extension properties say what to do."""

    def create_task(self) -> Any:
        return ServiceTask(self.spec, self.bpmn_id, "", {}, None, **self.bpmn_attributes)


class _Parser(SpiffBpmnParser):  # type: ignore[misc]
    OVERRIDE_PARSER_CLASSES: Final = {
        **SpiffBpmnParser.OVERRIDE_PARSER_CLASSES,
        full_tag("serviceTask"): (_ServiceTaskParser, ServiceTask),
    }


def content_hash(key: str, files: Mapping[str, bytes]) -> str:
    """Identity of a version: sources, codec and SpiffWorkflow's version."""
    digest = hashlib.blake2b(repr((ENGINE_VERSION, key)).encode(), digest_size=16)
    for name in sorted(files):
        digest.update(name.encode() + b"\0" + hashlib.blake2b(files[name]).digest())
    return digest.hexdigest()


def read_xml(source: bytes) -> Any:
    """Root element; entities and the network stay out."""
    return etree.fromstring(source, etree.XMLParser(**_XML))


def load(key: str, files: Mapping[str, bytes]) -> Definition:
    """Parse and bind; SpiffWorkflow's parser errors pass through."""
    parser = _Parser()
    for name in sorted(files):
        if name.endswith(".dmn"):
            parser.add_dmn_xml(read_xml(files[name]), name)
    for name in sorted(files):
        if name.endswith(".bpmn"):
            parser.add_bpmn_xml(read_xml(files[name]), name)
    spec = parser.get_spec(key)
    subs = parser.get_subprocess_specs(key)
    local: set[str] = set()
    conditions: set[str] = set()
    cardinalities: set[str] = set()
    for each in (spec, *subs.values()):
        bind(each)
        for node in each.task_specs.values():
            if isinstance(node, MultiInstanceTask):
                local |= {i.bpmn_id for i in (node.input_item, node.output_item) if i is not None}
                if node.cardinality:
                    cardinalities.add(node.cardinality)
            if isinstance(node, LoopTask) and node.condition:
                conditions.add(node.condition)
    return Definition(
        key=key,
        hash=content_hash(key, files),
        name=getattr(spec, "description", None) or key,
        spec=spec,
        subs=subs,
        locals=frozenset(local),
        loop_conditions=frozenset(conditions),
        cardinalities=frozenset(cardinalities),
        decisions=_decisions(parser),
    )


def load_tables(files: Mapping[str, bytes]) -> dict[str, Any]:
    """Decision tables that belong to no process, by the id of their decision; parser errors pass through."""
    parser = _Parser()
    for name in sorted(files):
        parser.add_dmn_xml(read_xml(files[name]), name)
    return _decisions(parser)


def _decisions(parser: Any) -> dict[str, Any]:
    tables = {}
    for decision_id, dmn in parser.dmn_parsers.items():
        dmn.parse()
        if dmn.decision.decisionTables:
            tables[decision_id] = DMNEngine(dmn.decision.decisionTables[0])
    return tables
