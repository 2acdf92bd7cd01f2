"""Workbooks as people send them: titles, merged cells, dates, numbers as text, several sheets; and hostile ones."""

# ruff: noqa: DTZ001 - a spreadsheet knows no time zones
from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from tests.unit.register.test_importing import DIRECTORY, GOOD, OTHER
from workflows.register.columns import REGISTER
from workflows.register.importing import ParsedRegister, read_register
from workflows.register.problems import ProblemCode, sentence
from workflows.register.types import LicenceKind

HEADER = list(GOOD)
LICENCE = "安全生产许可证有效期至"


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def book_of(*rows: Sequence[Any], change: Callable[[Any], None] = lambda sheet: None) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    change(sheet)
    return saved(book)


def read(content: bytes, mappings: Any = None) -> ParsedRegister:
    return read_register(content, DIRECTORY, mappings)


def codes(parsed: ParsedRegister) -> list[ProblemCode]:
    return [problem.code for problem in parsed.problems]


def test_a_workbook_is_read_like_a_csv_file() -> None:
    [row] = read(book_of(HEADER, GOOD.values())).rows
    assert (row.row, row.uscc, row.town_id) == (2, GOOD["统一社会信用代码"], 11)


def test_a_title_above_the_header_is_passed_over() -> None:
    parsed = read(book_of(["柳泉镇企业台账"], [], ["填报单位：", "", "日期："], HEADER, GOOD.values()))
    assert [row.row for row in parsed.rows] == [5]


def test_a_merged_town_counts_for_every_row_it_spans() -> None:
    rows = [HEADER, list(GOOD.values()), [*list(OTHER.values())[:2], None, *list(OTHER.values())[3:]]]
    parsed = read(book_of(*rows, change=lambda sheet: sheet.merge_cells("C2:C3")))
    assert [row.town_id for row in parsed.rows] == [11, 11]


def test_a_header_of_two_lines_is_read_from_the_lower_one() -> None:
    upper = [*HEADER, "安全员", None]
    lower = [*[None] * len(HEADER), "姓名", "电话"]

    def merge(sheet: Any) -> None:
        for place in range(1, len(HEADER) + 1):
            sheet.merge_cells(start_row=1, end_row=2, start_column=place, end_column=place)
        sheet.merge_cells(start_row=1, end_row=1, start_column=6, end_column=7)

    parsed = read(book_of(upper, lower, [*GOOD.values(), "孙某", "000-1"], change=merge))
    assert [(p.code, p.column) for p in parsed.problems] == [(ProblemCode.UNKNOWN_COLUMN, "姓名")]
    assert parsed.layouts[0].header.number == 2


def test_headers_are_known_by_other_names_and_with_marks() -> None:
    names = ["*社会信用代码", "单位名称（全称）", "所属 镇街", "主管部门：", "行业类别", "员工人数(人)"]
    [row] = read(book_of(names, [*GOOD.values(), 12])).rows
    assert row.stated == {"employees": 12}


@pytest.mark.parametrize("name", ["ｕｓｃｃ", " 统一 社会 信用 代码 ", "统一社会信用代码*"])
def test_width_case_spaces_and_marks_do_not_matter_in_a_header(name: str) -> None:
    column = REGISTER.column_of(name)
    assert column is not None
    assert column.name == "uscc"


