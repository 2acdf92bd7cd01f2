"""What a row of a file, or an edit, would change in what is stored; nothing is written here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.register.columns import LICENCE
from workflows.register.importing import ParsedRegister, RegisterRow
from workflows.register.models import Enterprise, Licence

AT_ONCE = 500  # enterprises in one statement
Licences = Mapping[tuple[int, str], Licence]


@dataclass(frozen=True, slots=True)
class Change:
    """One enterprise whose stored facts a file changes: `before` and `after` hold the fields that differ.

    Fields are columns of the enterprise, `flags`, and `licence:<kind>:number` or `licence:<kind>:expires_on`.
    """

    enterprise_id: int
    row: RegisterRow
    before: Mapping[str, Any]
    after: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What applying a file would do."""

    new: tuple[RegisterRow, ...]
    changed: tuple[Change, ...]
    unchanged: tuple[RegisterRow, ...]


def plan(session: Session, parsed: ParsedRegister) -> ImportPlan:
    """Compare a file with the register."""
    return plan_rows(session, parsed.rows)


def plan_rows(session: Session, rows: Sequence[RegisterRow]) -> ImportPlan:
    """Compare rows with the register."""
    new: list[RegisterRow] = []
    compared: list[Change] = []
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        stored = _stored(session, [row.uscc for row in some])
        licences = licences_of(session, [one.id for one in stored.values()])
        new += [row for row in some if row.uscc not in stored]
        compared += [compare(stored[row.uscc], row, licences) for row in some if row.uscc in stored]
    changed = tuple(change for change in compared if change.after)
    return ImportPlan(tuple(new), changed, tuple(change.row for change in compared if not change.after))


def _stored(session: Session, codes: Sequence[str]) -> dict[str, Enterprise]:
    query = select(Enterprise).where(among(Enterprise.uscc, codes))
    found = session.scalars(query.execution_options(populate_existing=True)) if codes else ()
    return {one.uscc: one for one in found}


def licences_of(session: Session, ids: Sequence[int]) -> dict[tuple[int, str], Licence]:
    """(enterprise, kind) -> what is held, of at most a few hundred enterprises."""
    query = select(Licence).where(among(Licence.enterprise_id, ids))
    return {(one.enterprise_id, one.kind.value): one for one in session.scalars(query)}


def compare(enterprise: Enterprise, row: RegisterRow, licences: Licences) -> Change:
    """What the row says that is not stored so."""
    wanted = {
        "name": row.name,
        "town_id": row.town_id,
        "department_id": row.department_id,
        "industry": row.industry,
        "flags": {**enterprise.flags, **{flag.value: value for flag, value in row.flags.items()}},
        **row.stated,
        **licence_fields(row),
    }
    before = {name: value_of(enterprise, name, licences) for name in wanted}
    after = {name: value for name, value in wanted.items() if before[name] != value}
    return Change(enterprise.id, row, {name: before[name] for name in after}, after)


def licence_fields(row: RegisterRow) -> dict[str, Any]:
    """`licence:<kind>:<part>` -> value, of what a row says."""
    return {
        f"{LICENCE}:{kind}:{part}": value
        for kind, said in row.licences.items()
        for part, value in said.items()
    }


def value_of(enterprise: Enterprise, name: str, licences: Licences) -> Any:
    """The stored value of a field."""
    if not name.startswith(f"{LICENCE}:"):
        return getattr(enterprise, name)
    _, kind, part = name.split(":")
    held = licences.get((enterprise.id, kind))
    return getattr(held, part) if held else None
