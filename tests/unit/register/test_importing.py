"""Reading a register file: what is right goes on, what is not comes back with its place and reason."""

from __future__ import annotations

import csv
import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.register.cells import Directory
from workflows.register.importing import ParsedRegister, read_register
from workflows.register.problems import HINT, MESSAGES, Problem, ProblemCode, Severity
from workflows.register.types import EnterpriseStatus, Flag, Industry, RiskLevel

DIRECTORY = Directory(
    towns={"柳泉镇": 11, "石桥镇": 12},
    departments={"应急管理局": 21, "交通运输局": 22},
    registered={"老名字有限公司": "91350100M000100Y43"},
)
GOOD = {
    "统一社会信用代码": "91110000600037341L",
    "企业名称": "甲有限公司",
    "镇街": "柳泉镇",
    "监管部门": "应急管理局",
    "行业": "金属冶炼",
}
OTHER = {**GOOD, "统一社会信用代码": "91350100M000100Y43", "企业名称": "乙有限公司"}


def text_of(*rows: dict[str, str]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def read(*rows: dict[str, str]) -> ParsedRegister:
    return read_register(text_of(*rows).encode(), DIRECTORY)


def only_problem(*rows: dict[str, str]) -> Problem:
    [problem] = read(*rows).problems
    return problem


def sentence(problem: Problem) -> str:
    hint = HINT.format(**problem.fields) if problem.suggestion else ""
    return MESSAGES[problem.code].format(**problem.fields) + hint


def test_a_right_row_is_read_whole() -> None:
    [row] = read(GOOD).rows
    assert (row.row, row.uscc, row.name, row.town_id, row.department_id, row.industry) == (
        2,
        "91110000600037341L",
        "甲有限公司",
        11,
        21,
        Industry.METAL_SMELTING,
    )


def test_the_optional_columns_are_read() -> None:
    [row] = read({**GOOD, "从业人数": "1,200", "规上企业": "是", "风险等级": "红", "状态": "停产"}).rows
    assert row.stated == {
        "employees": 1200,
        "above_scale": True,
        "risk_level": RiskLevel.MAJOR,
        "status": EnterpriseStatus.STOPPED,
    }


def test_flags_are_yes_no_or_explicitly_unknown() -> None:
    [row] = read({**GOOD, "涉爆粉尘": "是", "喷涂作业": "否", "深井铸造": "待核实", "铝镁机加工": ""}).rows
    assert row.flags == {Flag.DUST: True, Flag.SPRAY: False, Flag.DEEP_CAST: None}


def test_an_empty_cell_says_nothing() -> None:
    [row] = read({**GOOD, "从业人数": ""}).rows
    assert row.stated == {}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_encodings_that_spreadsheets_write_are_read(encoding: str) -> None:
    [row] = read_register(text_of(GOOD).encode(encoding), DIRECTORY).rows
    assert row.name == "甲有限公司"


def test_columns_may_come_in_any_order() -> None:
    assert read(dict(reversed(GOOD.items()))).rows == read(GOOD).rows


def test_full_width_digits_are_narrowed() -> None:
    [row] = read(
        {**GOOD, "统一社会信用代码": "９１１１００００６０００３７３４１Ｌ", "从业人数": "１２"}
    ).rows
    assert (row.uscc, row.stated) == ("91110000600037341L", {"employees": 12})


def test_serial_numbers_and_remarks_are_passed_over() -> None:
    assert len(read({"序号": "1", **GOOD, "备注": "x"}).rows) == 1


def test_blank_lines_are_passed_over() -> None:
    [row] = read(dict.fromkeys(GOOD, ""), GOOD).rows
    assert row.row == 3


def test_a_wrong_check_digit_is_told_with_the_right_one() -> None:
    problem = only_problem({**GOOD, "统一社会信用代码": "91110000600037341X"})
    assert sentence(problem).startswith(
        "第2行：统一社会信用代码第18位不对，应为“L”。请核对原件。您是指“91110000600037341L”吗？"
    )


def test_a_town_that_is_not_listed_is_told_with_the_closest_name() -> None:
    assert sentence(only_problem({**GOOD, "镇街": "柳泉"})) == (
        "第2行：镇街“柳泉”不在名录中。您是指“柳泉镇”吗？"
    )


@pytest.mark.parametrize(
    ("column", "value", "code", "suggestion"),
    [
        ("统一社会信用代码", "9111000060003734", ProblemCode.USCC_LENGTH, None),
        ("统一社会信用代码", "9I110000600037341L", ProblemCode.USCC_CHARACTER, "1"),
        ("统一社会信用代码", "9111A000600037341L", ProblemCode.USCC_AREA, None),
        ("企业名称", "", ProblemCode.REQUIRED, None),
        ("企业名称", "甲" * 201, ProblemCode.TOO_LONG, None),
        ("企业名称", "甲\n乙", ProblemCode.CONTROL_CHARACTER, None),
        ("企业名称", "甲\x00乙", ProblemCode.CONTROL_CHARACTER, None),
        ("镇街", "柳全镇", ProblemCode.UNKNOWN_TOWN, "柳泉镇"),
        ("镇街", "月球", ProblemCode.UNKNOWN_TOWN, None),
        ("监管部门", "应急局", ProblemCode.UNKNOWN_DEPARTMENT, "应急管理局"),
        ("行业", "金属冶练", ProblemCode.UNKNOWN_WORD, "金属冶炼"),
        ("行业", "待核实", ProblemCode.UNKNOWN_WORD, None),
        ("从业人数", "很多", ProblemCode.NOT_A_NUMBER, None),
        ("从业人数", "120人", ProblemCode.NOT_A_NUMBER, "120"),
        ("从业人数", "-5", ProblemCode.NOT_A_NUMBER, None),
        ("从业人数", "12.5", ProblemCode.NOT_A_NUMBER, None),
        ("从业人数", "9" * 5000, ProblemCode.NUMBER_TOO_LARGE, None),
        ("规上企业", "也许", ProblemCode.UNKNOWN_WORD, None),
        ("风险等级", "中", ProblemCode.UNKNOWN_WORD, None),
        ("状态", "在营", ProblemCode.UNKNOWN_WORD, "在业"),
    ],
)
def test_a_wrong_cell_is_named_by_row_column_and_reason(
    column: str, value: str, code: ProblemCode, suggestion: str | None
) -> None:
    problem = only_problem({**GOOD, column: value})
    assert (problem.code, problem.row, problem.column, problem.suggestion) == (code, 2, column, suggestion)


def test_a_wrong_row_comes_back_as_it_was_written() -> None:
    [rejected] = read({**GOOD, "企业名称": " 甲 ", "镇街": "月球"}).rejected
    assert rejected.cells == ("91110000600037341L", " 甲 ", "月球", "应急管理局", "金属冶炼")


def test_a_wrong_row_does_not_hold_up_the_others() -> None:
    parsed = read({**GOOD, "镇街": "月球"}, OTHER)
    assert ([row.row for row in parsed.rows], [row.row for row in parsed.rejected]) == ([3], [2])


def test_every_problem_of_a_row_is_named_at_once() -> None:
    parsed = read({**GOOD, "镇街": "月球", "行业": "无", "企业名称": ""})
    assert [problem.column for problem in parsed.problems] == ["镇街", "行业", "企业名称"]


def test_a_second_row_of_the_same_code_is_refused_and_names_the_first() -> None:
    problem = only_problem(GOOD, OTHER, GOOD)
    assert (problem.code, problem.row, problem.data["first_row"]) == (ProblemCode.DUPLICATE_ROW, 4, 2)


def test_a_code_first_seen_in_a_refused_row_is_no_duplicate() -> None:
    assert [row.row for row in read({**GOOD, "镇街": "月球"}, GOOD).rows] == [3]


def test_the_same_name_under_two_codes_is_taken_with_a_warning() -> None:
    parsed = read(GOOD, {**OTHER, "企业名称": GOOD["企业名称"]})
    assert [(p.code, p.severity) for p in parsed.problems] == [(ProblemCode.NAME_IN_FILE, Severity.WARNING)]
    assert len(parsed.rows) == 2


def test_a_name_that_is_registered_under_another_code_is_taken_with_a_warning() -> None:
    problem = only_problem({**GOOD, "企业名称": "老名字有限公司"})
    assert (problem.severity, problem.data["uscc"]) == (Severity.WARNING, "91350100M000100Y43")


def test_a_name_registered_under_the_same_code_is_no_problem() -> None:
    assert read({**OTHER, "企业名称": "老名字有限公司"}).problems == ()


def test_cells_beyond_the_header_are_refused() -> None:
    content = text_of(GOOD).rstrip() + ",多余\r\n"
    [problem] = read_register(content.encode(), DIRECTORY).problems
    assert (problem.code, problem.value) == (ProblemCode.TOO_MANY_CELLS, "多余")


def test_a_header_that_nobody_knows_stops_the_file_and_suggests_the_right_one() -> None:
    problem = only_problem({**GOOD, "从业人员数": "3"})
    assert (problem.code, problem.severity, problem.suggestion) == (
        ProblemCode.UNKNOWN_COLUMN,
        Severity.FILE,
        "从业人数",
    )


def test_a_missing_header_is_named() -> None:
    problem = only_problem({name: value for name, value in GOOD.items() if name != "镇街"})
    assert (problem.code, problem.column) == (ProblemCode.MISSING_COLUMN, "镇街")


def test_a_repeated_header_stops_the_file() -> None:
    content = text_of(GOOD).replace("行业", "行业,行业", 1)
    [problem] = read_register(content.encode(), DIRECTORY).problems
    assert problem.code is ProblemCode.REPEATED_COLUMN


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ProblemCode.EMPTY),
        (text_of(GOOD).splitlines()[0].encode(), ProblemCode.EMPTY),
        (b"\xff\xff\xff\xff", ProblemCode.ENCODING),
        (text_of(GOOD).encode("utf-16"), ProblemCode.ENCODING),
        (b"PK\x03\x04rest of a workbook", ProblemCode.BROKEN_WORKBOOK),
        (text_of(GOOD).encode() + b'"open', ProblemCode.NOT_CSV),
        (b'"' + b"x" * 200_000 + b'"\n"y"\n', ProblemCode.NOT_CSV),
    ],
)
def test_a_file_that_is_no_register_is_refused_as_a_whole(content: bytes, code: ProblemCode) -> None:
    parsed = read_register(content, DIRECTORY)
    assert ([p.code for p in parsed.problems], parsed.rows) == ([code], ())


