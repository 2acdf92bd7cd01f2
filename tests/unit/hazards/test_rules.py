"""Which of the six steps a hazard is at, and which ladder it climbs."""

from __future__ import annotations

import pytest

from tests.bpmn.files import ROOT, read
from workflows.hazards.rules import STEP_OF_NODE, HazardLevel, HazardStep, ladder_of, place_key, step_of


@pytest.mark.parametrize(
    ("node", "step"),
    [
        ("report", "report"), ("assess", "assess"), ("plan", "plan"), ("plan_major", "plan"),
        ("approve_plan", "plan"), ("fix", "fix"), ("verify", "verify"), ("accept", "verify"),
        ("interim", "plan"), ("list_account", "plan"), ("site_review", "verify"), ("rectify", "verify"),
        ("effect_wait", "closed"), ("check_effect", "closed"), ("reopen", "fix"),
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


LOOP = ("hazard", "hazard_control", "hazard_acceptance")
BESIDE = {"supervise"}  # what goes on beside the fix


def test_every_task_of_a_person_means_a_step() -> None:
    tasks = {node.id for key in LOOP for node in read(key).nodes.values() if node.tag == "userTask"}
    assert tasks - STEP_OF_NODE.keys() == BESIDE


def test_every_node_that_means_a_step_is_in_a_diagram() -> None:
    assert STEP_OF_NODE.keys() - {node for key in LOOP for node in read(key).nodes} == set()


@pytest.mark.parametrize("same", ["二号 炉", "２号炉", "2号炉。"])
def test_two_ways_to_write_a_place_are_the_same_place(same: str) -> None:
    assert place_key(same) == place_key("2号炉")


@pytest.mark.parametrize("other", ["3号炉", "2号炉台", "二号平台"])
def test_another_place_is_another_place(other: str) -> None:
    assert place_key(other) != place_key("2号炉")


@pytest.mark.parametrize("level", list(HazardLevel))
def test_each_level_has_a_ladder_in_the_table(level: HazardLevel) -> None:
    assert f'"{ladder_of(level)}"' in (ROOT / "escalation" / "ladder.dmn").read_text("utf-8")
