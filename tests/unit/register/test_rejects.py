"""Refused rows go back to their author, ready to be corrected and uploaded again."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from tests.unit.register.test_importing import DIRECTORY, GOOD, OTHER, read, sentence
from workflows.register.importing import ParsedRegister, read_register
from workflows.register.rejects import workbook_of

BAD = {**GOOD, "镇街": "柳泉"}


def book_of(parsed: ParsedRegister) -> Any:
    headers = {layout.sheet: layout.names for layout in parsed.layouts}
    return load_workbook(io.BytesIO(workbook_of(headers, parsed.rejected, parsed.problems, sentence)))


def rows_of(parsed: ParsedRegister, sheet: int = 0) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in book_of(parsed).worksheets[sheet].iter_rows()]


def test_only_the_refused_rows_come_back_with_their_reasons() -> None:
    _, row = rows_of(read(OTHER, BAD))
    assert row == [*BAD.values(), "第3行：镇街“柳泉”不在名录中。您是指“柳泉镇”吗？"]


def test_the_wrong_cell_is_marked() -> None:
    row = next(iter(book_of(read(BAD)).worksheets[0].iter_rows(min_row=2)))
    assert [cell.fill.fill_type for cell in row] == [None, None, "solid", None, None, None]


def test_the_corrected_file_is_taken() -> None:
    book = book_of(read(OTHER, BAD))
    book.worksheets[0]["C2"] = "柳泉镇"
    file = io.BytesIO()
    book.save(file)
    assert [row.name for row in read_register(file.getvalue(), DIRECTORY).rows] == ["甲有限公司"]


def test_cells_beyond_the_header_are_not_lost() -> None:
    content = ",".join(GOOD) + "\n" + ",".join(GOOD.values()) + ",多余\n"
    _, row = rows_of(read_register(content.encode(), DIRECTORY))
    assert row[-1] == "多余"


@pytest.mark.parametrize(
    "value", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1:A9)", '=HYPERLINK("http://x")']
)
def test_what_looks_like_a_formula_stays_text(value: str) -> None:
    sheet = book_of(read({**BAD, "地址": value})).worksheets[0]
    cell = sheet.cell(2, 6)
    assert (cell.data_type, cell.value, cell.quotePrefix) == ("s", value, True)


def test_every_problem_of_the_file_is_listed() -> None:
    parsed = read({**BAD, "行业": "无"}, OTHER)
    assert [row[1:3] for row in rows_of(parsed, -1)[1:]] == [["2", "镇街"], ["2", "行业"]]


def test_each_sheet_comes_back_on_its_own() -> None:
    book = Workbook()
    for name, row in (("一月", BAD), ("二月", {**OTHER, "镇街": "月球"})):
        sheet = book.create_sheet(name)
        sheet.append(list(row))
        sheet.append(list(row.values()))
    file = io.BytesIO()
    book.save(file)
    found = book_of(read_register(file.getvalue(), DIRECTORY))
    assert found.sheetnames == ["一月", "二月", "全部问题"]
