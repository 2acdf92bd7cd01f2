"""A register from a file: wrong rows are named by row and column, the others go in, a dry run changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Bihuan, rows
from tests.cli.sample import (
    register_file,
)

ENTERPRISES = "SELECT uscc FROM enterprise ORDER BY uscc"
SPOILT = {
    3: {"镇街": "无此镇"},
    5: {"统一社会信用代码": "919999991000000326"},  # the sample's ends in 5
}


def test_a_right_file_is_imported(bihuan: Bihuan, district: str, tmp_path: Path) -> None:
    said = bihuan("import-register", register_file(tmp_path), "--json")
    assert (said.code, said.json) == (
        0,
        {"new": 6, "changed": 0, "unchanged": 0, "rejected": 0, "problems": []},
    )
    assert len(rows(district, ENTERPRISES)) == 6


def test_importing_the_same_file_again_changes_nothing(bihuan: Bihuan, district: str, tmp_path: Path) -> None:
    path = register_file(tmp_path)
    bihuan("import-register", path)
    assert bihuan("import-register", path, "--json").json["unchanged"] == 6
    assert len(rows(district, ENTERPRISES)) == 6


@pytest.mark.usefixtures("district")
def test_wrong_rows_are_named_by_row_and_column(bihuan: Bihuan, tmp_path: Path) -> None:
    said = bihuan("import-register", register_file(tmp_path, SPOILT), "--json")
    named = [(one["row"], one["column"], one["value"]) for one in said.json["problems"]]
    assert named == [(3, "镇街", "无此镇"), (5, "统一社会信用代码", "919999991000000326")]


@pytest.mark.usefixtures("district")
def test_wrong_rows_are_said_in_sentences(bihuan: Bihuan, tmp_path: Path) -> None:
    lines = bihuan("import-register", register_file(tmp_path, SPOILT)).err.splitlines()
    assert lines[0].startswith("第3行：镇街“无此镇”不在名录中。")
    assert lines[1].startswith("第5行：统一社会信用代码第18位不对，应为“5”。")


def test_the_right_rows_go_in_and_the_exit_code_tells_of_the_others(
    bihuan: Bihuan, district: str, tmp_path: Path
) -> None:
    said = bihuan("import-register", register_file(tmp_path, SPOILT), "--json")
    assert (said.code, said.json["new"], said.json["rejected"]) == (1, 4, 2)
    assert len(rows(district, ENTERPRISES)) == 4


def test_a_warning_alone_is_no_refusal(bihuan: Bihuan, district: str, tmp_path: Path) -> None:
    same_name = {3: {"企业名称": "样例安诚机械有限公司"}}  # the name of row 2 under another code
    said = bihuan("import-register", register_file(tmp_path, same_name), "--json")
    assert (said.code, [one["severity"] for one in said.json["problems"]]) == (0, ["warning"])
    assert len(rows(district, ENTERPRISES)) == 6


@pytest.mark.parametrize(("spoilt", "code"), [(None, 0), (SPOILT, 1)])
def test_a_dry_run_says_the_same_and_changes_nothing(
    bihuan: Bihuan, district: str, tmp_path: Path, spoilt: dict[int, dict[str, str]] | None, code: int
) -> None:
    path = register_file(tmp_path, spoilt)
    tables = ("enterprise", "organization", "register_import", "audit_entry")
    before = [rows(district, f"SELECT count(*) FROM {table}") for table in tables]
    dry = bihuan("import-register", path, "--dry-run", "--json")
    assert [rows(district, f"SELECT count(*) FROM {table}") for table in tables] == before
    real = bihuan("import-register", path, "--json")
    assert (dry.code, dry.out) == (real.code, real.out)
    assert dry.code == code


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "文件里没有企业"),
        ("企业名称,镇街\n甲,样例柳泉镇\n".encode(), "缺少表头“统一社会信用代码”"),
        (b"PK\x03\x04 a workbook", "工作簿无法读取"),
    ],
)
def test_a_file_that_is_no_register_is_refused_as_a_whole(
    bihuan: Bihuan, district: str, tmp_path: Path, content: bytes, words: str
) -> None:
    path = tmp_path / "strange.csv"
    path.write_bytes(content)
    said = bihuan("import-register", str(path))
    assert (said.code, words in said.err) == (1, True), said
    assert rows(district, ENTERPRISES) == []


def test_a_file_that_is_not_there_is_a_wrong_call(bihuan: Bihuan) -> None:
    assert bihuan("import-register", "nowhere.csv").code == 2