def test_every_problem_has_a_sentence() -> None:
    assert set(MESSAGES) == set(ProblemCode)


def fields_of(message: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(message) if name}


def test_sentences_name_only_fields_that_problems_carry() -> None:
    known = {"row", "column", "value", "suggestion", "limit", "length", "position", "found", "expected"}
    assert set().union(*map(fields_of, MESSAGES.values())) <= known | {
        "choices",
        "first_row",
        "hazard",
        "number",
        "registered",
        "today",
        "uscc",
    }


@given(st.binary(max_size=400))
def test_no_bytes_make_the_reader_fail(content: bytes) -> None:
    assert read_register(content, DIRECTORY).rows == ()


@given(st.lists(st.lists(st.text(max_size=30), min_size=1, max_size=8), min_size=1, max_size=5))
def test_no_cells_are_lost_or_make_the_reader_fail(rows: list[list[str]]) -> None:
    file = io.StringIO()
    csv.writer(file).writerows([list(GOOD), *rows])
    parsed = read_register(file.getvalue().encode("utf-8", "surrogatepass"), DIRECTORY)
    filled = sum(any(cell.strip() for cell in row) for row in rows)
    refused = any(problem.severity is Severity.FILE for problem in parsed.problems)
    assert refused or len(parsed.rows) + len(parsed.rejected) == filled


