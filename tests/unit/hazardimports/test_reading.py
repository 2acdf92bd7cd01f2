"""Workbooks of hazards as people send them, read without any database."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.files import DOCX
from tests.unit.register.test_workbooks import book_of
from workflows.hazardimports import reading
from workflows.hazardimports.columns import ASKED, HAZARDS
from workflows.hazardimports.reading import Parsed, sheets_of
from workflows.hazardimports.template import template
from workflows.i18n import spoken
from workflows.register.problems import sentence

TODAY = date(2025, 8, 18)
HEADER = [
    "统一社会信用代码",
    "企业名称",
    "隐患名称",
    "地点",
    "具体情况",
    "隐患类别",
    "隐患级别",
    "发现日期",
    "来源",
    "整改期限",
]
CODE = "91110000600037341L"
ROW: dict[str, Any] = {
    "统一社会信用代码": CODE, "企业名称": "", "隐患名称": "护栏缺失", "地点": "2号炉平台",
    "具体情况": "东侧护栏缺一段，约2米。\n下方有人通行", "隐患类别": "设备设施", "隐患级别": "疑似重大",
    "发现日期": datetime(2025, 8, 11), "来源": "部门检查", "整改期限": "2025-09-01",  # noqa: DTZ001
}  # fmt: skip


def read(content: bytes) -> Parsed:
    return reading.read(partial(sheets_of, content), today=TODAY)


def file_of(*changes: dict[str, Any], header: Sequence[str] = HEADER) -> bytes:
    """A workbook with a row for each of these changes of a good one."""
    return book_of(header, *([{**ROW, **one}.get(name) for name in header] for one in changes))


def told(content: bytes) -> list[str]:
    return [sentence(problem) for problem in read(content).problems]


def test_every_column_of_the_template_is_read() -> None:
    [row] = read(file_of({})).rows
    assert (row.row, row.uscc, row.name, row.title, row.place) == (2, CODE, None, "护栏缺失", "2号炉平台")
    assert (row.kind, row.looks_major, row.told_source) == ("equipment", True, "部门检查")
    assert (row.found_on, row.due_on) == (date(2025, 8, 11), date(2025, 9, 1))


def test_a_description_keeps_its_lines_and_its_punctuation() -> None:
    [row] = read(file_of({})).rows
    assert row.description == "东侧护栏缺一段，约2米。\n下方有人通行"


def test_what_need_not_be_filled_in_may_be_missing_altogether() -> None:
    header = ["企业名称", "隐患名称", "地点", "具体情况", "发现日期"]
    [row] = read(file_of({"企业名称": "宏岳铸造"}, header=header)).rows
    assert (row.name, row.uscc, row.kind, row.looks_major, row.due_on) == ("宏岳铸造", None, None, None, None)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"统一社会信用代码": ""}, "第2行：没有填是哪家企业。请填统一社会信用代码或企业全称。"),
        ({"统一社会信用代码": "123"}, "第2行：统一社会信用代码应为18位，现为3位。请核对原件。"),
        ({"隐患名称": ""}, "第2行：“隐患名称”没有填。请补上。"),
        ({"隐患名称": "漏"}, "第2行：“隐患名称”至少写2个字。"),
        ({"地点": "x" * 121}, "第2行：“地点”超过120个字。请缩短。"),
        ({"具体情况": "坏\t了"}, "第2行：“具体情况”里有换行或不可见字符。请删去。"),
        ({"隐患级别": "二级"}, "第2行：“隐患级别”不能填“二级”，可填：一般、疑似重大。"),
        ({"发现日期": "前天"}, "第2行：“发现日期”应为日期（如2027-06-30），现为“前天”。"),
        ({"发现日期": "2025-08-19"}, "第2行：发现日期2025-08-19在今天（2025-08-18）之后。请改成实际发现的日期。"),
        ({"发现日期": "0001-01-01"}, "第2行：发现日期0001-01-01太早。请核对年份。"),
        (
            {"整改期限": "2025-08-17"},
            "第2行：整改期限2025-08-17已经过了。请与企业重新商定，填今天以后的日期，或者留空。",
        ),
        ({"具体情况": "=A1&B1"}, "第2行：“具体情况”是公式，文件里没有它的结果。请复制后“选择性粘贴—值”。"),
        ({"来源": "来" * 81}, "第2行：“来源”超过80个字。请缩短。"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_is_named_with_its_cell_and_what_to_do(
    change: dict[str, Any], expected: str
) -> None:
    parsed = read(file_of(change))
    assert [sentence(problem) for problem in parsed.problems] == [expected]
    assert (parsed.rows, [row.row for row in parsed.rejected]) == ((), [2])


def test_an_unknown_kind_is_answered_with_the_kinds_there_are() -> None:
    [said] = told(file_of({"隐患类别": "机械"}))
    assert "可填：设备设施、电气、消防、危险化学品、作业行为、作业环境、安全管理、其他。" in said


@pytest.mark.parametrize("day", ["2025-08-18", "2025-08-17"])
def test_what_was_found_today_or_before_is_right(day: str) -> None:
    assert len(read(file_of({"发现日期": day})).rows) == 1


def test_what_is_due_today_is_right() -> None:
    assert len(read(file_of({"整改期限": "2025-08-18"})).rows) == 1


def test_a_hazard_that_is_closed_is_refused() -> None:
    header = [*HEADER, "闭环"]
    [said] = told(file_of({"闭环": "2025-08-12"}, header=header))
    assert said == "第2行：“闭环”填了2025-08-12，是已闭环的隐患。这里只收未闭环的，请删去这一行。"


def test_good_rows_stand_beside_bad_ones() -> None:
    parsed = read(file_of({}, {"地点": ""}, {"地点": "1号炉"}))
    assert ([row.row for row in parsed.rows], [row.row for row in parsed.rejected]) == ([2, 4], [3])


def test_columns_that_are_missing_are_named_and_nothing_is_read() -> None:
    content = file_of({}, header=["隐患名称", "地点", "发现日期"])
    assert told(content) == [
        "缺少表头“具体情况”。请补上这一列。",
        "缺少表头“统一社会信用代码”。请补上这一列。",
    ]
    assert read(content).rows == ()


def test_a_column_that_nobody_knows_is_named() -> None:
    [said] = told(file_of({}, header=[*HEADER, "整改状况"]))
    assert said.startswith("表头“整改状况”不认识。请改名或删去这一列。")


def with_part(content: bytes, name: str, part: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            new.writestr(one, old.read(one))
        new.writestr(name, part)
    return body.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (lambda: "企业名称,地点\n甲,乙\n".encode(), "这不是Excel工作簿（.xlsx）"),
        (lambda: b"%PDF-1.7\n", "这不是Excel工作簿（.xlsx）"),
        (lambda: b"", "这不是Excel工作簿（.xlsx）"),
        (lambda: b"\xd0\xcf\x11\xe0rest", "这是旧版（.xls）或设了打开密码的Excel工作簿"),
        (lambda: DOCX, "工作簿无法读取"),
        (lambda: b"PK\x03\x04broken", "工作簿无法读取"),
        (lambda: with_part(file_of({}), "xl/vbaProject.bin", b"x"), "工作簿带有宏，不能接收"),
        (lambda: with_part(file_of({}), "xl/bomb.xml", b" " * 310_000_000), "文件过大"),
        (lambda: book_of(HEADER), "文件里没有隐患"),
        (lambda: file_of(*({} for _ in range(5_001))), "文件过大，最多5000行"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_taken_is_refused_as_a_whole(
    content: Callable[[], bytes], expected: str
) -> None:
    [said] = told(content())
    assert said.startswith(expected)


def test_a_file_of_as_many_rows_as_allowed_is_read() -> None:
    assert len(read(file_of(*({} for _ in range(5_000)))).rows) == 5_000


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_template_as_it_is_has_no_hazards_and_all_columns(language: str) -> None:
    with spoken(language):
        content = template()
    assert told(content) == ["文件里没有隐患。请确认有一行表头，下面每行一处隐患。"]
    header = [cell.value for cell in load_workbook(io.BytesIO(content)).worksheets[0][1]]
    assert [HAZARDS.column_of(str(name)) for name in header] == list(ASKED)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_template_that_was_filled_in_is_read_without_a_warning(language: str) -> None:
    with spoken(language):
        book = load_workbook(io.BytesIO(template()))
    book.worksheets[0].append(list(ROW.values()))
    body = io.BytesIO()
    book.save(body)
    parsed = read(body.getvalue())
    assert (len(parsed.rows), parsed.problems) == (1, ())


def test_the_template_says_which_words_may_stand_in_a_column_and_that_closed_hazards_stay_out() -> None:
    guide = load_workbook(io.BytesIO(template())).worksheets[1]
    text = "\n".join(str(cell.value) for row in guide for cell in row if cell.value)
    assert "设备设施、电气、消防、危险化学品、作业行为、作业环境、安全管理、其他" in text
    assert "已经闭环的历史隐患不导入" in text


def test_the_ledger_that_the_product_writes_is_read() -> None:
    ours = {
        "编号": 1, "企业": "宏岳铸造", "镇街": "柳泉镇", "部门": "应急局", "隐患": "护栏缺失", "地点": "平台",
        "类别": "电气", "级别": "一般隐患", "来源": "随手拍", "发现": "2025-08-01", "原期限": "", "期限": "",
        "整改完成": "", "验收": "", "闭环": "", "现状": "待评估", "逾期": "", "挂牌": "",
        "挂牌文号": "", "情况": "断了一段",
    }  # fmt: skip
    [row] = read(book_of(list(ours), list(ours.values()))).rows
    assert (row.name, row.kind, row.looks_major, row.told_source) == (
        "宏岳铸造",
        "electrical",
        False,
        "随手拍",
    )
