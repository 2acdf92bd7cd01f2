"""Hold the rows of a workbook against the register and against the hazards that are known."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.hazardimports.models import ImportedHazard
from workflows.hazardimports.reading import LedgerRow, Parsed
from workflows.hazards.models import Hazard
from workflows.hazards.rules import place_key
from workflows.register.models import Enterprise
from workflows.register.problems import Problem, ProblemCode, Severity
from workflows.register.tables import RejectedRow
from workflows.register.types import EnterpriseStatus
from workflows.sight import Sight
from workflows.times import day_of


@dataclass(frozen=True, slots=True)
class Placed:
    """A row whose enterprise is known; `hazard_id` where it is registered already."""

    row: LedgerRow
    firm: Enterprise
    fingerprint: str
    hazard_id: int | None = None


@dataclass(slots=True)
class Judged:
    """What a file comes to: rows to open, those it opened before, those known from elsewhere, refused ones."""

    new: list[Placed] = field(default_factory=list)
    own: list[Placed] = field(default_factory=list)
    known: list[Placed] = field(default_factory=list)
    rejected: list[RejectedRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def fingerprint(enterprise_id: int, place: str, description: str, found_on: date) -> str:
    """The same for two ways to write the same hazard of the same enterprise, found on the same day."""
    told = (str(enterprise_id), place_key(place), place_key(description), found_on.isoformat())
    return hashlib.sha256("|".join(told).encode()).hexdigest()


def judge(session: Session, parsed: Parsed, *, sight: Sight, import_id: int) -> Judged:
    """The verdict on every row, by a few statements."""
    judged = Judged(rejected=list(parsed.rejected), problems=list(parsed.problems))
    firms = _Firms(session, parsed.rows, sight)
    placed: dict[str, Placed] = {}
    for row in parsed.rows:
        found = firms.of(row)
        if isinstance(found, Problem):
            _refuse(judged, row, found)
            continue
        mark = fingerprint(found.id, row.place, row.description, row.found_on)
        if (first := placed.get(mark)) is not None:
            _refuse(judged, row, row.problem("description", ProblemCode.SAME_HAZARD, first_row=first.row.row))
            continue
        placed[mark] = Placed(row, found, mark)
    _part(session, judged, placed, import_id)
    judged.rejected.sort(key=lambda one: (one.sheet or "", one.row))
    return judged


def _refuse(judged: Judged, row: LedgerRow, problem: Problem) -> None:
    judged.rejected.append(RejectedRow(row.row, row.cells, row.sheet))
    judged.problems.append(problem)


def _part(session: Session, judged: Judged, placed: Mapping[str, Placed], import_id: int) -> None:
    """What is registered already, by an import or by hand, is told from what is new."""
    earlier = _imported(session, placed)
    by_hand = _reported(session, placed.values())
    for mark, one in placed.items():
        if mark in earlier:
            hazard_id, by = earlier[mark]
            home = judged.own if by == import_id else judged.known
            home.append(Placed(one.row, one.firm, mark, hazard_id))
        elif mark in by_hand:
            judged.known.append(Placed(one.row, one.firm, mark, by_hand[mark]))
        else:
            judged.new.append(one)
    judged.problems += [_known(one) for one in judged.known]


def _known(one: Placed) -> Problem:
    data = {"hazard": one.hazard_id}
    return Problem(
        ProblemCode.KNOWN_HAZARD, Severity.WARNING, one.row.row, one.row.headers["description"], data=data,
        sheet=one.row.sheet,
    )  # fmt: skip


def _imported(session: Session, marks: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Fingerprint -> hazard and import, of rows that came in before."""
    columns = ImportedHazard.fingerprint, ImportedHazard.hazard_id, ImportedHazard.import_id
    found = session.execute(select(*columns).where(among(ImportedHazard.fingerprint, marks)))
    return {mark: (hazard_id, import_id) for mark, hazard_id, import_id in found}


def _reported(session: Session, placed: Iterable[Placed]) -> dict[str, int]:
    """Fingerprint -> hazard, of those at the same places of the same enterprises."""
    rows = list(placed)
    columns = Hazard.id, Hazard.enterprise_id, Hazard.place, Hazard.description, Hazard.found_at
    found = session.execute(
        select(*columns)
        .where(
            among(Hazard.enterprise_id, {one.firm.id for one in rows}),
            among(Hazard.place_key, {place_key(one.row.place) for one in rows}),
        )
        .order_by(Hazard.id.desc())
    )
    return {
        fingerprint(enterprise_id, place, description, day_of(found_at)): hazard_id
        for hazard_id, enterprise_id, place, description, found_at in found
    }


class _Firms:
    """The enterprises in sight that the rows name, by code and by name."""

    def __init__(self, session: Session, rows: Sequence[LedgerRow], sight: Sight) -> None:
        named = or_(
            among(Enterprise.uscc, {row.uscc for row in rows if row.uscc}),
            among(Enterprise.name, {row.name for row in rows if row.name}),
        )
        seen = sight.of(Enterprise, enterprise_id=Enterprise.id)
        self._by_code: dict[str, Enterprise] = {}
        self._by_name: dict[str, list[Enterprise]] = {}
        for firm in session.scalars(select(Enterprise).where(named, seen)):
            self._by_code[firm.uscc] = firm
            self._by_name.setdefault(firm.name, []).append(firm)

    def of(self, row: LedgerRow) -> Enterprise | Problem:
        """Whose hazard it is; one out of sight is as one that does not exist."""
        if row.uscc:
            firm = self._by_code.get(row.uscc)
            if firm is None:
                return row.problem("uscc", ProblemCode.OUT_OF_REACH, value=row.uscc)
            if row.name and row.name != firm.name and row.name != firm.short_name:
                return row.problem("name", ProblemCode.OTHER_NAME, value=row.name, registered=firm.name)
        else:
            found = self._by_name.get(row.name or "", [])
            if not found:
                return row.problem("name", ProblemCode.OUT_OF_REACH, value=row.name)
            if len(found) > 1:
                return row.problem("name", ProblemCode.SEVERAL_FIRMS, value=row.name, number=len(found))
            [firm] = found
        if firm.status is EnterpriseStatus.DEREGISTERED:
            return row.problem("uscc" if row.uscc else "name", ProblemCode.DEREGISTERED, value=firm.name)
        return firm
