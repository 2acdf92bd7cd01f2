"""What lies in bpmn/: the folders, and a definition as its elements and shapes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from lxml import etree

ROOT: Final = Path(__file__).resolve().parents[2] / "bpmn"
KEYS: Final = (
    "campaign", "cosign", "enforcement", "escalation", "extension", "failing_list", "hazard", "hazard_acceptance",
    "hazard_control", "launch", "objection", "obligation", "self_evaluation", "tip", "unit_task",
)  # fmt: skip
CALLING: Final = (
    "obligation", "unit_task", "enforcement", "self_evaluation", "hazard_control", "hazard_acceptance", "tip",
)  # fmt: skip
CALLS: Final = {
    **dict.fromkeys(CALLING, ("escalation",)),
    "hazard": ("hazard_control", "hazard_acceptance", "escalation"),
}
NS: Final = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
    "spiff": "http://spiffworkflow.org/bpmn/schema/1.0/core",
}
EVENTS: Final = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "boundaryEvent"})
GATEWAYS: Final = frozenset({"exclusiveGateway", "parallelGateway"})
TASKS: Final = frozenset({"userTask", "serviceTask", "businessRuleTask", "receiveTask"})
CONTAINERS: Final = frozenset({"subProcess", "callActivity"})
FLOW_NODES: Final = EVENTS | GATEWAYS | TASKS | CONTAINERS
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of the picture, in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, other: Box) -> bool:
        right, bottom = self.x + self.width, self.y + self.height
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.x + other.width <= right
            and other.y + other.height <= bottom
        )

    def overlaps(self, other: Box) -> bool:
        apart_x = self.x + self.width <= other.x or other.x + other.width <= self.x
        apart_y = self.y + self.height <= other.y or other.y + other.height <= self.y
        return not (apart_x or apart_y)

    def touched_by(self, point: Point) -> bool:
        """Does the point lie on the border?"""
        x, y = point
        on_side = x in (self.x, self.x + self.width) and self.y <= y <= self.y + self.height
        on_edge = y in (self.y, self.y + self.height) and self.x <= x <= self.x + self.width
        return on_side or on_edge


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A task, event, gateway, sub-process or call; `parent` is the id of its sub-process or of the process."""

    id: str
    tag: str
    name: str
    parent: str
    properties: dict[str, str]
    attached_to: str | None
    default: str | None


@dataclass(frozen=True, slots=True)
class SequenceFlow:
    """A line from one node to another."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None


@dataclass(frozen=True, slots=True)
class Definition:
    """A .bpmn file, read without any engine."""

    key: str
    nodes: dict[str, FlowNode]
    flows: dict[str, SequenceFlow]
    lanes: dict[str, tuple[str, tuple[str, ...]]]
    shapes: dict[str, Box]
    labels: dict[str, Box]
    edges: dict[str, list[Point]]

    def lane_of(self, node: str) -> str:
        found = [lane for lane, (_, members) in self.lanes.items() if node in members]
        assert len(found) == 1, f"{node} is listed by {found}"
        return found[0]


def bundle(key: str) -> dict[str, bytes]:
    """The files that are deployed under `key`, those of the processes it calls among them."""
    folders = (key, *CALLS.get(key, ()))
    return {
        path.name: path.read_bytes()
        for folder in folders
        for path in sorted((ROOT / folder).iterdir())
        if path.suffix in (".bpmn", ".dmn")
    }


def forms() -> dict[str, dict[str, Any]]:
    """Every form schema by form key."""
    return {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text("utf-8"))
        for path in sorted(ROOT.glob("*/*.schema.json"))
    }


@lru_cache
def read(key: str) -> Definition:
    """Parse `bpmn/<key>/<key>.bpmn`."""
    root = etree.fromstring((ROOT / key / f"{key}.bpmn").read_bytes())
    shapes, labels = _boxes(root)
    return Definition(key, _nodes(root), _flows(root), _lanes(root), shapes, labels, _edges(root))


def _find(root: Any, path: str) -> list[Any]:
    return list(root.iterfind(path, NS))


def _nodes(root: Any) -> dict[str, FlowNode]:
    elements = [e for e in root.iter() if isinstance(e.tag, str) and etree.QName(e).localname in FLOW_NODES]
    return {e.get("id"): _node(e) for e in elements if etree.QName(e).namespace == NS["bpmn"]}


def _node(element: Any) -> FlowNode:
    properties = _find(element, "bpmn:extensionElements/spiff:properties/spiff:property")
    return FlowNode(
        id=element.get("id"),
        tag=etree.QName(element).localname,
        name=element.get("name", ""),
        parent=element.getparent().get("id"),
        properties={p.get("name"): p.get("value") for p in properties},
        attached_to=element.get("attachedToRef"),
        default=element.get("default"),
    )


def _flows(root: Any) -> dict[str, SequenceFlow]:
    return {
        e.get("id"): SequenceFlow(
            e.get("id"),
            e.get("name", ""),
            e.get("sourceRef"),
            e.get("targetRef"),
            e.findtext("bpmn:conditionExpression", None, NS),
        )
        for e in _find(root, ".//bpmn:sequenceFlow")
    }


def _lanes(root: Any) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        e.get("id"): (e.get("name", ""), tuple(r.text for r in _find(e, "bpmn:flowNodeRef")))
        for e in _find(root, ".//bpmn:lane")
    }


def _boxes(root: Any) -> tuple[dict[str, Box], dict[str, Box]]:
    shapes: dict[str, Box] = {}
    labels: dict[str, Box] = {}
    for element in (*_find(root, ".//bpmndi:BPMNShape"), *_find(root, ".//bpmndi:BPMNEdge")):
        name = element.get("bpmnElement")
        for path, boxes in (("dc:Bounds", shapes), ("bpmndi:BPMNLabel/dc:Bounds", labels)):
            bounds = element.find(path, NS)
            if bounds is not None:
                boxes[name] = Box(*(float(bounds.get(a)) for a in ("x", "y", "width", "height")))
    return shapes, labels


def _edges(root: Any) -> dict[str, list[Point]]:
    return {
        e.get("bpmnElement"): [(float(p.get("x")), float(p.get("y"))) for p in _find(e, "di:waypoint")]
        for e in _find(root, ".//bpmndi:BPMNEdge")
    }
