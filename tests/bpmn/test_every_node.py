"""Is every definition sound, and is every node of bpmn/ executed by the paths of this folder?"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import deployment
from tests.bpmn import (
    test_campaign_paths,
    test_cosign_paths,
    test_enforcement_paths,
    test_escalation_paths,
    test_extension_paths,
    test_failing_list_paths,
    test_hazard_major_paths,
    test_hazard_paths,
    test_launch_paths,
    test_objection_paths,
    test_obligation_paths,
    test_self_evaluation_paths,
    test_tip_paths,
    test_unit_task_paths,
)
from tests.bpmn.domain import Domain
from tests.bpmn.files import CALLS, KEYS, bundle, read
from tests.bpmn.playing import START, Play, playing
from workflows.handlers import HANDLERS

pytestmark = pytest.mark.slow

PATHS = (
    test_campaign_paths,
    test_cosign_paths,
    test_enforcement_paths,
    test_escalation_paths,
    test_extension_paths,
    test_failing_list_paths,
    test_hazard_major_paths,
    test_hazard_paths,
    test_launch_paths,
    test_objection_paths,
    test_obligation_paths,
    test_self_evaluation_paths,
    test_tip_paths,
    test_unit_task_paths,
)


def test_every_node_of_every_definition_is_executed_by_a_path(deployed: Engine) -> None:
    executed: dict[str, set[str]] = {key: set() for key in KEYS}
    for path in _paths():
        with playing(deployed) as play:
            path(play)
            for key, nodes in play.executed().items():
                for own in (key, *CALLS.get(key, ())):
                    executed[own] |= nodes & read(own).nodes.keys()
    missing = {key: sorted(read(key).nodes.keys() - executed[key]) for key in KEYS}
    assert missing == {key: [] for key in KEYS}


@pytest.mark.parametrize("key", KEYS)
def test_the_engine_finds_nothing_wrong_or_doubtful(deployed: Engine, key: str) -> None:
    with Session(deployed) as session:
        assert deployment.latest(session, key).findings == []


def test_every_topic_has_a_handler_and_every_handler_a_topic() -> None:
    nodes = [node for key in KEYS for node in read(key).nodes.values() if node.tag == "serviceTask"]
    assert {node.properties["topic"] for node in nodes} == HANDLERS.keys() == Domain().handlers().keys()


def test_deploying_the_same_files_again_is_the_same_version(play: Play) -> None:
    first = deployment.latest(play.session, "obligation")
    again = deployment.deploy(play.session, key="obligation", files=bundle("obligation"), now=START)
    assert (again.id, again.version) == (first.id, 1)


def _paths() -> Iterator[Callable[[Play], None]]:
    """Test functions that need nothing but a play."""
    for module in PATHS:
        for name, function in _functions(module):
            if name.startswith("test_") and list(inspect.signature(function).parameters) == ["play"]:
                yield function


def _functions(module: ModuleType) -> list[tuple[str, Callable[..., Any]]]:
    return inspect.getmembers(module, inspect.isfunction)
