"""A list of enterprises, pasted or from a file: whom its lines name, and which name nobody.

A line names an enterprise by its credit code, or by its whole name or short name; columns beside are passed over.
"""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from workflows.register import uscc
from workflows.register.cells import CellFlaw, Directory, credit_code, tidy
from workflows.register.columns import REGISTER
from workflows.register.files import tables_of
from workflows.register.models import Enterprise, Gram
from workflows.register.problems import Problem, ProblemCode, Severity
from workflows.register.tables import FileFlaw, Line, of_file

MOST = 5000  # lines: what one statement takes on every database, twice
AT_ONCE = 1000
NAMED = 50  # lines that name nobody, said one by one
SEPARATORS = re.compile(r"[\t,，;；]")
CODE = re.compile(r"[0-9A-Z]{15,20}")
LIKE = 0.5  # share of neighbouring characters from which another name is suggested
NOBODY_KNOWN = Directory({}, {})


@dataclass(frozen=True, slots=True)
class Reading:
    """What a list came to. `text` is the list as lines to be edited, `unknown` counts the lines that name nobody."""

    ids: frozenset[int] = frozenset()
    lines: int = 0
    repeated: int = 0
    unknown: int = 0
    problems: tuple[Problem, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class _Directory:
    """Ids by credit code and by name; a name may be that of several."""

    codes: Mapping[str, int]
    names: Mapping[str, frozenset[int]]


def as_file(text: str) -> bytes:
    """What was pasted, as a file: a line per line, its cells apart."""
    kept = io.StringIO()
    csv.writer(kept, lineterminator="\n").writerows(SEPARATORS.split(line) for line in text.splitlines())
    return kept.getvalue().encode("utf-8", "replace")


def read(session: Session, content: bytes) -> Reading:
    """Read a list against the register. A file that cannot be read has one problem, and names nobody."""
    try:
        lines = [line for sheet in tables_of(content) for line in _body(sheet.lines)]
        if len(lines) > MOST:
            raise FileFlaw(of_file(ProblemCode.TOO_LARGE, limit=MOST))
    except FileFlaw as flaw:
        return Reading(problems=flaw.problems)
    known = _directory(session, lines)
    ids: set[int] = set()
    strange: list[tuple[Line, frozenset[int]]] = []
    repeated = 0
    for line in lines:
        meant = _meant(line, known)
        if len(meant) != 1:
            strange.append((line, meant))
            continue
        repeated += 1 if meant <= ids else 0
        ids |= meant
    problems = tuple(_problem(session, line, meant) for line, meant in strange[:NAMED])
    text = "\n".join("\t".join(line.cells).rstrip() for line in lines)
    return Reading(frozenset(ids), len(lines), repeated, len(strange), problems, text)


def _body(lines: Sequence[Line]) -> Iterator[Line]:
    """The lines without headers above them."""
    for place, line in enumerate(lines):
        is_header = place == 0 and any(
            column is not None and column.required for column in map(REGISTER.column_of, line.cells)
        )
        if not is_header and any(tidy(cell) for cell in line.cells):
            yield line


def _directory(session: Session, lines: Sequence[Line]) -> _Directory:
    """Everybody whom some cell may name, by a few statements."""
    cells = sorted({tidy(cell) for line in lines for cell in line.cells} - {""})
    codes: dict[str, int] = {}
    names: dict[str, set[int]] = defaultdict(set)
    columns = Enterprise.id, Enterprise.uscc, Enterprise.name, Enterprise.short_name
    for start in range(0, len(cells), AT_ONCE):
        some = cells[start : start + AT_ONCE]
        meant = or_(
            Enterprise.uscc.in_([uscc.normalise(cell) for cell in some]),
            Enterprise.name.in_(some),
            Enterprise.short_name.in_(some),
        )
        for number, code, name, short_name in session.execute(select(*columns).where(meant)):
            codes[code] = number
            names[name].add(number)
            if short_name:
                names[short_name].add(number)
    return _Directory(codes, {name: frozenset(ids) for name, ids in names.items()})


def _meant(line: Line, known: _Directory) -> frozenset[int]:
    """The enterprise of a code in the line; without a code, those of the first name that is known."""
    codes = [uscc.normalise(cell) for cell in line.cells]
    if found := frozenset(known.codes[code] for code in codes if code in known.codes):
        return found
    if any(CODE.fullmatch(code) for code in codes):
        return frozenset()
    named = (known.names[name] for name in map(tidy, line.cells) if name in known.names)
    return next(named, frozenset())


def _problem(session: Session, line: Line, meant: frozenset[int]) -> Problem:
    codes = [cell for cell in line.cells if CODE.fullmatch(uscc.normalise(cell))]
    said = tidy((codes or [cell for cell in line.cells if tidy(cell)])[0])[:200]
    if meant:
        data = {"number": len(meant)}
        return Problem(ProblemCode.SEVERAL_FIRMS, Severity.ROW, line.number, value=said, data=data)
    if codes:
        try:
            credit_code(said, NOBODY_KNOWN)
        except CellFlaw as flaw:
            return Problem(flaw.code, Severity.ROW, line.number, None, said, flaw.suggestion, flaw.data)
    hint = None if codes else _likely(session, said)
    return Problem(ProblemCode.NOT_REGISTERED, Severity.ROW, line.number, value=said, suggestion=hint)


def _likely(session: Session, name: str) -> str | None:
    """The registered name that shares most neighbouring characters with this one, if it shares enough."""
    pairs = {name.lower()[place : place + 2] for place in range(len(name) - 1)}
    shared = func.count()
    query = select(Gram.enterprise_id, shared).where(Gram.gram.in_(sorted(pairs)))
    best = session.execute(
        query.group_by(Gram.enterprise_id).order_by(shared.desc(), Gram.enterprise_id).limit(1)
    ).first()
    if best is None or best[1] < LIKE * len(pairs):
        return None
    return session.get_one(Enterprise, best[0]).name
