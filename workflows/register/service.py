"""Bring a file that was read into the register, in a few statements however many rows it has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.organizations.models import Organization
from workflows.organizations.service import take_turn
from workflows.organizations.types import OrganizationKind
from workflows.register.importing import ParsedRegister, RegisterRow
from workflows.register.models import Enterprise, RegisterImport
from workflows.register.types import EnterpriseStatus

AT_ONCE = 500  # codes in one IN (...): far below SQLite's limit of variables


@dataclass(frozen=True, slots=True)
class Change:
    """One enterprise whose stored facts a file changes: `before` and `after` hold the fields that differ."""

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
    """Compare a file with the register; nothing is written."""
    stored = _stored(session, [row.uscc for row in parsed.rows])
    new = [row for row in parsed.rows if row.uscc not in stored]
    compared = [_compare(stored[row.uscc], row) for row in parsed.rows if row.uscc in stored]
    changed = tuple(change for change in compared if change.after)
    unchanged = tuple(change.row for change in compared if not change.after)
    return ImportPlan(tuple(new), changed, unchanged)


def apply(
    session: Session,
    parsed: ParsedRegister,
    *,
    now: datetime,
    actor: str,
    file_name: str | None = None,
    is_sample: bool = False,
) -> RegisterImport:
    """Insert the new enterprises, update the changed ones (by credit code), keep the rest of the file.

    Imports take turns: the second of two at the same time sees what the first one stored.
    """
    take_turn(session)
    planned = plan(session, parsed)
    _insert(session, planned.new, now=now, is_sample=is_sample)
    _update(session, planned.changed, now=now)
    return _recorded(session, parsed, planned, now=now, actor=actor, file_name=file_name)


def _stored(session: Session, codes: Sequence[str]) -> dict[str, Enterprise]:
    stored: dict[str, Enterprise] = {}
    for start in range(0, len(codes), AT_ONCE):
        some = codes[start : start + AT_ONCE]
        found = session.scalars(select(Enterprise).where(Enterprise.uscc.in_(some)))
        stored.update((enterprise.uscc, enterprise) for enterprise in found)
    return stored


def _compare(enterprise: Enterprise, row: RegisterRow) -> Change:
    wanted = {
        "name": row.name,
        "town_id": row.town_id,
        "department_id": row.department_id,
        "industry": row.industry,
        "flags": {**enterprise.flags, **{flag.value: value for flag, value in row.flags.items()}},
        **row.stated,
    }
    after = {name: value for name, value in wanted.items() if getattr(enterprise, name) != value}
    before = {name: getattr(enterprise, name) for name in after}
    return Change(enterprise.id, row, before, after)


def _insert(session: Session, rows: Sequence[RegisterRow], *, now: datetime, is_sample: bool) -> None:
    if not rows:
        return
    organizations = [
        {"kind": OrganizationKind.ENTERPRISE, "name": r.name, "code": r.uscc, "parent_id": r.town_id}
        for r in rows
    ]
    # Codes are unique, so ids are told apart by them; asking for the order would insert row by row on SQLite.
    created = session.execute(
        insert(Organization).returning(Organization.code, Organization.id), organizations
    )
    ids = {row.code: row.id for row in created}
    enterprises = [
        {**_blank(), **_facts(row), "id": ids[row.uscc], "updated_at": now, "is_sample": is_sample}
        for row in rows
    ]
    session.execute(insert(Enterprise), enterprises, execution_options={"render_nulls": True})


def _blank() -> dict[str, Any]:
    optional = ("short_name", "employees", "above_scale", "state_owned", "risk_level", "address")
    people = ("principal_name", "safety_officer_name", "phone")
    return {**dict.fromkeys((*optional, *people)), "status": EnterpriseStatus.OPERATING}


def _facts(row: RegisterRow) -> dict[str, Any]:
    return {
        "uscc": row.uscc,
        "name": row.name,
        "town_id": row.town_id,
        "department_id": row.department_id,
        "industry": row.industry,
        "flags": {flag.value: value for flag, value in row.flags.items()},
        **row.stated,
    }


def _update(session: Session, changes: Sequence[Change], *, now: datetime) -> None:
    for fields, some in _by_fields(changes).items():
        rows = [{"id": c.enterprise_id, "updated_at": now, **{f: c.after[f] for f in fields}} for c in some]
        session.execute(update(Enterprise), rows)
    moved = [
        {"id": change.enterprise_id, "name": change.row.name, "parent_id": change.row.town_id}
        for change in changes
        if {"name", "town_id"} & set(change.after)
    ]
    if moved:
        session.execute(update(Organization), moved)
    if changes:  # what the session holds of them is old now
        session.flush()
        session.expire_all()


def _by_fields(changes: Sequence[Change]) -> dict[tuple[str, ...], list[Change]]:
    grouped: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        grouped.setdefault(tuple(sorted(change.after)), []).append(change)
    return grouped


def _recorded(
    session: Session,
    parsed: ParsedRegister,
    planned: ImportPlan,
    *,
    now: datetime,
    actor: str,
    file_name: str | None,
) -> RegisterImport:
    done = RegisterImport(
        at=now,
        actor=actor,
        file_name=file_name[:200] if file_name else None,
        sha256=parsed.sha256,
        inserted=len(planned.new),
        updated=len(planned.changed),
        unchanged=len(planned.unchanged),
        rejected=[{"row": row.row, "cells": list(row.cells)} for row in parsed.rejected],
        problems=[problem.as_json() for problem in parsed.problems],
    )
    session.add(done)
    session.flush()
    counts = {"inserted": done.inserted, "updated": done.updated, "rejected": len(done.rejected)}
    audit.record(
        session, at=now, actor=actor, action="register.import", subject=f"import:{done.id}", detail=counts
    )
    return done
