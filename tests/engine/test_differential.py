"""Random walks: interned markings against stock SpiffWorkflow, step by step."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

import orjson
import pytest

from engine.linting import lint
from engine.memo import Memo
from engine.spiff.parser import load
from engine.transitions import Machine
from engine.types import Event, Transition
from tests.bpmn.files import bundle
from tests.engine.reference import Reference, plain
from tests.engine.samples import FEATURES, NON_INTERRUPTING_EXTENSION

pytestmark = pytest.mark.slow

SEEDS: Final = range(1000, 1008)
STEPS: Final = 30
RECOMPUTE: Final = 0.1
MANY: Final = ["2099-01-01T00:00:00+00:00", "2099-02-01T00:00:00+00:00", "2099-03-01T00:00:00+00:00"]
BASE: Final[Mapping[str, Any]] = {
    "remind_at": MANY[0], "due_at": MANY[1], "next_step_at": MANY[0], "failing_list_at": MANY[1],
    "items": [10, 20, 30], "wait_for": "P3D", "supervision": "R3/P7D", "passed": False, "flag": False,
    "outcome": "x", "approved": False, "accepted": False, "decision": "x", "x": 0, "score": 0, "step": 0,
    **{f"phase_{n}_ends_at": at for n, at in enumerate((*MANY, MANY[2]), 1)},
}  # fmt: skip


def form(r: random.Random) -> dict[str, Any]:
    """Values of every variable that some gateway reads."""
    return {
        "passed": r.random() < 0.4, "flag": r.random() < 0.4, "outcome": r.choice(["na", "done"]),
        "approved": r.random() < 0.4, "accepted": r.random() < 0.4,
        "decision": r.choice(["suspend", "writeoff"]), "x": r.randrange(10), "score": r.randrange(60, 100),
    }  # fmt: skip


def real_form(r: random.Random) -> dict[str, Any]:
    """Values of the variables that the product's own definitions read."""
    return {
        "result": r.choice(["compliant", "defects"]), "signed": r.random() < 0.6, "sampled": r.random() < 0.5,
        "town_decision": r.choice(["accept", "return"]), "department_decision": r.choice(["accept", "return"]),
        "site_result": r.choice(["pass", "fail"]), "open_hazards": r.randrange(2), "step": r.randrange(8),
        "calendar_missing": r.random() < 0.3, "granted": r.random() < 0.5, "level": r.choice(["major", "general"]),
        "approved": r.random() < 0.6, "passed": r.random() < 0.6, "possible_casualties": r.randrange(4),
        "work_stopped": r.random() < 0.3, "matches_major_criteria": r.random() < 0.3,
        "ladder": r.choice(["obligation", "hazard_major"]), "action": r.choice(["remind", "notify", "none"]),
        "failing_list_at": r.choice([None, MANY[1]]), "next_period_at": r.choice([None, MANY[2]]),
        "interim_confirmed": r.random() < 0.6, "request_account": r.random() < 0.5, "accounted": r.random() < 0.5,
        "consented": r.random() < 0.6, "review_passed": r.random() < 0.5, "effective": r.random() < 0.5,
        "suspension": r.choice(["suspend", "rework"]), "closure": r.choice(["close", "again"]),
        "outcome": r.choice(["accepted", "shut_down", "withdrawn", "rework"]),
        "supervise_at": r.choice([None, MANY[1]]), "effect_opens_at": MANY[1],
    }  # fmt: skip


class Walk:
    """Both sides of one random walk."""

    def __init__(self, machine: Machine, files: Mapping[str, bytes], seed: int, make_form: Any) -> None:
        self.machine, self.random, self.form = machine, random.Random(seed), make_form
        self.variables: dict[str, Any] = {**BASE, **make_form(self.random)}
        self.reference = Reference(machine.definition.key, files, self.variables)
        self.current = machine.fire("", ("start",), self.variables)
        self.tokens = {t.key: t.kind for t in self.current.effects.opened}
        self.cycles: dict[str, int] = {}
        self._after()

    def _after(self) -> None:
        self.variables.update(self.current.writes)
        for armed in self.current.effects.armed:
            if armed.kind == "cycle":
                self.cycles[armed.key] = 3
        assert sorted((k, plain(v)) for k, v in self.tokens.items()) == self.reference.tokens()
        assert sorted(self.machine.tokens(self.current.marking)) == sorted(self.tokens)
        assert self.current.effects.ended == self.reference.completed

    def step(self) -> None:
        """One random event on both sides."""
        key = self.random.choice(sorted(self.tokens))
        data = self.form(self.random)
        event, local = self._event(key)
        self.reference.step(event, data, local)
        self.variables.update(data)
        before = self.current
        self.current = self.machine.fire(before.marking, event, self.variables)
        if self.random.random() < RECOMPUTE:
            self._recompute(before, event)
        for closed, _ in self.current.effects.closed:
            del self.tokens[closed]
        renamed = dict(self.current.effects.moved)
        self.tokens = {renamed.get(k, k): v for k, v in self.tokens.items()}
        self.tokens.update({t.key: t.kind for t in self.current.effects.opened})
        cycles = {"cyc", "supervise"}  # stock notes a cycle when it ends, we note each occurrence
        assert Counter(n for n in self.current.effects.ran if n not in cycles) == Counter(
            n for n in self.reference.ran if n not in cycles
        )
        self._after()

    def _event(self, key: str) -> tuple[Event, dict[str, Any]]:
        kind = self.tokens[key]
        if kind in ("user", "service"):
            local = {"result": self.random.randrange(5)} if key.startswith("t[") else {}
            return ("complete", key, orjson.dumps(local).decode() if local else ""), local
        if kind == "cycle":
            self.cycles[key] -= 1
            return ("timer", key, self.cycles[key] == 0), {}
        return (("message", key) if kind == "message" else ("timer", key, True)), {}

    def _recompute(self, before: Transition, event: Event) -> None:
        again = self.machine.compute(before.marking, event, self.variables)
        assert (again.marking, again.writes, again.effects) == (
            self.current.marking, self.current.writes, self.current.effects,
        )  # fmt: skip


def walk(
    key: str, files: Mapping[str, bytes], make_form: Any, seeds: range = SEEDS, steps: int = STEPS
) -> int:
    """Walk with every seed over one memo; returns how many steps were compared."""
    machine, done = Machine(load(key, files), Memo()), 0
    for seed in seeds:
        both = Walk(machine, files, seed, make_form)
        for _ in range(steps):
            if both.current.effects.ended:
                break
            both.step()
            done += 1
        if both.current.effects.ended and "results" in both.variables:
            theirs = both.reference.workflow.data.get("results", [])
            assert Counter(map(str, theirs)) == Counter(map(str, both.variables["results"]))
    return done


@pytest.mark.parametrize("name", FEATURES)
def test_a_random_walk_agrees_with_stock_spiffworkflow(name: str) -> None:
    assert walk(name, FEATURES[name], form) > 10


def test_a_non_interrupting_message_boundary_agrees_with_stock_spiffworkflow() -> None:
    assert walk("called_ladder", NON_INTERRUPTING_EXTENSION, form) > 10


@pytest.mark.parametrize("key", ["escalation", "obligation", "hazard", "extension", "campaign"])
def test_a_random_walk_over_our_own_definitions_agrees_with_stock_spiffworkflow(key: str) -> None:
    files = bundle(key)
    _, findings = lint(key, files)
    assert [f for f in findings if f.level == "error"] == []
    assert walk(key, files, real_form, seeds=range(20, 27), steps=30) > 10
