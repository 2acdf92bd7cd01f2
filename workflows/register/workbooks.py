"""Read an XLSX workbook that a stranger sent: bounded before it is unpacked, nothing in it is run or calculated.

A formula counts as the value that the spreadsheet last stored for it; without one it comes back as its text,
which no column accepts. Merged cells all get the value of their first one.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from string import digits
from typing import IO, Any

import structlog
from lxml import etree
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import column_index_from_string, range_boundaries
from openpyxl.worksheet._reader import (
    FORMULA_TAG,
    INLINE_STRING,
    MERGE_TAG,
    ROW_TAG,
    VALUE_TAG,
    WorkSheetParser,
)
from openpyxl.worksheet.merge import MergeCells
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from workflows.register.problems import ProblemCode
from workflows.register.tables import MOST_COLUMNS, MOST_ROWS, FileFlaw, Line, Sheet, of_file

MAGIC = b"PK\x03\x04"
MOST_PARTS = 2000
MOST_UNPACKED = 300_000_000  # bytes; 100,000 rows of thirty columns take about a third of it
MOST_SHEETS = 50
MOST_MERGED = 500_000  # cells filled from merged ones
EXACT = 10**15  # a spreadsheet keeps fifteen digits; what is longer has lost its end
MACRO_PARTS = re.compile(r"vbaProject|macrosheets/|activeX/", re.IGNORECASE)
DOCTYPE = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
STRING_TAG, TEXT_TAG = f"{{{SHEET_MAIN_NS}}}si", f"{{{SHEET_MAIN_NS}}}t"
STRINGS = frozenset({"s", "str", "inlineStr"})  # kinds of cells
log = structlog.get_logger()


def sheets_of(content: bytes) -> list[Sheet]:
    """The visible sheets that hold anything. Raises FileFlaw for a file that is unsafe or cannot be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check(packed)
            return list(_sheets(content, packed))
    except FileFlaw:
        raise
    except Exception as error:
        log.info("workbook refused", error=repr(error)[:200])
        raise FileFlaw(of_file(ProblemCode.BROKEN_WORKBOOK)) from error


def _check(packed: zipfile.ZipFile) -> None:
    """Refuse bombs, macros and document types. No part can unpack to more than it declares: zipfile sees to that."""
    parts = packed.infolist()
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
    types = packed.read("[Content_Types].xml")
    if b"macroEnabled" in types or any(MACRO_PARTS.search(part.filename) for part in parts):
        raise FileFlaw(of_file(ProblemCode.MACROS))
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with packed.open(part) as opened:
                if DOCTYPE.search(opened.read(4000)):
                    raise FileFlaw(of_file(ProblemCode.BROKEN_WORKBOOK))


