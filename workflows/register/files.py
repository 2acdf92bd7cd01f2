"""Take a register file apart by what it holds, not by its name: CSV in the encodings there are, or a workbook."""

from __future__ import annotations

import csv
import io

from workflows.register import workbooks
from workflows.register.problems import Problem, ProblemCode, Severity
from workflows.register.tables import MOST_BYTES, MOST_COLUMNS, MOST_ROWS, FileFlaw, Line, Sheet, of_file

ENCODINGS = ("utf-8-sig", "gb18030")
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0"  # .xls, and any workbook that is locked by a password
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # gb18030 would read it as nonsense
SEPARATORS = (",", "\t", ";")
LOOKED_AT = 4000  # characters at the beginning that tell the separator


def sheets_of(content: bytes) -> list[Sheet]:
    """The tables of a register file. Raises FileFlaw when it is none, is too large or has no line below its header."""
    sheets = tables_of(content)
    if all(len(sheet.lines) < 2 for sheet in sheets):
        raise FileFlaw(of_file(ProblemCode.EMPTY))
    return sheets


def tables_of(content: bytes) -> list[Sheet]:
    """The tables of a file, blank lines left out. Raises FileFlaw when it is none or is too large."""
    if len(content) > MOST_BYTES:
        raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
    if content.startswith(OLD_WORKBOOK):
        raise FileFlaw(of_file(ProblemCode.OLD_WORKBOOK))
    sheets = workbooks.sheets_of(content) if content.startswith(workbooks.MAGIC) else [_csv(content)]
    if sum(len(sheet.lines) for sheet in sheets) > MOST_ROWS:
        raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
    return sheets


def _csv(content: bytes) -> Sheet:
    text = _decode(content)
    beginning = text[:LOOKED_AT]
    separator = max(SEPARATORS, key=beginning.count)
    lines: list[Line] = []
    number = 0
    try:
        for number, cells in enumerate(
            csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True), 1
        ):
            if any(cell.strip() for cell in cells):
                lines.append(Line(number, tuple(cells[: MOST_COLUMNS + 1])))
            if len(lines) > MOST_ROWS + 1:
                raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
    except csv.Error as error:
        raise FileFlaw(Problem(ProblemCode.NOT_CSV, Severity.FILE, row=number + 1)) from error
    return Sheet(None, tuple(lines))


def _decode(content: bytes) -> str:
    if content.startswith(UTF_16):
        raise FileFlaw(of_file(ProblemCode.ENCODING))
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFlaw(of_file(ProblemCode.ENCODING))
