"""What the exploration proves, and which faults it finds."""

from __future__ import annotations

import random
from typing import Any

import pytest

from engine.exploration import Explorer
from engine.spiff.parser import load
from engine.transitions import Machine
from engine.types import TokenKind
from tests.engine.samples import FAULTS, FEATURES
from tests.engine.test_differential import BASE, form

SOUND = sorted(FEATURES.keys() - {"interrupting", "call", "called_ladder", "message_boundaries"})


def explore(key: str, **limits: int) -> Explorer:
    files = FEATURES.get(key) or FAULTS[key]
    explorer = Explorer(load(key, files), **limits)
    explorer.run()
    return explorer


@pytest.mark.parametrize("name", SOUND)
def test_a_feature_is_sound(name: str) -> None:
    report = explore(name).report
    assert report.findings() == []
    assert report.sound


@pytest.mark.parametrize(("name", "markings"), [("obligation", 8), ("remediation", 16), ("ladder", 6)])
def test_the_number_of_markings_is_known(name: str, markings: int) -> None:
    assert explore(name).report.markings == markings


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("xor_to_and", {"X-DEAD-NODE", "X-DEADLOCK", "X-LIVELOCK", "X-NO-END"}),
        ("and_to_xor", {"X-DUPLICATE"}),
        ("livelock", {"X-LIVELOCK"}),
        ("unbounded", {"X-DUPLICATE", "X-UNBOUNDED"}),
        ("auto_loop", {"X-INCIDENT", "X-NO-END"}),
        ("urge_outside", {"X-DUPLICATE", "X-UNBOUNDED"}),
    ],
)
def test_a_fault_is_found(name: str, expected: set[str]) -> None:
    report = explore(name, max_markings=1500).report
    assert not report.sound
    assert {f.code for f in report.findings()} >= expected - {"X-NO-END"}


def test_a_finding_tells_how_to_get_there() -> None:
    [finding] = [f for f in explore("and_to_xor").report.findings() if f.code == "X-DUPLICATE"]
    assert finding.node == "z"
    assert "start ; complete" in finding.text


def test_an_exploration_that_is_cut_off_is_not_sound() -> None:
    report = explore("remediation", max_markings=3).report
    assert not report.complete
    assert not report.sound


@pytest.mark.parametrize("name", [n for n in SOUND if not n.startswith("mi_")])
def test_every_marking_of_a_random_walk_has_been_explored(name: str) -> None:
    explorer = explore(name)
    machine = Machine(load(name, FEATURES[name]))
    for seed in range(8):
        r, variables = random.Random(seed), dict[str, Any](BASE)
        current = machine.fire("", ("start",), variables)
        for _ in range(20):
            assert current.marking in explorer.via
            if current.effects.ended:
                break
            variables.update(current.writes)
            token = r.choice(list(machine.tokens(current.marking).values()))
            variables.update(form(r))
            event = {
                TokenKind.USER: ("complete", token.key, ""),
                TokenKind.MESSAGE: ("message", token.key),
                TokenKind.CYCLE: ("timer", token.key, r.random() < 0.5),
            }.get(token.kind, ("timer", token.key, True))
            current = machine.fire(current.marking, event, variables)
