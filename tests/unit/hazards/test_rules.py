"""Which of the six steps a hazard is at, and which ladder it climbs."""

from __future__ import annotations

import pytest

from tests.bpmn.files import ROOT, read
from workflows.hazards.rules import STEP_OF_NODE, HazardLevel, HazardStep, ladder_of, step_of


@pytest.mark.parametrize(
    ("node", "step"),
    [
        ("report", "report"), ("assess", "assess"), ("plan", "plan"), ("plan_major", "plan"),
        ("approve_plan", "plan"), ("fix", "fix"), ("verify", "verify"), ("accept", "verify"),
    ],
)  # fmt: skip
def test_an_open_task_means_a_step(node: str, step: str) -> None:
    assert step_of([node], ended=False) == step


def test_the_six_steps_are_those_of_the_loop() -> None:
    assert [step.value for step in HazardStep] == ["report", "assess", "plan", "fix", "verify", "closed"]


@pytest.mark.parametrize("ladder", ["plan_steps", "wait", "act", "await_calendar"])
def test_the_ladder_beside_the_work_changes_no_step(ladder: str) -> None:
    assert step_of([ladder, "fix"], ended=False) == step_of(["fix", ladder], ended=False) == "fix"


def test_what_has_ended_is_closed() -> None:
    assert step_of([], ended=True) == "closed"


def test_every_task_of_a_person_means_a_step() -> None:
    tasks = {node.id for node in read("hazard").nodes.values() if node.tag == "userTask"}
    assert len(tasks) == 8
    assert tasks - STEP_OF_NODE.keys() == set()


def test_every_node_that_means_a_step_is_in_the_diagram() -> None:
    assert STEP_OF_NODE.keys() - read("hazard").nodes.keys() == set()


@pytest.mark.parametrize("level", list(HazardLevel))
def test_each_level_has_a_ladder_in_the_table(level: HazardLevel) -> None:
    assert f'"{ladder_of(level)}"' in (ROOT / "escalation" / "ladder.dmn").read_text("utf-8")
