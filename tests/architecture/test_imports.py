"""Who may import whom: the contracts of pyproject.toml, SpiffWorkflow in one place, rules without a database."""

from __future__ import annotations

import os
from pathlib import Path

import grimp
import pytest
from importlinter.cli import lint_imports

from tests.architecture.source import PRODUCT, ROOT, Module, product, uses

PURE = ("rules", "types")
DATABASE = {"sqlalchemy", "psycopg", "sqlite3", "alembic"}
UPSIDE_DOWN = """
[tool.importlinter]
root_packages = ["engine", "workflows", "web"]
[[tool.importlinter.contracts]]
name = "Upside down"
type = "layers"
layers = ["engine", "workflows", "web"]
"""


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PRODUCT, include_external_packages=True, cache_dir=None)


@pytest.fixture
def in_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.usefixtures("in_root")
def test_the_import_contracts_hold(capsys: pytest.CaptureFixture[str]) -> None:
    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0, capsys.readouterr().out


@pytest.mark.usefixtures("in_root")
def test_a_broken_contract_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(UPSIDE_DOWN)
    assert lint_imports(config_filename=os.fspath(tmp_path / "pyproject.toml"), no_cache=True) != 0


def test_only_engine_spiff_imports_spiffworkflow() -> None:
    outside = [module for module in product() if not module.name.startswith("engine/spiff/")]
    assert uses(outside, ["SpiffWorkflow"]) == []


def test_engine_spiff_does_import_it() -> None:
    assert uses([m for m in product() if m.name.startswith("engine/spiff/")], ["SpiffWorkflow"]) != []


@pytest.mark.parametrize(
    "text",
    [
        "import SpiffWorkflow",
        "from SpiffWorkflow.bpmn import x",
        "def f():\n    import SpiffWorkflow.task as t",
    ],
)
def test_an_import_of_spiffworkflow_is_noticed(text: str) -> None:
    assert uses([Module.of(text)], ["SpiffWorkflow"]) != []


def test_the_engine_knows_no_campaign_and_no_page(graph: grimp.ImportGraph) -> None:
    above = {
        name for module in graph.modules if module.partition(".")[0] == "engine"
        for name in graph.find_modules_directly_imported_by(module)
    }  # fmt: skip
    assert {name.partition(".")[0] for name in above} & {
        "workflows",
        "web",
        "fastapi",
        "apscheduler",
    } == set()


def test_rules_and_types_reach_no_database(graph: grimp.ImportGraph) -> None:
    pure = {m for m in graph.modules if m.partition(".")[0] in PRODUCT and m.rpartition(".")[2] in PURE}
    chains = [graph.find_shortest_chain(module, name) for module in pure for name in DATABASE & graph.modules]
    assert len(pure) >= 10
    assert [chain for chain in chains if chain] == []


def test_a_way_to_the_database_is_noticed(graph: grimp.ImportGraph) -> None:
    assert graph.find_shortest_chain("workflows.obligations.queries", "sqlalchemy") is not None