@given(st.text(max_size=60))
def test_any_problem_can_be_put_into_words(value: str) -> None:
    row = dict.fromkeys([*GOOD, "从业人数", "规上企业", "风险等级", "状态"], value)
    parsed = read_register(text_of(row).encode("utf-8", "surrogatepass"), DIRECTORY)
    assert all(sentence(problem) for problem in parsed.problems)


@pytest.mark.parametrize(
    ("header", "name", "cell", "value"),
    [
        ("专职安全生产管理人员", "full_time_officers", "３", 3),
        ("专职安全员人数", "full_time_officers", "0", 0),
        ("兼职安全生产管理人员", "part_time_officers", "2", 2),
        ("注安师", "registered_engineers", "1", 1),
        ("设有安全生产管理机构", "has_safety_department", "是", True),
        ("委托安全服务机构", "commissioned_agency", "无", False),
        ("机构人员国家另有规定", "national_rule", "是", True),
        ("专职安全生产管理人员", "full_time_officers", "待核实", None),
    ],
)
def test_safety_staff_is_read(header: str, name: str, cell: str, value: object) -> None:
    assert read({**GOOD, header: cell}).rows[0].stated == {name: value}


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("专职安全生产管理人员", "三人", ProblemCode.NOT_A_NUMBER),
        ("兼职安全生产管理人员", "-1", ProblemCode.NOT_A_NUMBER),
        ("注册安全工程师", "1.5", ProblemCode.NOT_A_NUMBER),
        ("注册安全工程师", "9999999", ProblemCode.NUMBER_TOO_LARGE),
        ("设有安全生产管理机构", "筹建中", ProblemCode.UNKNOWN_WORD),
        ("机构人员国家另有规定", "1号令", ProblemCode.UNKNOWN_WORD),
    ],
)
def test_wrong_safety_staff_is_named_by_row_and_column(header: str, cell: str, code: ProblemCode) -> None:
    problem = only_problem(GOOD, {**OTHER, header: cell})
    assert (problem.row, problem.column, problem.value, problem.code) == (3, header, cell, code)
