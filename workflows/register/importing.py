"""Read a register file: the rows that are right, the rows that are not and why, nothing lost in between.

A cell that is empty says nothing: it never erases what the register knows. `待核实` says that nobody knows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from workflows.register import uscc
from workflows.register.cells import Directory
from workflows.register.columns import LICENCE, REGISTER
from workflows.register.files import sheets_of
from workflows.register.layouts import Layout, Mappings, layouts_of
from workflows.register.lines import Readers, flawed, read_cells, readers_of
from workflows.register.problems import Problem, ProblemCode, Severity
from workflows.register.tables import FileFlaw, RejectedRow, Sheet
from workflows.register.types import Flag, Industry, LicenceKind

NEEDED = tuple(sorted(column.name for column in REGISTER.required))
FLAGS = tuple(Flag)
PLACED = frozenset((*NEEDED, *FLAGS))  # fields with a place of their own in a row
OF_LICENCE = f"{LICENCE}:"


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """One enterprise of a file. `stated`, `flags`, `licences` hold only what the file says; None says 待核实."""

    row: int
    uscc: str
    name: str
    town_id: int
    department_id: int
    industry: Industry
    stated: Mapping[str, Any]
    flags: Mapping[Flag, bool | None]
    licences: Mapping[LicenceKind, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ParsedRegister:
    """A file after reading. With a problem of severity FILE both `rows` and `rejected` are empty.

    `layouts` say how each sheet was read; they are there, too, when only their columns are in question.
    """

    sha256: str
    layouts: tuple[Layout, ...] = ()
    rows: tuple[RegisterRow, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """The headers of the first sheet."""
        return self.layouts[0].names if self.layouts else ()

    @property
    def is_refused(self) -> bool:
        """Whether nothing of the file can be taken as it is."""
        return any(problem.severity is Severity.FILE for problem in self.problems)


def read_register(content: bytes, directory: Directory, mappings: Mappings | None = None) -> ParsedRegister:
    """Read a CSV file or an XLSX workbook; `mappings` are the columns that people explained before. Never raises."""
    digest = hashlib.sha256(content).hexdigest()
    return read_sheets(digest, partial(sheets_of, content), directory, mappings or {})


def read_sheets(
    digest: str, sheets: Callable[[], Sequence[Sheet]], directory: Directory, mappings: Mappings
) -> ParsedRegister:
    """The same for tables; `sheets` gives those of the file with this sha256, or raises FileFlaw."""
    try:
        layouts, passed_over = layouts_of(sheets(), REGISTER, mappings)
    except FileFlaw as flaw:
        return ParsedRegister(digest, problems=flaw.problems)
    if in_question := [problem for layout in layouts for problem in layout.problems]:
        return ParsedRegister(digest, tuple(layouts), problems=(*in_question, *passed_over))
    reading = _Reading(directory)
    for layout in layouts:
        reading.sheet(layout)
    return ParsedRegister(
        digest,
        tuple(layouts),
        tuple(reading.rows),
        tuple(reading.rejected),
        (*reading.problems, *passed_over),
    )


class _Reading:
    """What has been read of a file so far."""

    def __init__(self, directory: Directory) -> None:
        self.directory = directory
        self.rows: list[RegisterRow] = []
        self.rejected: list[RejectedRow] = []
        self.problems: list[Problem] = []
        self._row_of_code: dict[str, int] = {}
        self._row_of_name: dict[str, int] = {}

    def sheet(self, layout: Layout) -> None:
        """Read every row of a sheet into `rows`, or into `rejected` with its problems."""
        readers = readers_of(layout, self.directory)
        for line in layout.body:
            self._take(layout, readers, line.number, line.cells)

    def _take(self, layout: Layout, readers: Readers, number: int, cells: Sequence[str]) -> None:
        values, problems = read_cells(number, cells, layout, readers)
        problems += (*_doubts(number, values), *self._repetitions(number, values))
        self.problems += (
            [replace(problem, sheet=layout.sheet) for problem in problems] if layout.sheet else problems
        )
        if any(problem.severity is Severity.ROW for problem in problems):
            self.rejected.append(RejectedRow(number, tuple(cells), layout.sheet))
            return
        self._row_of_code[values["uscc"]] = number
        self._row_of_name.setdefault(values["name"], number)
        self.rows.append(_row(number, values))

    def _repetitions(self, number: int, values: Mapping[str, Any]) -> list[Problem]:
        code, name = values.get("uscc"), values.get("name")
        if code in self._row_of_code:
            first = {"first_row": self._row_of_code[code]}
            return [flawed(number, "统一社会信用代码", code, ProblemCode.DUPLICATE_ROW, first)]
        found: list[Problem] = []
        if name in self._row_of_name:
            found.append(_warning(number, name, ProblemCode.NAME_IN_FILE, first_row=self._row_of_name[name]))
        if name and code and self.directory.registered.get(name, code) != code:
            registered = self.directory.registered[name]
            found.append(_warning(number, name, ProblemCode.NAME_IN_REGISTER, uscc=registered))
        return found


def _doubts(number: int, values: Mapping[str, Any]) -> Iterator[Problem]:
    code = values.get("uscc")
    if code and not uscc.has_sound_organisation_code(code):
        yield _warning(number, code, ProblemCode.USCC_ORGANISATION)


def _warning(row: int, value: str, code: ProblemCode, **data: Any) -> Problem:
    column = "统一社会信用代码" if code is ProblemCode.USCC_ORGANISATION else "企业名称"
    return Problem(code, Severity.WARNING, row, column, value, None, data)


def _row(number: int, values: Mapping[str, Any]) -> RegisterRow:
    licences: dict[LicenceKind, dict[str, Any]] = {}
    stated: dict[str, Any] = {}
    for name, value in values.items():
        if name.startswith(OF_LICENCE):
            _, kind, part = name.split(":")
            licences.setdefault(LicenceKind(kind), {})[part] = value
        elif name not in PLACED:
            stated[name] = value
    return RegisterRow(
        row=number,
        **{name: values[name] for name in NEEDED},
        stated=stated,
        flags={flag: values[flag] for flag in FLAGS if flag in values},
        licences=licences,
    )