def _sheets(content: bytes, packed: zipfile.ZipFile) -> Iterator[Sheet]:
    reader = _Reader(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    reader.read()
    left = MOST_ROWS + MOST_SHEETS
    for title, path in reader.visible[:MOST_SHEETS]:
        rows = _rows(packed, reader, path, most=left)
        left -= len(rows)
        if rows:
            lines = (Line(number, tuple(cells)) for number, cells in sorted(rows.items()))
            yield Sheet(title, tuple(lines))
    reader.archive.close()


class _Reader(ExcelReader):
    """Finds the sheets without reading them; openpyxl reads a sheet that does not state its size once more for it."""

    def read_strings(self) -> None:
        package: Any = self.package
        if (part := package.find(SHARED_STRINGS)) is not None:
            with self.archive.open(part.PartName[1:]) as opened:
                self.shared_strings = list(_strings(opened))

    def read_worksheets(self) -> None:
        sheets = [
            (sheet, part) for sheet, part in self.parser.find_sheets() if part.target in self.valid_files
        ]
        self.visible = [
            (sheet.name, part.target)
            for sheet, part in sheets
            if sheet.state == "visible" and "chartsheet" not in part.Type
        ]


def _elements(part: IO[bytes], *tags: str) -> Iterator[Any]:
    """The elements of these names, each forgotten when the next is asked for. Nothing outside the part is read."""
    for _, element in etree.iterparse(
        part, tag=tags, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    ):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _strings(source: IO[bytes]) -> Iterator[str]:
    for element in _elements(source, STRING_TAG):
        yield _content(element).replace("x005F_", "")  # the escape of an underscore


def _content(element: Any) -> str:
    """The text of a string. Most are plain; openpyxl makes an object of each, which takes ten times as long."""
    if len(element) == 1 and element[0].tag == TEXT_TAG:
        return element[0].text or ""
    text: Any = Text.from_tree(element)
    return str(text.content)


class _Parser(WorkSheetParser):
    """Tells a cell's column and text. Most hold a string, for which openpyxl takes several times as long."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        text = self._plain(element)
        if text is None:
            return self._any_cell(element)
        if reference := element.get("r"):
            self.col_counter = column_index_from_string(reference.rstrip(digits))
        else:
            self.col_counter += 1
        return {"column": self.col_counter, "text": text}

    def _plain(self, element: Any) -> str | None:
        """The text of a cell that is empty or holds nothing but a string; None for any other."""
        if len(element) == 0:
            return ""
        kind = element.get("t")
        if len(element) > 1 or kind not in STRINGS:
            return None
        if (said := element[0]).tag == INLINE_STRING:
            return _content(said)
        if said.tag != VALUE_TAG or kind == "inlineStr":
            return None
        value: str = said.text or ""
        return str(self.shared_strings[int(value)]) if value and kind == "s" else value

    def _any_cell(self, element: Any) -> dict[str, Any]:
        """Also tells a formula that has no stored value, as its text."""
        if (inline := element.find(INLINE_STRING)) is not None:
            element.set("t", "str")
            inline.tag, inline.text = VALUE_TAG, _content(inline)
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and (formula := element.find(FORMULA_TAG)) is not None:
            cell["value"] = f"={formula.text or ''} "
        return {"column": cell["column"], "text": _text(cell["value"])}


def _rows(packed: zipfile.ZipFile, reader: _Reader, path: str, *, most: int) -> dict[int, list[str]]:
    """Row number -> cells as text, of the rows that hold anything; what the file says of its size is not believed."""
    rows: dict[int, list[str]] = {}
    merged: list[str] = []
    book: Any = reader.wb
    with packed.open(path) as part:
        parser = _Parser(
            part, reader.shared_strings, data_only=True, epoch=book.epoch, date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )  # fmt: skip
        for element in _elements(part, ROW_TAG, MERGE_TAG):
            if element.tag == MERGE_TAG:
                cells: Any = MergeCells.from_tree(element)
                merged += [one.ref for one in cells.mergeCell]
                continue
            number, parsed = parser.parse_row(element)
            if found := _cells(parsed):
                rows[number] = found
            if len(rows) > most:
                raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
    if merged and rows:
        _fill(rows, merged)
    return rows


def _cells(parsed: list[dict[str, Any]]) -> list[str]:
    """The cells of a row up to the last that holds anything."""
    texts = {cell["column"]: cell["text"] for cell in parsed if cell["column"] <= MOST_COLUMNS}
    for last in sorted(texts, reverse=True):
        if texts[last].strip():
            return [texts.get(column, "") for column in range(1, last + 1)]
    return []


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int() | float() if abs(value) >= EXACT:
            return f"{value:.14E}"
        case float() if value.is_integer():
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat(" ") if isinstance(value, datetime) else value.isoformat()
    return str(value)


def _fill(rows: dict[int, list[str]], merged: list[str]) -> None:
    """Give every cell of a merged range the value of its first one, in the rows that hold anything."""
    filled = 0
    for reference in merged:
        bounds = range_boundaries(reference)
        if None not in bounds:
            first_column, first_row, last_column, last_row = (number or 0 for number in bounds)
            last_column, last_row = min(last_column, MOST_COLUMNS), min(last_row, max(rows))
            filled += max(0, last_row - first_row + 1) * max(0, last_column - first_column + 1)
            if filled > MOST_MERGED:
                raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
            _fill_one(rows, first_column, first_row, last_column, last_row)


def _fill_one(
    rows: dict[int, list[str]], first_column: int, first_row: int, last_column: int, last_row: int
) -> None:
    source = rows.get(first_row, [])
    value = source[first_column - 1] if len(source) >= first_column else ""
    width = last_column - first_column + 1
    if not value or width < 1:
        return
    for row in range(first_row, last_row + 1):
        if row in rows:
            cells = rows[row]
            cells += [""] * (last_column - len(cells))
            cells[first_column - 1 : last_column] = [value] * width
