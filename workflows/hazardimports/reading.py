"""Read a workbook of hazards: the rows that are right as far as the file itself tells, the others and why. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from workflows.hazardimports.columns import EITHER, HAZARDS
from workflows.i18n import N_
from workflows.register.cells import Directory
from workflows.register.files import OLD_WORKBOOK, tables_of
from workflows.register.layouts import Layout, layouts_of
from workflows.register.lines import Readers, flawed, read_cells, readers_of
from workflows.register.problems import Problem, ProblemCode, Severity
from workflows.register.rejects import ALL_PROBLEMS
from workflows.register.tables import FileFlaw, RejectedRow, Sheet, of_file
from workflows.register.workbooks import MAGIC

MOST = 5_000  # rows of one file [D]: a piece is a transaction, and nobody looks through more
EARLIEST = date(2000, 1, 1)  # [D] an open hazard that is older is a year mistyped
GUIDE = N_("填写说明")  # the second sheet of the template
OURS = frozenset({GUIDE, ALL_PROBLEMS, "How to fill it in"})  # sheets that we wrote, which hold no hazards
_NOBODY = Directory({}, {})


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """A row as it was written (`cells`) and as it was read; `looks_major` None: the file does not say."""

    row: int
    sheet: str | None
    cells: tuple[str, ...]
    headers: Mapping[str, str] = field(repr=False)  # name of a column -> its header in this file
    uscc: str | None
    name: str | None
    title: str
    place: str
    description: str
    found_on: date
    kind: str | None = None
    looks_major: bool | None = None
    due_on: date | None = None
    told_source: str | None = None

    def problem(self, column: str, code: ProblemCode, *, value: str | None = None, **data: Any) -> Problem:
        """A problem of one of its cells, for which it is not taken."""
        return replace(flawed(self.row, self.headers.get(column), value, code, data), sheet=self.sheet)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file after reading. With a problem of severity FILE there are no rows."""

    headers: tuple[tuple[str | None, tuple[str, ...]], ...] = ()
    rows: tuple[LedgerRow, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    problems: tuple[Problem, ...] = ()


def sheets_of(content: bytes) -> list[Sheet]:
    """The sheets of a workbook. Raises FileFlaw for any other file."""
    if not content.startswith((MAGIC, OLD_WORKBOOK)):
        raise FileFlaw(of_file(ProblemCode.NOT_A_WORKBOOK))
    return tables_of(content)


def read(sheets: Callable[[], Sequence[Sheet]], *, today: date) -> Parsed:
    """`sheets` gives the tables of the file, or raises FileFlaw."""
    try:
        layouts, passed_over = _layouts(sheets())
    except FileFlaw as flaw:
        return Parsed(problems=flaw.problems)
    rows: list[LedgerRow] = []
    rejected: list[RejectedRow] = []
    problems: list[Problem] = list(passed_over)
    for layout in layouts:
        readers = readers_of(layout, _NOBODY)
        for line in layout.body:
            row, wrong = _row(layout, readers, line.number, line.cells, today)
            if row is not None:
                rows.append(row)
            else:
                rejected.append(RejectedRow(line.number, line.cells, layout.sheet))
                problems += wrong
    headers = tuple((layout.sheet, layout.names) for layout in layouts)
    return Parsed(headers, tuple(rows), tuple(rejected), tuple(problems))


def _layouts(sheets: Sequence[Sheet]) -> tuple[list[Layout], list[Problem]]:
    """Raises FileFlaw when columns are missing or not known, and for too many rows."""
    theirs = [sheet for sheet in sheets if sheet.name not in OURS]
    if all(len(sheet.lines) < 2 for sheet in theirs):
        raise FileFlaw(of_file(ProblemCode.NO_HAZARDS))
    layouts, passed_over = layouts_of(theirs, HAZARDS, {})
    flaws = [problem for layout in layouts for problem in (*layout.problems, *_nameless(layout))]
    if flaws:
        raise FileFlaw(*flaws)
    if sum(len(layout.body) for layout in layouts) > MOST:
        raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST))
    return layouts, passed_over


def _nameless(layout: Layout) -> list[Problem]:
    """The file has to say whose hazards they are."""
    if any(column and column.name in EITHER for column in layout.columns):
        return []
    header = HAZARDS.by_name["uscc"].header
    missing = Problem(ProblemCode.MISSING_COLUMN, Severity.FILE, layout.header.number, header)
    return [replace(missing, sheet=layout.sheet)]


def _row(
    layout: Layout, readers: Readers, number: int, cells: tuple[str, ...], today: date
) -> tuple[LedgerRow | None, list[Problem]]:
    values, problems = read_cells(number, cells, layout, readers)
    headers = {column.name: name for name, column in zip(layout.names, layout.columns, strict=True) if column}
    if not problems and not any(values.get(name) for name in EITHER):
        problems.append(flawed(number, headers.get("uscc") or headers["name"], "", ProblemCode.NAMELESS, {}))
    if problems:
        return None, [replace(problem, sheet=layout.sheet) for problem in problems]
    row = LedgerRow(
        row=number, sheet=layout.sheet, cells=cells, headers=headers, uscc=values.get("uscc"),
        name=values.get("name"), title=values["title"], place=values["place"], description=values["description"],
        found_on=values["found_on"], kind=values.get("kind"), looks_major=values.get("looks_major"),
        due_on=values.get("due_on"), told_source=values.get("told_source"),
    )  # fmt: skip
    wrong = _dates(row, today)
    return (None, wrong) if wrong else (row, [])


def _dates(row: LedgerRow, today: date) -> list[Problem]:
    """A hazard is found before it is written down; a day that is over is no due date of one that is still open."""
    if row.found_on > today:
        found = row.found_on.isoformat()
        return [row.problem("found_on", ProblemCode.FOUND_LATER, value=found, today=today.isoformat())]
    if row.found_on < EARLIEST:
        return [row.problem("found_on", ProblemCode.FOUND_TOO_EARLY, value=row.found_on.isoformat())]
    if row.due_on is not None and row.due_on < today:
        return [row.problem("due_on", ProblemCode.DUE_PASSED, value=row.due_on.isoformat())]
    return []
