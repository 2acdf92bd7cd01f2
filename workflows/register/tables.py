"""A register file as tables of text, whatever kind of file it was; and the refusal of a file as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workflows.register.problems import Problem, ProblemCode, Severity

MOST_BYTES = 20_000_000
MOST_ROWS = 100_000
MOST_COLUMNS = 200


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank; `number` counts as spreadsheets do, from 1."""

    number: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table of a file; a CSV file is one without a name."""

    name: str | None
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that is not taken, as it was written."""

    row: int
    cells: tuple[str, ...]
    sheet: str | None = None


class FileFlaw(Exception):
    """The file as a whole cannot be taken."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(problems)
        self.problems = problems


def of_file(code: ProblemCode, **data: Any) -> Problem:
    """A problem of the whole file."""
    return Problem(code, Severity.FILE, data=data)
