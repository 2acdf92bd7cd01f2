"""Take a register file apart: its encoding, its lines, its header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from workflows.register.cells import BY_HEADER, IGNORED_HEADERS, REQUIRED, Column, closest, tidy
from workflows.register.problems import Problem, ProblemCode, Severity

ENCODINGS = ("utf-8-sig", "gb18030")
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # .xlsx and .xls
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # gb18030 would read it as nonsense
MOST_BYTES = 50_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200


class FileFlaw(Exception):
    """The file as a whole cannot be taken."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


def table_of(content: bytes) -> list[list[str]]:
    """The lines of a CSV file as cells. Raises FileFlaw when it is none, is too large or has no rows."""
    if len(content) > MOST_BYTES:
        raise FileFlaw(_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
    reader = csv.reader(io.StringIO(_decode(content), newline=""), strict=True)
    table: list[list[str]] = []
    try:
        for cells in reader:
            table.append(cells)
            if len(table) > MOST_ROWS + 1:
                raise FileFlaw(_file(ProblemCode.TOO_LARGE, limit=MOST_ROWS))
    except csv.Error as error:
        raise FileFlaw(Problem(ProblemCode.NOT_CSV, Severity.FILE, row=len(table) + 1)) from error
    if not any(cell.strip() for cells in table[1:] for cell in cells):
        raise FileFlaw(_file(ProblemCode.EMPTY))
    return table


def _decode(content: bytes) -> str:
    if content.startswith(WORKBOOKS):
        raise FileFlaw(_file(ProblemCode.SPREADSHEET))
    if content.startswith(UTF_16):
        raise FileFlaw(_file(ProblemCode.ENCODING))
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise FileFlaw(_file(ProblemCode.ENCODING))


def columns_of(header: Sequence[str]) -> list[Column | None]:
    """The column of each place (None for one to pass over). Raises FileFlaw with every fault of the header."""
    names = [tidy(name) for name in header[:MOST_COLUMNS]]
    problems = [*_unknown(names), *_repeated(names)]
    missing = [column.header for column in REQUIRED if column.header not in names]
    problems += [Problem(ProblemCode.MISSING_COLUMN, Severity.FILE, row=1, column=name) for name in missing]
    if problems:
        raise FileFlaw(*problems)
    return [BY_HEADER.get(name) for name in names]


def _unknown(names: Sequence[str]) -> Iterator[Problem]:
    unused = [header for header in BY_HEADER if header not in names]
    for name in names:
        if name not in BY_HEADER and name not in IGNORED_HEADERS:
            code, hint = ProblemCode.UNKNOWN_COLUMN, closest(name, unused)
            yield Problem(code, Severity.FILE, row=1, column=name, suggestion=hint)


def _repeated(names: Sequence[str]) -> Iterator[Problem]:
    for name in sorted({name for name in names if name in BY_HEADER and names.count(name) > 1}):
        yield Problem(ProblemCode.REPEATED_COLUMN, Severity.FILE, row=1, column=name)


def _file(code: ProblemCode, **data: Any) -> Problem:
    return Problem(code, Severity.FILE, data=data)