@pytest.mark.parametrize(
    "value",
    [
        datetime(2027, 6, 30), date(2027, 6, 30), "2027-06-30", "2027/6/30", "2027.06.30", "2027年6月30日",
        "２０２７年６月３０日", "20270630", "2027-06-30 00:00:00", 46568,
    ],
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(value: object) -> None:
    [row] = read(book_of([*HEADER, LICENCE], [*GOOD.values(), value])).rows
    assert row.licences == {LicenceKind.SAFETY_PRODUCTION: {"expires_on": date(2027, 6, 30)}}


@pytest.mark.parametrize("value", ["2027-13-01", "明年", "2027", "30.6.27"])
def test_what_is_no_day_is_told(value: str) -> None:
    assert codes(read(book_of([*HEADER, LICENCE], [*GOOD.values(), value]))) == [ProblemCode.NOT_A_DAY]


def test_a_code_that_was_stored_as_a_number_has_lost_its_end_and_is_told() -> None:
    rows = [HEADER, [911100006000373412, *list(GOOD.values())[1:]]]
    assert codes(read(book_of(*rows))) == [ProblemCode.USCC_AS_NUMBER]


def test_whole_numbers_and_ticks_are_read_as_people_see_them() -> None:
    [row] = read(
        book_of([*HEADER, "从业人数", "规上企业", "联系电话"], [*GOOD.values(), 12.0, True, 13800000000])
    ).rows
    assert row.stated == {"employees": 12, "above_scale": True, "phone": "13800000000"}


def test_a_formula_without_a_stored_value_is_told_and_not_calculated() -> None:
    parsed = read(book_of([*HEADER, "从业人数"], [*GOOD.values(), "=6*7"]))
    assert codes(parsed) == [ProblemCode.FORMULA]
    assert parsed.rejected[0].cells[-1].strip() == "=6*7"


def test_a_formula_of_a_text_without_a_stored_value_is_told_as_well() -> None:
    content = book_of([*HEADER, "从业人数"], [*GOOD.values(), "=6*7"])
    old, new = b'<c r="F2"><f>6*7</f><v></v>', b'<c r="F2" t="str"><f>6*7</f>'
    parsed = read(replaced(content, "xl/worksheets/sheet1.xml", old, new))
    assert codes(parsed) == [ProblemCode.FORMULA]


def test_texts_inside_the_cells_count_like_those_kept_apart() -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (HEADER, list(GOOD.values())):
        sheet.append(row)
    assert read(saved(book)).rows == read(book_of(HEADER, GOOD.values())).rows


def test_the_value_stored_beside_a_formula_counts() -> None:
    content = book_of([*HEADER, "从业人数"], [*GOOD.values(), "=6*7"])
    content = replaced(content, "xl/worksheets/sheet1.xml", b"<f>6*7</f><v></v>", b"<f>6*7</f><v>42</v>")
    assert [row.stated for row in read(content).rows] == [{"employees": 42}]


def test_an_error_of_the_spreadsheet_is_told() -> None:
    assert codes(read(book_of(HEADER, [*list(GOOD.values())[:1], "#N/A", *list(GOOD.values())[2:]]))) == [
        ProblemCode.EXCEL_ERROR
    ]


def test_every_sheet_with_a_header_is_read_and_the_others_are_named() -> None:
    book = Workbook()
    first, second, notes, hidden = book.active, *(book.create_sheet(name) for name in ("二", "说明", "旧"))
    assert first is not None
    for sheet, row in ((first, GOOD), (second, OTHER), (hidden, OTHER)):
        sheet.append(HEADER)
        sheet.append(list(row.values()))
    notes.append(["怎样填写"])
    notes.append(["每行一家企业"])
    hidden.sheet_state = "hidden"
    parsed = read(saved(book))
    assert [row.name for row in parsed.rows] == ["甲有限公司", "乙有限公司"]
    assert [(p.code, p.value) for p in parsed.problems] == [(ProblemCode.SHEET_PASSED_OVER, "说明")]


def test_a_problem_names_its_sheet_when_there_are_several() -> None:
    book = Workbook()
    for name, row in (("甲表", GOOD), ("乙表", {**OTHER, "镇街": "月球"})):
        sheet = book.create_sheet(name)
        sheet.append(HEADER)
        sheet.append(list(row.values()))
    [problem] = read(saved(book)).problems
    assert sentence(problem) == "工作表“乙表”第2行：镇街“月球”不在名录中。"


def test_a_header_repeated_on_every_page_is_no_enterprise() -> None:
    parsed = read(book_of(HEADER, GOOD.values(), HEADER, OTHER.values()))
    assert ([row.row for row in parsed.rows], parsed.rejected) == ([2, 4], ())


def test_a_mapping_explains_columns_that_nobody_knows() -> None:
    header = ["代号", "甲", "乙", "丙", "丁"]
    content = book_of(header, GOOD.values())
    asked = read(content)
    assert asked.is_refused
    mapping = dict(zip(header, ["uscc", "name", "town_id", "department_id", "industry"], strict=True))
    [row] = read(content, {asked.layouts[0].signature: mapping}).rows
    assert row.name == "甲有限公司"


def test_a_mapping_may_pass_a_column_over() -> None:
    content = book_of([*HEADER, "车牌"], [*GOOD.values(), "x"])
    signature = read(content).layouts[0].signature
    assert len(read(content, {signature: {"车牌": ""}}).rows) == 1


def test_the_order_of_columns_does_not_matter_to_a_mapping() -> None:
    one, other = (read(book_of(header, GOOD.values())) for header in ([*HEADER, "x"], ["x", *HEADER]))
    assert one.layouts[0].signature == other.layouts[0].signature


# --- hostile files


def replaced(content: bytes, part: str, old: bytes, new: bytes) -> bytes:
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as source,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename == part:
                assert old in data
                data = data.replace(old, new)
            target.writestr(entry.filename, data)
    return file.getvalue()


def added(content: bytes, part: str, data: bytes) -> bytes:
    file = io.BytesIO(content)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as target:
        target.writestr(part, data)
    return file.getvalue()


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    content = added(book_of(HEADER, GOOD.values()), "xl/media/image1.bin", b"\0" * 310_000_000)
    assert len(content) < 1_000_000
    assert codes(read(content)) == [ProblemCode.TOO_LARGE]


def test_a_workbook_of_very_many_parts_is_refused() -> None:
    file = io.BytesIO(book_of(HEADER, GOOD.values()))
    with zipfile.ZipFile(file, "a") as target:
        for number in range(2100):
            target.writestr(f"xl/{number}", b"")
    assert codes(read(file.getvalue())) == [ProblemCode.TOO_LARGE]


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml"])
def test_macros_are_refused(part: str) -> None:
    assert codes(read(added(book_of(HEADER, GOOD.values()), part, b"x"))) == [ProblemCode.MACROS]


def test_a_document_type_is_refused() -> None:
    content = replaced(
        book_of(HEADER, GOOD.values()), "xl/worksheets/sheet1.xml", b"<worksheet",
        b'<!DOCTYPE x [<!ENTITY a "aaaa">]><worksheet',
    )  # fmt: skip
    assert codes(read(content)) == [ProblemCode.BROKEN_WORKBOOK]


def test_an_old_or_locked_workbook_is_told() -> None:
    assert codes(read(b"\xd0\xcf\x11\xe0" + b"\0" * 600)) == [ProblemCode.OLD_WORKBOOK]


def test_a_merge_over_the_whole_sheet_does_no_harm() -> None:
    content = book_of(HEADER, GOOD.values(), change=lambda sheet: sheet.merge_cells("H1:I1"))
    content = replaced(content, "xl/worksheets/sheet1.xml", b'ref="H1:I1"', b'ref="H1:XFD1048576"')
    assert len(read(content).rows) == 1


def test_a_last_row_far_below_costs_nothing() -> None:
    def far(sheet: Any) -> None:
        sheet["A1000000"] = " "

    assert len(read(book_of(HEADER, GOOD.values(), change=far)).rows) == 1


SOUND = book_of(
    ["企业台账"], [*HEADER, LICENCE], [*GOOD.values(), date(2027, 6, 30)], [*OTHER.values(), "长期"]
)
CELL = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1)),
    st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=40),
    st.sampled_from(
        ["=1+1", "=SUM(A1)", "#REF!", "９１１１００００６０００３７３４１Ｌ", " 91110000600037341L ", "柳泉镇",
         "2027年6月30日",
         "=\"91110000600037341L\"", "@x", "-5", "1,200", "待核实", "√", "1E+17", "统一社会信用代码", "企业名称", "镇街"]
    ),
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.lists(CELL, max_size=8), max_size=8),
    st.lists(st.sampled_from([*HEADER, LICENCE, "从业人数", "备注", "随便", "", None]), max_size=9),
    st.sampled_from(["", "A1:C1", "A2:A4", "B1:D5"]),
)
@example([], [], "")
def test_two_hundred_kinds_of_mess_end_in_a_report_for_every_row(
    rows: list[list[Any]], header: list[str | None], merged: str
) -> None:
    def merge(sheet: Any) -> None:
        if merged:
            sheet.merge_cells(merged)

    parsed = read(book_of(header, *rows, list(GOOD.values()), change=merge))
    assert all(sentence(problem) for problem in parsed.problems)
    body = sum(len(layout.body) for layout in parsed.layouts)
    assert parsed.is_refused or len(parsed.rows) + len(parsed.rejected) == body
    reported = {problem.row for problem in parsed.problems}
    assert all(row.row in reported for row in parsed.rejected)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.binary(min_size=1, max_size=20))
def test_a_damaged_workbook_is_refused_or_read_but_never_a_crash(place: int, junk: bytes) -> None:
    parsed = read(SOUND[:place] + junk + SOUND[place + len(junk) :])
    assert parsed.is_refused or len(parsed.rows) + len(parsed.rejected) >= 0


def test_the_sound_workbook_is_sound() -> None:
    assert load_workbook(io.BytesIO(SOUND)).active is not None
    assert len(read(SOUND).rows) == 2
