"""Read one line of a table by its layout: the values that are right, the cells that are not and why.

A cell that is empty says nothing. `待核实` says that nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from workflows.register.catalogue import Column
from workflows.register.cells import UNKNOWN_WORDS, CellFlaw, Directory, plain, tidy
from workflows.register.layouts import Layout
from workflows.register.problems import Problem, ProblemCode, Severity

REMEMBERED = 500  # different cells of a column
SILENT = object()  # what an empty cell says
Readers = Sequence[Callable[[str], Any] | None]


def readers_of(layout: Layout, directory: Directory) -> Readers:
    """One for each column, None for one that is passed over."""
    return [_reader(column, directory) if column else None for column in layout.columns]


def _reader(column: Column, directory: Directory) -> Callable[[str], Any]:
    """Reads a cell of a column: its value, or SILENT. Most columns have few different cells, each is read once."""

    @lru_cache(REMEMBERED)
    def read(cell: str) -> Any:
        value = plain(cell.strip() if column.verbatim else tidy(cell))
        if not value:
            return SILENT
        if value in UNKNOWN_WORDS and not column.required and column.name != "status":
            return None
        return column.read(value, directory)

    return read


def read_cells(
    number: int, cells: Sequence[str], layout: Layout, readers: Readers
) -> tuple[dict[str, Any], list[Problem]]:
    """The values of a row by the names of its columns, None for one that cannot be read; and what is wrong with it."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for place, (column, read, cell) in enumerate(zip(layout.columns, readers, cells, strict=False)):
        if column is None or read is None:
            continue
        try:
            if (value := read(cell)) is not SILENT:
                values[column.name] = value
        except CellFlaw as flaw:
            header = layout.names[place]
            problems.append(flawed(number, header, cell, flaw.code, flaw.data, flaw.suggestion))
            values[column.name] = None
    problems += _row_shape(number, cells, layout, values)
    return values, problems


def _row_shape(
    number: int, cells: Sequence[str], layout: Layout, values: Mapping[str, Any]
) -> Iterator[Problem]:
    for name, column in zip(layout.names, layout.columns, strict=True):
        if column and column.required and column.name not in values:
            yield flawed(number, name, "", ProblemCode.REQUIRED, {})
    beyond = [cell for cell in cells[len(layout.columns) :] if cell.strip()]
    if beyond:
        yield flawed(number, None, beyond[0], ProblemCode.TOO_MANY_CELLS, {})


def flawed(
    row: int,
    column: str | None,
    value: str | None,
    code: ProblemCode,
    data: Mapping[str, Any],
    suggestion: str | None = None,
) -> Problem:
    """A problem for which the row is not taken."""
    return Problem(code, Severity.ROW, row, column, value, suggestion, data)
