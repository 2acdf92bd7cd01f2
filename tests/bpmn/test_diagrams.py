"""Is every definition a picture that a person can read?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest

from tests.bpmn.files import GATEWAYS, KEYS, ROOT, TASKS, Box, Definition, FlowNode, Point, read
from workflows.processes import TABLES

HAN = re.compile(r"[\u4e00-\u9fff]")
ROLES = {
    "safety_officer": "企业安全员",
    "principal": "企业主要负责人",
    "town_officer": "镇街",
    "department_officer": "部门",
    "lead_officer": "区安委办",
    "{body_role}": "责任单位",
    "{cosigner_id}": "加签人",
}


@pytest.fixture(params=KEYS)
def drawn(request: pytest.FixtureRequest) -> Definition:
    return read(request.param)


def test_every_folder_holds_the_process_of_its_name() -> None:
    folders = sorted(p.name for p in ROOT.iterdir() if p.is_dir())
    assert [name for name in folders if name not in TABLES] == list(KEYS)


def test_every_node_has_a_chinese_name(drawn: Definition) -> None:
    assert [n.id for n in drawn.nodes.values() if not HAN.search(n.name)] == []


def test_every_lane_has_a_chinese_name(drawn: Definition) -> None:
    assert [name for name, _ in drawn.lanes.values() if not HAN.search(name)] == []


def test_every_flow_that_leaves_a_decision_has_a_chinese_name(drawn: Definition) -> None:
    choices = [f for f in drawn.flows.values() if drawn.nodes[f.source].tag == "exclusiveGateway"]
    assert [f.id for f in choices if not HAN.search(f.name)] == []


def test_every_decision_asks_a_question(drawn: Definition) -> None:
    decisions = [n for n in drawn.nodes.values() if n.tag == "exclusiveGateway"]
    assert [n.name for n in decisions if not n.name.endswith("？")] == []


def test_every_decision_has_a_default_and_conditions_on_the_others(drawn: Definition) -> None:
    for node in (n for n in drawn.nodes.values() if n.tag == "exclusiveGateway"):
        leaving = [f for f in drawn.flows.values() if f.source == node.id]
        assert [f.id for f in leaving if f.condition is None] == [node.default]


def test_every_node_is_listed_by_exactly_one_lane(drawn: Definition) -> None:
    listed = [n for _, members in drawn.lanes.values() for n in members]
    assert sorted(listed) == sorted(drawn.nodes)


def test_every_user_task_lies_in_the_lane_of_its_role(drawn: Definition) -> None:
    for node in (n for n in drawn.nodes.values() if n.tag == "userTask"):
        role = node.properties["candidateGroup"].rsplit(":", 1)[1]
        assert drawn.lanes[drawn.lane_of(node.id)][0] == ROLES[role], node.id


def test_every_automatic_task_lies_in_the_lane_of_the_system(drawn: Definition) -> None:
    automatic = [n for n in drawn.nodes.values() if n.tag in TASKS - {"userTask"}]
    assert [n.id for n in automatic if drawn.lanes[drawn.lane_of(n.id)][0] != "系统"] == []


def test_every_node_and_lane_has_a_shape(drawn: Definition) -> None:
    assert sorted({*drawn.nodes, *drawn.lanes} - drawn.shapes.keys()) == []


def test_every_flow_has_an_edge(drawn: Definition) -> None:
    assert sorted(drawn.flows.keys() - drawn.edges.keys()) == []


def test_every_node_lies_in_the_band_of_its_lane(drawn: Definition) -> None:
    for node in drawn.nodes:
        x, y = drawn.shapes[node].centre
        assert drawn.shapes[drawn.lane_of(node)].holds(Box(x, y, 0, 0)), node


def test_every_node_lies_inside_its_sub_process(drawn: Definition) -> None:
    inner = [n for n in drawn.nodes.values() if n.parent in drawn.nodes]
    assert [n.id for n in inner if not drawn.shapes[n.parent].holds(drawn.shapes[n.id])] == []


def test_no_two_shapes_overlap(drawn: Definition) -> None:
    overlapping = [(a.id, b.id) for a, b in _strangers(drawn) if _overlap(drawn, a, b)]
    assert overlapping == []


def test_no_label_covers_a_shape_or_another_label(drawn: Definition) -> None:
    solid = {i: drawn.shapes[i] for i, n in drawn.nodes.items() if n.tag in TASKS | GATEWAYS}
    boxes = [(f"label of {i}", box) for i, box in drawn.labels.items()]
    others = [*boxes, *solid.items()]
    hits = [(a, b) for a, left in boxes for b, right in others if a < b and left.overlaps(right)]
    hits += [(a, b) for a, left in boxes for b, right in solid.items() if a >= b and left.overlaps(right)]
    assert hits == []


def test_no_line_runs_through_a_label(drawn: Definition) -> None:
    hits = [
        (flow, label)
        for flow, points in drawn.edges.items()
        for label, box in drawn.labels.items()
        if any(_segment(a, b).overlaps(box) for a, b in pairwise(points))
    ]
    assert hits == []


def test_no_line_runs_through_a_shape(drawn: Definition) -> None:
    solid = {i: drawn.shapes[i] for i, n in drawn.nodes.items() if n.tag != "subProcess"}
    hits = [
        (flow.id, node)
        for flow in drawn.flows.values()
        for node, box in solid.items()
        if node not in (flow.source, flow.target)
        and any(_segment(a, b).overlaps(box) for a, b in pairwise(drawn.edges[flow.id]))
    ]
    assert hits == []


def test_every_line_is_made_of_level_and_upright_pieces(drawn: Definition) -> None:
    bent = [i for i, points in drawn.edges.items() if any(not _straight(a, b) for a, b in pairwise(points))]
    assert bent == []


def test_every_line_begins_and_ends_on_the_border_of_its_shapes(drawn: Definition) -> None:
    for flow in drawn.flows.values():
        points = drawn.edges[flow.id]
        assert drawn.shapes[flow.source].touched_by(points[0]), flow.id
        assert drawn.shapes[flow.target].touched_by(points[-1]), flow.id


def test_the_process_runs_from_left_to_right(drawn: Definition) -> None:
    first = [n for n in drawn.nodes.values() if n.tag == "startEvent" and n.parent == drawn.key]
    rest = [n for n in drawn.nodes.values() if n.parent == drawn.key and n.tag != "startEvent"]
    assert len(first) == 1
    assert all(drawn.shapes[first[0].id].x < drawn.shapes[n.id].x for n in rest)


def _strangers(drawn: Definition) -> Iterator[tuple[FlowNode, FlowNode]]:
    """Pairs of nodes neither of which lies in, or is attached to, the other."""
    for a, b in combinations(drawn.nodes.values(), 2):
        related = {a.parent, a.attached_to} & {b.id} or {b.parent, b.attached_to} & {a.id}
        if not related:
            yield a, b


def _overlap(drawn: Definition, a: FlowNode, b: FlowNode) -> bool:
    return drawn.shapes[a.id].overlaps(drawn.shapes[b.id])


def _straight(a: Point, b: Point) -> bool:
    return a[0] == b[0] or a[1] == b[1]


def _segment(a: Point, b: Point) -> Box:
    """The piece of a line between two points, a hair wide."""
    left, top = min(a[0], b[0]), min(a[1], b[1])
    return Box(left - 0.5, top - 0.5, abs(a[0] - b[0]) + 1, abs(a[1] - b[1]) + 1)
