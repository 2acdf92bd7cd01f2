"""Rules of the house: time is an argument, nothing is evaluated, settings come in at one door, modules are short."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.source import Module, Use, product, texts, uses

CLOCKS = (
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp", "sqlalchemy.sql.func.now", "sqlalchemy.func.current_date",
)  # fmt: skip
CLOCK_TEXTS = ("current_timestamp", "now()", "datetime('now'")
READS_THE_CLOCK = {"workflows/scheduler.py", "web/app.py"}  # the two composition roots
EVALUATION = (
    "builtins.eval", "builtins.exec", "builtins.compile", "builtins.__import__", "pickle", "marshal",
    "shelve", "dill", "cloudpickle", "code", "codeop", "runpy", "yaml.load", "yaml.unsafe_load",
    "yaml.full_load", "yaml.Loader", "yaml.UnsafeLoader",
)  # fmt: skip
ENVIRONMENT = ("os.environ", "os.environb", "os.getenv", "os.getenvb", "os.putenv")
OTHER_PROGRAMS = ("subprocess", "os.system", "os.popen", "os.execv", "os.spawnv", "pty")
LINES = 400


def reads_of_the_clock(modules: list[Module]) -> list[Use]:
    return uses(modules, CLOCKS) + [use for text in CLOCK_TEXTS for use in texts(modules, text)]


def too_long(modules: list[Module]) -> list[str]:
    return [module.name for module in modules if len(module.text.splitlines()) > LINES]


def without_docstring(modules: list[Module]) -> list[str]:
    return [module.name for module in modules if not ast.get_docstring(module.tree)]


# --- time


def test_the_clock_is_read_in_the_composition_roots_only() -> None:
    assert {use.module for use in reads_of_the_clock([*product()])} == READS_THE_CLOCK


def test_each_composition_root_reads_the_clock_in_one_place() -> None:
    roots = [module for module in product() if module.name in READS_THE_CLOCK]
    assert len(reads_of_the_clock(roots)) == len(READS_THE_CLOCK)


@pytest.mark.parametrize(
    "text",
    [
        "from datetime import datetime\nat = datetime.now()",
        "import datetime as dt\nat = dt.datetime.utcnow()",
        "from datetime import date as day\ndef f():\n    return day.today()",
        "import time\nat = time.time()",
        "from time import time\nat = time()",
        "from sqlalchemy import func\nat = func.now()",
        "from datetime import datetime\nfield(default_factory=datetime.now)",
        "sql = text('UPDATE a SET at = CURRENT_TIMESTAMP')",
        "sql = text('SELECT now()')",
    ],
)
def test_a_read_of_the_clock_is_noticed(text: str) -> None:
    assert reads_of_the_clock([Module.of(text)]) != []


@pytest.mark.parametrize(
    "text",
    ["import time\nbegan = time.perf_counter()", "def f(now):\n    return now", "from x import y\ny.now()"],
)
def test_a_duration_and_an_argument_are_no_reads_of_the_clock(text: str) -> None:
    assert reads_of_the_clock([Module.of(text)]) == []


# --- evaluation, environment, other programs


def test_nothing_is_evaluated_or_unpickled() -> None:
    assert list(map(str, uses(product(), EVALUATION))) == []


@pytest.mark.parametrize(
    "text",
    [
        "eval('1')", "exec('a = 1')", "compile('1', '', 'eval')", "import pickle", "from pickle import loads",
        "import yaml\nyaml.load(x, Loader=yaml.Loader)", "run = eval", "__import__('os')",
    ],
)  # fmt: skip
def test_an_evaluation_is_noticed(text: str) -> None:
    assert uses([Module.of(text)], EVALUATION) != []


def test_a_regular_expression_is_no_evaluation() -> None:
    assert uses([Module.of("import re\nre.compile('a')")], EVALUATION) == []


def test_nothing_reads_the_environment_beside_the_settings() -> None:
    outside = [module for module in product() if module.name != "workflows/settings.py"]
    assert list(map(str, uses(outside, ENVIRONMENT))) == []


@pytest.mark.parametrize(
    "text",
    ["import os\nos.environ['A']", "from os import environ\nenviron.get('A')", "import os\nos.getenv('A')"],
)
def test_a_look_at_the_environment_is_noticed(text: str) -> None:
    assert uses([Module.of(text)], ENVIRONMENT) != []


def test_the_product_starts_no_other_program() -> None:
    assert list(map(str, uses(product(), OTHER_PROGRAMS))) == []


def test_a_started_program_is_noticed() -> None:
    assert uses([Module.of("from subprocess import run")], OTHER_PROGRAMS) != []


# --- form


def test_no_module_is_longer_than_four_hundred_lines() -> None:
    assert too_long([*product()]) == []


def test_a_module_that_is_too_long_is_noticed() -> None:
    assert too_long([Module.of("a = 1\n" * (LINES + 1))]) == ["example.py"]


def test_every_module_opens_with_a_sentence() -> None:
    assert without_docstring([*product()]) == []


def test_a_module_without_a_sentence_is_noticed() -> None:
    assert without_docstring([Module.of("a = 1")]) == ["example.py"]
