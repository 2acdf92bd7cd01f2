"""Workbooks that we write: text is text, never a formula; days are days."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOLD = Font(bold=True)
LONGEST = 32_767  # characters a spreadsheet takes in one cell
TITLE = 31  # characters a spreadsheet takes as the name of a sheet
MARKS = "[]:*?/\\"  # not allowed in the name of a sheet
WIDE, NARROW = 60, 18  # characters; the last column holds sentences


def as_file(name: str) -> dict[str, str]:
    """The headers with which a browser keeps it under this name."""
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def workbook(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """One sheet: numbers and days as such, everything else as text."""
    book = Workbook(write_only=True)
    sheet = sheet_of(book, name, header)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])
    return bytes_of(book)


def sheet_of(book: Workbook, name: str, header: Sequence[str]) -> Any:
    """A new sheet with its header, which stays in sight."""
    title = "".join("_" if mark in MARKS else mark for mark in name)[:TITLE]
    sheet = book.create_sheet(title)
    for place in range(1, len(header) + 1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDE if place == len(header) else NARROW
    sheet.freeze_panes = "A2"
    sheet.append([text_cell(sheet, name, font=BOLD) for name in header])
    return sheet


def bytes_of(book: Workbook) -> bytes:
    """The file."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cell(sheet: Any, value: object) -> Any:
    if isinstance(value, date):
        day = WriteOnlyCell(sheet, datetime.combine(value, time()))
        day.number_format = "yyyy-mm-dd"
        return day
    if isinstance(value, int):
        return WriteOnlyCell(sheet, value)
    return text_cell(sheet, value)


def text_cell(sheet: Any, value: object, *, font: Font | None = None, fill: PatternFill | None = None) -> Any:
    """A cell that is text whatever it holds."""
    text = "" if value is None else ILLEGAL_CHARACTERS_RE.sub("�", str(value))[:LONGEST]
    cell = WriteOnlyCell(sheet, text.encode("utf-8", "replace").decode())
    cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    if font is not None:
        cell.font = font
    if fill is not None:
        cell.fill = fill
    return cell
