"""The rows that were not taken, as a workbook to correct and upload again: as written, beside them what is wrong.

Every cell is text, marked as such: what begins with = + - @ stays what somebody wrote and is never calculated.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill

from workflows.register.catalogue import PROBLEMS_HEADER
from workflows.register.problems import Problem, Severity
from workflows.register.tables import RejectedRow
from workflows.spreadsheets import bytes_of, sheet_of, text_cell

MARKED = PatternFill("solid", fgColor="FBE3EE")
ALL_PROBLEMS = "全部问题"


def workbook_of(
    headers: Mapping[str | None, Sequence[str]],
    rejected: Iterable[RejectedRow],
    problems: Sequence[Problem],
    sentence: Callable[[Problem], str],
) -> bytes:
    """The refused rows, sheet by sheet as they came, and a last sheet with every problem of the file.

    `headers` are those of each sheet; `sentence` puts a problem into the reader's words.
    """
    book = Workbook(write_only=True)
    at: dict[tuple[str | None, int], list[Problem]] = defaultdict(list)
    for problem in problems:
        if problem.row is not None and problem.severity is Severity.ROW:
            at[problem.sheet, problem.row].append(problem)
    by_sheet: dict[str | None, list[RejectedRow]] = defaultdict(list)
    for row in rejected:
        by_sheet[row.sheet].append(row)
    for name, rows in by_sheet.items():
        header = headers.get(name, ())
        sheet = sheet_of(book, name or "需改正的行", [*header, PROBLEMS_HEADER])
        for row in rows:
            sheet.append(_row(sheet, row, header, at[name, row.row], sentence))
    listing = sheet_of(book, ALL_PROBLEMS, ["工作表", "行", "列", "原内容", "问题"])
    for problem in problems:
        cells = (problem.sheet, problem.row, problem.column, problem.value, sentence(problem))
        listing.append([text_cell(listing, cell) for cell in cells])
    return bytes_of(book)


def _row(
    sheet: Any,
    row: RejectedRow,
    header: Sequence[str],
    problems: Sequence[Problem],
    sentence: Callable[[Problem], str],
) -> list[Any]:
    """As written up to the header's end, then the problems, then what was written beyond."""
    width = len(header)
    wrong = {place for place, name in enumerate(header) for p in problems if p.column and p.column == name}
    cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
    written = [text_cell(sheet, cell, fill=MARKED if i in wrong else None) for i, cell in enumerate(cells)]
    reason = text_cell(sheet, " ".join(map(sentence, problems)))
    return [*written, reason, *(text_cell(sheet, cell) for cell in row.cells[width:])]
