"""Read a register file: the rows that are right, the rows that are not and why, nothing lost in between.

A cell that is empty says nothing: it never erases what the register knows. `待核实` says that nobody knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.register import uscc
from workflows.register.cells import REQUIRED, UNKNOWN_WORDS, CellFlaw, Column, Directory, tidy
from workflows.register.files import FileFlaw, columns_of, table_of
from workflows.register.problems import Problem, ProblemCode, Severity
from workflows.register.types import Flag, Industry


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One enterprise of a file. `stated` and `flags` hold only what the file says; None says 待核实."""

    row: int
    uscc: str
    name: str
    town_id: int
    department_id: int
    industry: Industry
    stated: Mapping[str, Any]
    flags: Mapping[Flag, bool | None]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not taken, as it was written."""

    row: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParsedRegister:
    """A file after reading. With a problem of severity FILE both `rows` and `rejected` are empty."""

    sha256: str
    header: tuple[str, ...] = ()
    rows: tuple[RegisterRow, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    problems: tuple[Problem, ...] = ()


def read_csv(content: bytes, directory: Directory) -> ParsedRegister:
    """Read a CSV file (UTF-8 or GB 18030, Chinese headers in any order). Never raises."""
    digest = hashlib.sha256(content).hexdigest()
    try:
        table = table_of(content)
        columns = columns_of(table[0])
    except FileFlaw as flaw:
        return ParsedRegister(digest, problems=flaw.problems)
    reading = _Reading(directory, columns)
    for number, cells in enumerate(table[1:], start=2):
        if any(cell.strip() for cell in cells):
            reading.take(number, cells)
    return ParsedRegister(
        digest, tuple(table[0]), tuple(reading.rows), tuple(reading.rejected), tuple(reading.problems)
    )


class _Reading:
    """What has been read of a file so far."""

    def __init__(self, directory: Directory, columns: Sequence[Column | None]) -> None:
        self.directory, self.columns = directory, columns
        self.rows: list[RegisterRow] = []
        self.rejected: list[RejectedRow] = []
        self.problems: list[Problem] = []
        self._row_of_code: dict[str, int] = {}
        self._row_of_name: dict[str, int] = {}

    def take(self, number: int, cells: Sequence[str]) -> None:
        """Read one row into `rows`, or into `rejected` with its problems."""
        values, problems = _read_cells(number, cells, self.columns, self.directory)
        problems += self._repetitions(number, values)
        self.problems += problems
        if any(problem.severity is Severity.ROW for problem in problems):
            self.rejected.append(RejectedRow(number, tuple(cells)))
            return
        self._row_of_code[values["uscc"]] = number
        self._row_of_name.setdefault(values["name"], number)
        self.rows.append(_row(number, values))

    def _repetitions(self, number: int, values: Mapping[str, Any]) -> list[Problem]:
        code, name = values.get("uscc"), values.get("name")
        if code in self._row_of_code:
            first = {"first_row": self._row_of_code[code]}
            return [_flawed(number, "统一社会信用代码", code, ProblemCode.DUPLICATE_ROW, first)]
        found: list[Problem] = []
        if name in self._row_of_name:
            found.append(_warning(number, name, ProblemCode.NAME_IN_FILE, first_row=self._row_of_name[name]))
        if name and code and self.directory.registered.get(name, code) != code:
            registered = self.directory.registered[name]
            found.append(_warning(number, name, ProblemCode.NAME_IN_REGISTER, uscc=registered))
        return found


def _read_cells(
    number: int, cells: Sequence[str], columns: Sequence[Column | None], directory: Directory
) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for column, cell in zip(columns, cells, strict=False):
        value = tidy(cell)
        if column is None or not value:
            continue
        try:
            values[column.name] = _read_cell(column, value, directory)
        except CellFlaw as flaw:
            problem = _flawed(number, column.header, cell, flaw.code, flaw.data, flaw.suggestion)
            problems.append(problem)
            values[column.name] = None
    problems += _row_shape(number, cells, columns, values)
    return values, problems


def _read_cell(column: Column, value: str, directory: Directory) -> Any:
    if value in UNKNOWN_WORDS and not column.required and column.name != "status":
        return None
    return column.read(value, directory)


def _row_shape(
    number: int, cells: Sequence[str], columns: Sequence[Column | None], values: Mapping[str, Any]
) -> Iterator[Problem]:
    for column in REQUIRED:
        if column.name not in values:
            yield _flawed(number, column.header, "", ProblemCode.REQUIRED, {})
    beyond = [cell for cell in cells[len(columns) :] if cell.strip()]
    if beyond:
        yield _flawed(number, None, beyond[0], ProblemCode.TOO_MANY_CELLS, {})
    code = values.get("uscc")
    if code and not uscc.has_sound_organisation_code(code):
        yield _warning(number, code, ProblemCode.USCC_ORGANISATION)


def _flawed(
    row: int,
    column: str | None,
    value: str | None,
    code: ProblemCode,
    data: Mapping[str, Any],
    suggestion: str | None = None,
) -> Problem:
    return Problem(code, Severity.ROW, row, column, value, suggestion, data)


def _warning(row: int, value: str, code: ProblemCode, **data: Any) -> Problem:
    column = "统一社会信用代码" if code is ProblemCode.USCC_ORGANISATION else "企业名称"
    return Problem(code, Severity.WARNING, row, column, value, None, data)


def _row(number: int, values: Mapping[str, Any]) -> RegisterRow:
    needed = {column.name for column in REQUIRED}
    flags = {flag: values[flag] for flag in Flag if flag in values}
    stated = {name: value for name, value in values.items() if name not in needed and name not in flags}
    return RegisterRow(
        row=number, **{name: values[name] for name in sorted(needed)}, stated=stated, flags=flags
    )
