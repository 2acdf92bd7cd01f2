"""A year's calendar from the command line."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Bihuan, rows


def test_a_year_is_loaded_and_written_down(bihuan: Bihuan, database: str, tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text("日期,是否上班,名称\n2027-01-01,否,元旦\n", encoding="utf-8-sig")
    said = bihuan("load-calendar", str(file))
    assert (said.code, said.out) == (0, "year=2027  workdays=260  went_on=0\n")
    assert rows(database, "SELECT year, source FROM calendar_year") == [(2027, "2027.csv")]
    written = rows(database, "SELECT actor, action, subject FROM audit_entry")
    assert written == [("command-line", "calendar.load", "calendar:2027")]


def test_a_list_with_errors_is_refused_as_a_whole(bihuan: Bihuan, database: str, tmp_path: Path) -> None:
    file = tmp_path / "2027.csv"
    file.write_text("2027-01-01,否,元旦\n2027-13-01,否,元旦\n元旦\n", encoding="utf-8")
    said = bihuan("load-calendar", str(file))
    assert said.code == 1
    assert said.err.splitlines() == [
        "第2行：“2027-13-01”不是日期，应如2027-01-01。",
        "第3行：应有三栏：日期、是否上班、名称。",
    ]
    assert rows(database, "SELECT year FROM calendar_year") == []


def test_a_file_that_is_no_text_is_refused(bihuan: Bihuan, database: str, tmp_path: Path) -> None:
    file = tmp_path / "2027.xlsx"
    file.write_bytes(b"PK\x03\x04\x00\xff\n\x00")
    said = bihuan("load-calendar", str(file))
    assert (said.code, "第1行" in said.err) == (1, True)
