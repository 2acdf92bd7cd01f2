"""What may stand in a ladder table, and the same table as a DMN file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bpmn.files import ROOT
from web.ladderwords import sentence, told
from workflows.escalation import dmn
from workflows.escalation.checking import problems
from workflows.escalation.exceptions import LadderRefused
from workflows.escalation.table import LADDERS, Row, from_json, steps_of, to_json
from workflows.escalation.tables import of_file

FILE: Path = ROOT / "escalation" / "ladder.dmn"
HOUSE = FILE.read_bytes()


def row(
    action: str = "notify", offset: int | None = 1, recipient: str = "principal", unit: str = "workday"
) -> Row:
    return Row(None, action, offset, unit, recipient)


def codes(*rows: Row, ladder: str = "obligation") -> list[tuple[str, int | None]]:
    return [(one.code, one.row) for one in problems(ladder, rows)]


def refusal(content: bytes) -> list[str]:
    with pytest.raises(LadderRefused) as caught:
        dmn.read(content)
    return [sentence(one, names_ladder=True) for one in caught.value.problems]


def changed(before: str, after: str, times: int = 1) -> bytes:
    text = HOUSE.decode()
    assert before in text
    return text.replace(before, after, times).encode()


# --- rows


@pytest.mark.parametrize("ladder", LADDERS)
def test_nothing_is_wrong_with_the_table_of_the_house(ladder: str) -> None:
    assert problems(ladder, dmn.read(HOUSE)[ladder]) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (row("applaud"), "action"),
        (row("remind_body", recipient="body"), "action"),  # an enterprise is no body
        (row("district_task", recipient="lead_officer"), "action"),  # of major hazards
        (row(recipient="town_officer"), "recipient"),
        (row("draft_circular", recipient="principal"), "recipient"),  # a person decides: the lead office
        (row(unit="week"), "unit"),
        (row(offset=None), "offset"),
        (row(offset=251), "too-far"),
        (row("draft_enforcement", 0, "lead_officer"), "draft-early"),
        (row("town_task", -1, "town_officer"), "task-early"),
    ],
)
def test_a_row_that_cannot_be_is_named(wrong: Row, code: str) -> None:
    assert codes(wrong) == [(code, 1)]


def test_rows_stand_in_the_order_of_their_time() -> None:
    assert codes(row(offset=3), row(offset=1)) == [("order", 2)]


def test_two_rows_of_one_instant_may_stand_beside_each_other() -> None:
    assert codes(row(offset=3), row("town_task", 3, "town_officer")) == []


def test_a_row_that_stands_there_already_is_named() -> None:
    assert codes(row(), row()) == [("twice", 2)]


def test_minutes_and_working_days_do_not_mix() -> None:
    assert codes(row(), row("town_task", 60, "town_officer", "minute")) == [("mixed-units", 2)]


def test_a_ladder_without_steps_would_be_silence() -> None:
    assert codes() == [("no-steps", None)]


def test_a_ladder_has_an_end() -> None:
    assert ("too-many", None) in codes(*(row(offset=n) for n in range(1, 22)))


def test_a_row_keeps_its_number_and_a_new_one_gets_a_fresh_one() -> None:
    rows = [Row(4, "notify", 1, "workday", "principal"), Row(None, "notify", 2, "workday", "principal")]
    steps = steps_of(rows, known={4}, fresh=iter([9]).__next__)
    assert [step.number for step in steps] == [4, 9]


def test_a_number_that_nobody_gave_is_not_taken_from_outside() -> None:
    rows = [Row(4, "notify", 1, "workday", "principal"), Row(4, "notify", 2, "workday", "principal")]
    assert [one.number for one in steps_of(rows, known={4}, fresh=iter([9]).__next__)] == [4, 9]


def test_a_stored_table_reads_as_the_same_table() -> None:
    table = of_file(HOUSE)
    assert from_json(to_json(table.ladders)) == table


# --- DMN


def test_the_file_of_the_house_holds_the_intervals_of_the_domain() -> None:
    """domain.md 3: T-5W, T-1W, T+1W, T+3W, T+7W, T+12W, T+15W; major hazards T+0, T+1W, T+3W."""
    table = of_file(HOUSE)
    assert [step.offset for step in table.steps("obligation")] == [-5, -1, 1, 3, 7, 12, 15]
    assert [step.offset for step in table.steps("hazard_major")] == [0, 1, 3]


def test_what_is_written_reads_as_the_same_table() -> None:
    table = of_file(HOUSE)
    assert of_file(dmn.write(table, told=told)) == table


def test_a_step_of_the_file_says_what_it_is() -> None:
    assert "逾期3个工作日：转镇街督办（镇街）" in dmn.write(of_file(HOUSE), told=told).decode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no xml", ["不是可读的XML文件，第1行出错。"]),
        (b"<definitions/>", ["应有且只有一张决策表，文件里有0张。"]),
        (changed('hitPolicy="FIRST"', 'hitPolicy="COLLECT"'), ["决策表的命中策略应为FIRST，文件里是COLLECT。"]),
        (
            changed("<text>step</text>", "<text>stage</text>"),
            ["决策表的输入栏应为ladder、step，文件里是“ladder、stage”。"],
        ),
        (
            changed('name="unit"', 'name="measure"'),
            ["决策表的输出栏应为action、offset、unit、recipient，文件里是“action、offset、measure、recipient”。"],
        ),
        (
            changed("<text>-5</text>", "<text>&lt; 5</text>"),
            ["第1条规则（ladder_obligation_0）的offset应是一个带引号的词或一个整数，文件里是“< 5”。"],
        ),
        (
            changed('<text>"obligation"</text>', '<text>"festival"</text>'),
            [
                "第1条规则（ladder_obligation_0）的升级类别“festival”没有。",
                "第2条规则（ladder_obligation_1）应是第0步，文件里是第1步。",
            ],
        ),
        (
            changed('<text>"town_task"</text>', '<text>"arrest"</text>'),
            ["应办事项，第4步：请选择这类事项可用的动作。"],
        ),
        (changed("<text>7</text>", "<text>2</text>"), ["应办事项，第5步：比第4步还早，请按时间先后排列。"]),
        (
            b'<!DOCTYPE d [<!ENTITY a "b">]><definitions>&a;</definitions>',
            ["文件里有文档类型声明（DOCTYPE），不能导入。"],
        ),
        (b" " * 200_001, ["文件太大，最多200 KB。"]),
    ],
)  # fmt: skip
def test_a_file_of_another_shape_is_refused_by_its_place(content: bytes, words: list[str]) -> None:
    assert refusal(content)[: len(words)] == words


def test_a_file_cannot_read_other_files() -> None:
    entity = b'<!DOCTYPE d [<!ENTITY a SYSTEM "secret.txt">]><definitions>&a;</definitions>'
    assert refusal(entity) == ["文件里有文档类型声明（DOCTYPE），不能导入。"]
