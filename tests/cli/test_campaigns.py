"""Launches and rehearsals from the command line."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from tests.cli.conftest import Bihuan, rows
from tests.cli.sample import (
    register_file,
    set_clock,
)
from workflows.campaigns import library, templates
from workflows.database import make_engine


@pytest.fixture
def register(bihuan: Bihuan, district: str, tmp_path: Path) -> str:
    """The district with its definitions and six enterprises; its URL."""
    bihuan("deploy")
    bihuan("import-register", register_file(tmp_path))
    return district


def test_a_campaign_is_launched_for_the_whole_district(bihuan: Bihuan, register: str) -> None:
    set_clock(register, 0)
    [launched] = bihuan("launch", "hundred-day-drive", "--title", "试点行动", "--json").json
    assert rows(register, "SELECT id, title, launched_by FROM campaign") == [
        (launched["id"], "试点行动", "command-line")
    ]


@pytest.mark.usefixtures("district")
def test_an_unknown_template_is_named(bihuan: Bihuan) -> None:
    said = bihuan("launch", "hundred-year-drive")
    assert (said.code, "没有代码为“hundred-year-drive”的模板" in said.err) == (1, True)


def test_a_launch_after_the_end_is_refused(bihuan: Bihuan, register: str) -> None:
    set_clock(register, 103)  # 2025-10-01
    said = bihuan("launch", "hundred-day-drive")
    assert (said.code, "已于2025-09-30结束" in said.err) == (1, True)


def test_a_second_launch_is_refused(bihuan: Bihuan, register: str) -> None:
    set_clock(register, 0)
    bihuan("launch", "hundred-day-drive")
    said = bihuan("launch", "hundred-day-drive")
    assert (said.code, "正在进行，没有重复发起" in said.err) == (1, True)
    assert rows(register, "SELECT count(*) FROM campaign") == [(1,)]


def test_a_launch_without_enterprises_is_refused(bihuan: Bihuan, district: str) -> None:
    bihuan("deploy")
    set_clock(district, 0)
    said = bihuan("launch", "hundred-day-drive")
    assert (said.code, "范围内没有企业" in said.err) == (1, True)


@pytest.mark.usefixtures("database")
def test_a_launch_without_a_district_is_refused(bihuan: Bihuan) -> None:
    said = bihuan("launch", "hundred-day-drive")
    assert (said.code, "还没有区安委办" in said.err) == (1, True)


def test_a_rehearsal_prints_json_and_leaves_the_database_alone(bihuan: Bihuan, tmp_path: Path) -> None:
    said = bihuan(
        "rehearse",
        "hundred-day-drive",
        "--enterprises",
        "1",
        "--seed",
        "2",
        "--until",
        "2025-06-24",
        "--json",
    )
    found = said.json
    assert (found["enterprises"], found["seed"], found["until"], found["incidents"]) == (
        1,
        2,
        "2025-06-24",
        0,
    )
    assert found["phases"][1]["began_at"] is None
    assert not (tmp_path / "var").exists()


def test_a_rehearsal_reads_for_people_too(bihuan: Bihuan) -> None:
    out = bihuan("rehearse", "hundred-day-drive", "--enterprises", "1", "--until", "2025-06-20").out
    assert "动员部署" in out
    assert "incidents: 0" in out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("hundred-day-drive", "--enterprises", "0"), 2),
        (("hundred-day-drive", "--until", "30.9.2025"), 2),
        (("hundred-day-drive", "--until", "2025-06-19"), 1),
        (("hundred-year-drive",), 1),
    ],
)
def test_a_rehearsal_of_nothing_is_refused(bihuan: Bihuan, arguments: tuple[str, ...], code: int) -> None:
    said = bihuan("rehearse", *arguments)
    assert (said.code, said.out) == (code, "")


def test_a_campaign_is_launched_in_another_year(bihuan: Bihuan, register: str) -> None:
    set_clock(register, 0)
    [launched] = bihuan("launch", "anshan-three-year", "--year", "2025", "--json").json
    [(text,)] = rows(register, f"SELECT template FROM campaign WHERE id = {launched['id']}")
    assert json.loads(text)["phases"][0]["starts_on"] == "2025-07-01"


def test_a_kept_version_is_listed_and_launched(bihuan: Bihuan, register: str) -> None:
    set_clock(register, 0)
    key = keep_version(register, title="百日行动（改）")
    assert key in [one["code"] for one in bihuan("templates", "--kept", "--json").json]
    [launched] = bihuan("launch", key, "--json").json
    assert launched["title"] == "百日行动（改）"


def test_a_rehearsal_of_a_kept_version_in_another_year_runs_on_its_days(
    bihuan: Bihuan, register: str
) -> None:
    key = keep_version(register, title="百日行动（改）")
    said = bihuan("rehearse", key, "--enterprises", "2", "--year", "2024", "--until", "2024-06-25", "--json")
    assert (said.code, said.json["until"]) == (0, "2024-06-25")


def keep_version(url: str, *, title: str) -> str:
    """The key of a version of the drive under another title."""
    engine = make_engine(url)
    try:
        with Session(engine) as session, session.begin():
            data = {**templates.get("hundred-day-drive").data, "title": title}
            now = datetime(2025, 6, 16, tzinfo=UTC)
            return library.save(session, data, based_on="hundred-day-drive", actor="lu", now=now).key
    finally:
        engine.dispose()
