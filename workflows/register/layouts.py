"""Where the header of a sheet is and which column of a catalogue each of its columns means.

A header is the line among the first twenty that most columns are known in; titles above it are passed over.
What is not known a person maps once; the mapping is remembered for the same set of headers.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from workflows.register.catalogue import Catalogue, Column
from workflows.register.cells import closest, tidy
from workflows.register.problems import Problem, ProblemCode, Severity
from workflows.register.tables import MOST_COLUMNS, Line, Sheet

SEARCHED = 20  # lines in which a header is looked for
ENOUGH = 2  # known columns that make a line of a further sheet a header
Mappings = Mapping[
    str, Mapping[str, str]
]  # signature -> header -> name of a column, or "" for one to pass over


@dataclass(frozen=True, slots=True)
class Layout:
    """How one sheet is read. `names` are its headers, each once; `columns` what they mean, None to pass over."""

    sheet: str | None
    names: tuple[str, ...]
    columns: tuple[Column | None, ...]
    header: Line
    body: tuple[Line, ...]
    problems: tuple[Problem, ...]

    @property
    def signature(self) -> str:
        return signature_of(self.names)


def signature_of(names: Sequence[str]) -> str:
    """Identifies a set of headers, in whatever order they stand."""
    return hashlib.sha256("\n".join(sorted(names)).encode("utf-8", "surrogatepass")).hexdigest()


def layouts_of(
    sheets: Sequence[Sheet], catalogue: Catalogue, mappings: Mappings
) -> tuple[list[Layout], list[Problem]]:
    """The layouts of the sheets that are of this kind, and a warning for each sheet that is not."""
    scored = [(sheet, *_header_of(sheet, catalogue, mappings)) for sheet in sheets]
    best = max(score for _, _, score in scored)
    several = len(sheets) > 1
    found: list[Layout] = []
    passed_over: list[Problem] = []
    for sheet, place, score in scored:
        if score >= min(best, ENOUGH):
            found.append(_layout(sheet, place, catalogue, mappings, named=several))
        else:
            passed_over.append(Problem(ProblemCode.SHEET_PASSED_OVER, Severity.WARNING, value=sheet.name))
    return found, passed_over


def _header_of(sheet: Sheet, catalogue: Catalogue, mappings: Mappings) -> tuple[int, int]:
    """The place of the header among the lines, and how many columns are known in it."""
    scores = [_score(line, catalogue, mappings) for line in sheet.lines[:SEARCHED]]
    best = max(scores, default=0)
    if best == 0:
        filled = [sum(bool(tidy(cell)) for cell in line.cells) for line in sheet.lines[:SEARCHED]]
        return next((place for place, number in enumerate(filled) if number > 1), 0), 0
    place = scores.index(best)
    while place + 1 < len(scores) and scores[place + 1] == best:  # a header of two lines: the lower one tells
        place += 1
    return place, best


def _score(line: Line, catalogue: Catalogue, mappings: Mappings) -> int:
    names = _distinct(line, None)
    if signature_of(names) in mappings:
        return MOST_COLUMNS
    return len({column.name for name in names if (column := catalogue.column_of(name))})


def _layout(sheet: Sheet, place: int, catalogue: Catalogue, mappings: Mappings, *, named: bool) -> Layout:
    header = sheet.lines[place]
    names = _distinct(header, sheet.lines[place - 1] if place else None)
    chosen = mappings.get(signature_of(names), {})
    columns = tuple(
        catalogue.by_name.get(chosen[name]) if name in chosen else catalogue.column_of(name) for name in names
    )
    body = tuple(
        line for line in sheet.lines[place + 1 :] if line.cells != header.cells
    )  # repeated on each page
    title = sheet.name if named else None
    problems = tuple(_problems(names, columns, catalogue, chosen, header.number, title))
    return Layout(title, names, columns, header, body, problems)


def _distinct(header: Line, above: Line | None) -> tuple[str, ...]:
    """The headers; one that stands there twice is told apart by what stands above it, if anything does."""
    names = [tidy(cell) for cell in header.cells[:MOST_COLUMNS]]
    counts = Counter(names)
    over = [tidy(cell) for cell in above.cells] if above else []
    for place, name in enumerate(names):
        if name and counts[name] > 1 and place < len(over) and over[place] not in ("", name):
            names[place] = f"{over[place]} {name}"
    return tuple(names)


def _problems(
    names: Sequence[str],
    columns: Sequence[Column | None],
    catalogue: Catalogue,
    chosen: Mapping[str, str],
    row: int,
    sheet: str | None,
) -> Iterator[Problem]:
    used = {column.name for column in columns if column}
    unused = [column.header for column in catalogue.columns if column.name not in used]
    for name, column in zip(names, columns, strict=True):
        if column is None and name not in chosen and not catalogue.is_ignored(name):
            hint = closest(name, unused)
            yield Problem(ProblemCode.UNKNOWN_COLUMN, Severity.FILE, row, name, suggestion=hint, sheet=sheet)
    counts = Counter(column.name for column in columns if column)
    for column in catalogue.columns:
        if counts[column.name] > 1:
            yield Problem(ProblemCode.REPEATED_COLUMN, Severity.FILE, row, column.header, sheet=sheet)
    for column in catalogue.required:
        if column.name not in used:
            yield Problem(ProblemCode.MISSING_COLUMN, Severity.FILE, row, column.header, sheet=sheet)
