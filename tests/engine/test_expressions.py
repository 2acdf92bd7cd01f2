"""Which expressions are refused, and what allowed ones yield."""

from __future__ import annotations

import pytest

from engine.exceptions import TransitionFailed
from engine.expressions import Unsafe, parse, resolve_template
from tests.engine.factories import run, scripted

REFUSED = [
    "().__class__", "x.y", "[i for i in x]", "lambda: 1", "open('f')", "f'{x}'", "x**9", "__import__('os')",
    "max(*x)", "(y:=1)", "_x", "{**x}", "b'x'", "1j", "...", "x @ y", "x << 9", "len(x=1)", "x[1:2]",
    "(lambda: 0)()", "'a'.join(x)", "random()", "eval('1')", "await x", "yield", "x if y else z.w", "1" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("source", REFUSED, ids=[s[:20] for s in REFUSED])
def test_an_unsafe_expression_is_refused(source: str) -> None:
    with pytest.raises((Unsafe, SyntaxError)):
        parse(source)


REFUSED_SCRIPTS = [
    "import os", "while True: pass", "for i in x: pass", "def f(): pass", "del x", "global x", "a = b = 1.5j",
    "try:\n  x = 1\nexcept: pass", "with x: pass", "raise x", "assert x", "class A: pass",
]  # fmt: skip


@pytest.mark.parametrize("source", REFUSED_SCRIPTS)
def test_an_unsafe_script_is_refused(source: str) -> None:
    with pytest.raises((Unsafe, SyntaxError)):
        parse(source, "exec")


@pytest.mark.parametrize(
    "code",
    [
        "y = 'a' * 9999999", "y = '%d' % 1", "y = [0] * 10", "a, b = 1, 2", "y = 2 * x", "y = str(x) + str(x)",
        "y = x[0]", "y = 1 // 0", "(1)[0] = 2",
    ],
)  # fmt: skip
def test_a_script_that_goes_too_far_fails_the_transition(code: str) -> None:
    with pytest.raises((TransitionFailed, SyntaxError)):
        run(scripted(code), {"x": "z" * 40_000 if "str(x)" in code else "text" if "2 *" in code else {}})


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("y = 1 if x > 2 else 0", 1),
        ("y = x in [1, 2, 3] and not x == 2", True),
        ("y = {'a': [x, -x]}", {"a": [3, -3]}),
        ("y = max(x, 5) + len('abc') - abs(-1)", 7),
        ("y = 1 < x <= 3", True),
        ("y = x is None", False),
        ("y = 7 // 2 + 7 % 2 + 6 / 3", 6.0),
        ("y = 0\nif x == 3:\n  y += 2\nelse:\n  y = 9", 2),
        ("y = {'a': 1}\ny['b'] = y['a'] + x", {"a": 1, "b": 4}),
        ("y = sorted([3, 1, 2])[0]", 1),
    ],
)
def test_an_allowed_script_yields_its_value(code: str, expected: object) -> None:
    assert run(scripted(code), {"x": 3}).writes == {"y": expected}


def test_a_template_takes_texts_and_whole_numbers() -> None:
    assert resolve_template("{a}:{b}", {"a": 7, "b": "x"}) == "7:x"


@pytest.mark.parametrize("value", [None, 1.5, True, [], {}])
def test_a_template_fails_on_anything_else(value: object) -> None:
    with pytest.raises(TransitionFailed):
        resolve_template("{a}", {"a": value})


def test_a_template_fails_on_a_missing_variable() -> None:
    with pytest.raises(TransitionFailed):
        resolve_template("{a}", {})


@pytest.mark.parametrize(
    "code",
    [
        "y = {1: 2}",
        "y = 1e308 * 10",
        "y = 9223372036854775807 + 1",
        "y = {'a': [1e308 * 10]}",
        "y = {'a': {2: 1}}",
    ],
)
def test_a_script_that_computes_no_json_fails_the_transition(code: str) -> None:
    with pytest.raises(TransitionFailed, match="invalid_values"):
        run(scripted(code), {})
