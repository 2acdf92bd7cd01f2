"""Schema, definitions, offices: what is done once for a district, and what is said when a step is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Bihuan, rows
from tests.cli.sample import DISTRICT, FIRM, PASSWORD, TOWN, register_file, set_clock
from workflows.database import make_engine

PROCESSES = {
    "campaign", "cosign", "enforcement", "escalation", "extension", "failing_list", "hazard", "launch", "objection",
    "obligation", "self_evaluation", "tip", "unit_task", "hazard_acceptance", "hazard_control",
}  # fmt: skip
ORGANIZATIONS = "SELECT count(*) FROM organization"


def test_the_templates_are_listed_as_json(bihuan: Bihuan) -> None:
    [drive] = [one for one in bihuan("templates", "--json").json if one["code"] == "hundred-day-drive"]
    assert (drive["starts_on"], drive["ends_on"]) == ("2025-06-20", "2025-09-30")


def test_the_templates_are_listed_for_people(bihuan: Bihuan) -> None:
    assert "企业安全生产主体责任百日攻坚行动" in bihuan("templates").out


def test_migrating_twice_is_harmless(bihuan: Bihuan, bare_url: str, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("BIHUAN_DATABASE_URL", bare_url)
    assert [bihuan("migrate").code, bihuan("migrate").code] == [0, 0]
    assert rows(bare_url, ORGANIZATIONS) == [(0,)]


@pytest.mark.parametrize(
    "command", [("deploy",), ("launch", "hundred-day-drive"), ("load-district", str(DISTRICT))]
)
def test_before_the_migration_a_command_names_what_to_do(bihuan: Bihuan, command: tuple[str, ...]) -> None:
    said = bihuan(*command)
    assert said.code == 1
    assert "请先运行 bihuan migrate" in said.err


def test_a_database_of_another_version_is_refused(bihuan: Bihuan, database: str) -> None:
    engine = make_engine(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'of-tomorrow'")
    engine.dispose()
    said = bihuan("deploy")
    assert (said.code, "版本不同" in said.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_every_definition_is_deployed(bihuan: Bihuan) -> None:
    deployed = bihuan("deploy", "--json").json
    assert {one["key"]: one["version"] for one in deployed} == dict.fromkeys(PROCESSES, 1)


def test_deploying_again_makes_no_new_version(bihuan: Bihuan, database: str) -> None:
    assert bihuan("deploy", "--json").json == bihuan("deploy", "--json").json
    assert rows(database, "SELECT count(*) FROM process_definition") == [(len(PROCESSES),)]


def test_a_district_is_loaded_with_its_departments_and_towns(district: str) -> None:
    kinds = dict(rows(district, "SELECT kind, count(*) FROM organization GROUP BY kind"))
    assert kinds == {"district_office": 1, "department": 6, "town": 8}


def test_loading_a_district_again_renames_and_doubles_nothing(
    bihuan: Bihuan, district: str, tmp_path: Path
) -> None:
    changed = tmp_path / "district.yaml"
    changed.write_text(DISTRICT.read_text("utf-8").replace("样例柳泉镇", "样例新柳镇"), "utf-8")
    before = rows(district, ORGANIZATIONS)
    assert bihuan("load-district", str(changed)).code == 0
    assert rows(district, ORGANIZATIONS) == before
    assert rows(district, f"SELECT name FROM organization WHERE code = '{TOWN}'") == [("样例新柳镇",)]


@pytest.mark.parametrize(
    "content", ["name: 区\ntowns: []\n", "- 1\n", "a: [", "code: x\nname: y\ndepartments: 3\ntowns: []\n", ""]
)
def test_a_file_that_is_no_district_is_named(
    bihuan: Bihuan, database: str, tmp_path: Path, content: str
) -> None:
    path = tmp_path / "strange.yaml"
    path.write_text(content, "utf-8")
    said = bihuan("load-district", str(path))
    assert (said.code, "“strange.yaml”不是辖区文件" in said.err) == (1, True)
    assert rows(database, ORGANIZATIONS) == [(0,)]


def test_a_production_district_is_set_up_step_by_step(
    bihuan: Bihuan, bare_url: str, environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    environment.setenv("BIHUAN_DATABASE_URL", bare_url)
    environment.setenv("BIHUAN_MODE", "production")
    principal = (
        "--organization",
        FIRM,
        "--role",
        "principal",
        "--role",
        "safety_officer",
        "--password",
        PASSWORD,
    )
    steps = [
        bihuan("migrate"),
        bihuan("deploy"),
        bihuan("load-district", str(DISTRICT)),
        bihuan("import-register", register_file(tmp_path)),
        bihuan("create-user", "zhoumin", "周敏", *principal),
    ]
    assert [step.code for step in steps] == [0, 0, 0, 0, 0], steps
    set_clock(bare_url, 0)
    assert bihuan("launch", "hundred-day-drive").code == 0
    assert rows(bare_url, "SELECT role FROM role_assignment ORDER BY role") == [
        ("principal",),
        ("safety_officer",),
    ]
