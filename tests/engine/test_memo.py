"""What a memo hit may depend on."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from engine.exceptions import TransitionFailed
from engine.memo import Memo
from tests.engine import bpmn as b
from tests.engine.factories import machine, run, scripted
from tests.engine.samples import FEATURES, one


def test_a_hit_needs_equal_values_of_what_was_read_and_nothing_else() -> None:
    m = scripted("y = x + 1")
    assert run(m, {"x": 1}) is run(m, {"x": 1, "other": 5})
    assert run(m, {"x": 2}).writes == {"y": 3}


def test_one_true_and_one_point_zero_are_different_values() -> None:
    m = scripted("y = x")
    assert [repr(run(m, {"x": v}).writes["y"]) for v in (1, True, 1.0)] == ["1", "True", "1.0"]


def test_zero_and_minus_zero_are_different_values() -> None:
    m = scripted("y = str(x)")
    assert [run(m, {"x": v}).writes["y"] for v in (0.0, -0.0)] == ["0.0", "-0.0"]


def test_a_write_equal_to_the_old_value_is_still_a_write() -> None:
    m = scripted("y = 'c'")
    run(m, {"y": "c"})
    assert run(m, {"y": "other"}).writes == {"y": "c"}


def test_a_nested_change_reads_and_writes_the_whole_variable_and_leaves_the_base_alone() -> None:
    variables = {"d": {"a": {"b": 1}}}
    result = run(scripted("d['k'] = 1"), variables)
    assert variables == {"d": {"a": {"b": 1}}}
    assert result.writes == {"d": {"a": {"b": 1}, "k": 1}}
    assert result.reads[0][0] == ("d",)


def test_a_deep_change_after_a_path_read_is_written_whole() -> None:
    result = run(scripted("y = d['a']['b']\nd['a']['b'] = y + 1"), {"d": {"a": {"b": 1}, "z": 2}})
    assert result.writes == {"d": {"a": {"b": 2}, "z": 2}, "y": 1}


def test_a_path_read_ignores_the_rest_of_a_big_value() -> None:
    m = scripted("y = d['a']['b']")
    assert run(m, {"d": {"a": {"b": 1}, "z": 1}}) is run(m, {"d": {"a": {"b": 1}, "z": 2}})


def test_a_big_value_is_hashed_in_the_key() -> None:
    result = run(scripted("y = len(d)"), {"d": list(range(10_000))})
    assert len(repr(result.reads[0][1])) < 120


def test_now_is_never_remembered() -> None:
    m = scripted("y = now()")
    assert run(m, {"$now": "t1"}).volatile
    assert run(m, {"$now": "t2"}).writes == {"y": "t2"}


def test_today_is_part_of_the_key() -> None:
    m = scripted("y = today()")
    run(m, {"$today": "2026-01-01"})
    assert run(m, {"$today": "2026-01-02"}).writes == {"y": "2026-01-02"}


def test_a_missing_variable_fails_and_nothing_is_remembered() -> None:
    m = scripted("y = nope")
    with pytest.raises(TransitionFailed, match="'nope' is not defined"):
        run(m, {})
    assert [key for key in m.memo.keys() if key[2][0] == "complete"] == []  # noqa: SIM118
    assert run(m, {"nope": 1}).writes == {"y": 1}


def test_an_existence_test_is_a_read() -> None:
    m = scripted("if has('q'):\n  y = 1\nelse:\n  y = 2")
    assert run(m, {}).writes == {"y": 2}
    assert run(m, {"q": 0}).writes == {"y": 1}


def test_reads_are_followed_in_the_order_of_the_run() -> None:
    m = scripted("if a:\n  y = x\nelse:\n  y = z")
    values: list[dict[str, Any]] = [
        {"a": a, "x": x, "z": z} for a in (True, False) for x in (1, 2) for z in (1, 2)
    ]
    for _ in range(2):
        for v in values:
            assert run(m, v).writes == {"y": v["x"] if v["a"] else v["z"]}


def test_too_many_values_of_one_key_are_computed_each_time() -> None:
    memo = Memo(max_per_key=20)
    m = scripted("y = x", memo)
    assert [run(m, {"x": i}).writes["y"] for i in range(60)] == list(range(60))
    assert memo.leaves <= 21


def test_the_least_recently_used_trie_goes_first_and_the_run_still_ends() -> None:
    memo = Memo(max_leaves=3)
    m = machine("remediation", FEATURES["remediation"], memo)
    variables = {"score": 90, "passed": True, "accepted": True, "decision": "x", "supervision": "R/P7D"}
    marking = m.fire("", ("start",), variables).marking
    for key in (
        "report", "interim", "assess", "plan", "dept_check", "fix_major", "acceptance", "dept_review",
    ):  # fmt: skip
        marking = m.fire(marking, ("complete", key, ""), variables).marking
    assert m.has_ended(marking)
    assert memo.evictions > 0
    assert memo.leaves <= 3


def test_a_timer_armed_before_a_write_of_its_variable_keeps_the_old_value() -> None:
    files = one(
        "p", b.start(), b.user("u"), b.parallel("g"), b.catch("w", b.timer("due", "timeDate")),
        b.script("s", "due = '2030-01-01T00:00:00+00:00'"), b.parallel("j"), b.end(),
        flow="start>u u>g g>w g>s w>j s>j j>done",
    )  # fmt: skip
    result = run(machine("p", files), {"due": "2029-01-01T00:00:00+00:00"})
    [armed] = result.effects.armed
    assert armed.value == "2029-01-01T00:00:00+00:00"
    assert [path for path, _ in result.reads] == [("due",)]


def test_a_timer_on_a_variable_is_no_read_so_that_due_dates_share_a_transition() -> None:
    m = machine("obligation", FEATURES["obligation"])
    first = m.fire("", ("start",), {"remind_at": "a", "due_at": "b"})
    assert first is m.fire("", ("start",), {"remind_at": "c", "due_at": "d"})
    assert first.reads == ()


def test_threads_share_a_machine() -> None:
    m, wrong = scripted("y = x"), []

    def work() -> None:
        wrong.extend(i for i in range(200) if run(m, {"x": i % 40}).writes != {"y": i % 40})

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert wrong == []
    assert m.memo.leaves == 41


def test_processes_with_other_hash_seeds_compute_the_same_markings() -> None:
    code = (
        "from tests.engine.factories import machine\nfrom tests.engine.samples import FEATURES\n"
        "m = machine('remediation', FEATURES['remediation'])\nv = {'score': 90, 'supervision': 'R/P7D'}\n"
        "h = m.fire('', ('start',), v).marking\n"
        "for k in ('report', 'assess', 'plan', 'interim', 'dept_check'):\n"
        "    h = m.fire(h, ('complete', k, ''), v).marking\n"
        "print(h, m.definition.hash)"
    )
    root = Path(__file__).parents[2]
    outputs = {
        subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code],
            capture_output=True, text=True, check=True, cwd=root, timeout=60,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in (1, 2)
    }  # fmt: skip
    assert len(outputs) == 1
