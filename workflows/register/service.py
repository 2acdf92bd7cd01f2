"""Bring what a file or a person says into the register, in a few statements however many rows it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.among import among
from workflows.audit import service as audit
from workflows.manyrows import insert_rows
from workflows.organizations.models import Organization
from workflows.organizations.service import take_turn
from workflows.organizations.types import OrganizationKind
from workflows.register import grams, judging
from workflows.register.columns import LICENCE
from workflows.register.comparing import (
    AT_ONCE,
    Change,
    ImportPlan,
    licence_fields,
    licences_of,
    plan,
    plan_rows,
    value_of,
)
from workflows.register.importing import ParsedRegister, RegisterRow
from workflows.register.models import Enterprise, Licence, RegisterChange, RegisterImport
from workflows.register.types import EnterpriseStatus, ImportStatus, LicenceKind
from workflows.safetystaff.rules import FACTS as STAFF_FACTS

Fields = Mapping[str, Any]
HOME = {"name": "name", "town_id": "parent_id"}  # what an enterprise's organisation repeats

__all__ = [
    "Change",
    "ImportPlan",
    "apply",
    "apply_rows",
    "note_reading",
    "plan",
    "revise",
    "update_fields",
]


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
    done = RegisterImport(at=now, actor=actor, file_name=file_name[:200] if file_name else None, sha256="")
    note_reading(done, parsed)
    session.add(done)
    session.flush()
    apply_rows(session, done, parsed.rows, now=now, actor=actor, is_sample=is_sample)
    done.status, done.applied_by = ImportStatus.DONE, actor
    record_import(session, done, now=now, actor=actor)
    return done


def note_reading(one: RegisterImport, parsed: ParsedRegister) -> None:
    """Write down what reading a file found."""
    one.sha256, one.total, one.refused = parsed.sha256, len(parsed.rows), len(parsed.rejected)
    one.inserted = one.updated = one.unchanged = one.done = one.adjusted = 0
    one.rejected = [
        {"row": row.row, "cells": list(row.cells), **({"sheet": row.sheet} if row.sheet else {})}
        for row in parsed.rejected
    ]
    one.problems = [problem.as_json() for problem in parsed.problems]
    one.layouts = [
        {"sheet": layout.sheet, "names": layout.names, "signature": layout.signature}
        for layout in parsed.layouts
    ]


def record_import(session: Session, done: RegisterImport, *, now: datetime, actor: str) -> None:
    """Into the audit log."""
    counts = {"inserted": done.inserted, "updated": done.updated, "rejected": done.refused}
    audit.record(
        session, at=now, actor=actor, action="register.import", subject=f"import:{done.id}", detail=counts
    )


def apply_rows(
    session: Session,
    into: RegisterImport,
    rows: Sequence[RegisterRow],
    *,
    now: datetime,
    actor: str,
    is_sample: bool = False,
) -> None:
    """Bring these rows in and count them; a row that is in already counts as unchanged."""
    planned = plan_rows(session, rows)
    new = _insert(session, planned.new, now=now, is_sample=is_sample)
    update_fields(session, [(one.enterprise_id, one.after) for one in planned.changed], now=now)
    changes = [
        {"enterprise_id": new[row.uscc], "before": None, "after": {**_facts(row), **licence_fields(row)}}
        for row in planned.new
    ]
    changes += [
        {"enterprise_id": one.enterprise_id, "before": dict(one.before), "after": dict(one.after)}
        for one in planned.changed
    ]
    _write_changes(session, changes, import_id=into.id, source="import", now=now, actor=actor)
    _each(grams.make, session, list(new.values()))
    into.inserted += len(planned.new)
    into.updated += len(planned.changed)
    into.unchanged += len(planned.unchanged)
    into.done += len(rows)


def revise(
    session: Session,
    enterprise: Enterprise,
    wanted: Mapping[str, Any],
    *,
    now: datetime,
    actor: str,
    source: str,
    import_id: int | None = None,
) -> RegisterChange | None:
    """Change fields of one enterprise (named as in `Change`); None when nothing differs."""
    licences = licences_of(session, [enterprise.id])
    before = {name: value_of(enterprise, name, licences) for name in wanted}
    after = {name: value for name, value in wanted.items() if before[name] != value}
    if not after:
        return None
    before = {name: before[name] for name in after}
    update_fields(session, [(enterprise.id, after)], now=now)
    change = RegisterChange(
        enterprise_id=enterprise.id, at=now, actor=actor, source=source, import_id=import_id, before=before,
        after=after,
    )  # fmt: skip
    session.add(change)
    session.flush()
    detail = {"source": source, "fields": sorted(after)}
    audit.record(
        session,
        at=now,
        actor=actor,
        action="register.revise",
        subject=f"enterprise:{enterprise.id}",
        detail=detail,
    )
    return change


def _columns(fields: Mapping[str, Any]) -> list[str]:
    return sorted(name for name in fields if not name.startswith(f"{LICENCE}:"))


def _insert(
    session: Session, rows: Sequence[RegisterRow], *, now: datetime, is_sample: bool
) -> dict[str, int]:
    """Credit code -> id of the enterprises that were added."""
    if not rows:
        return {}
    organizations = [
        {"kind": OrganizationKind.ENTERPRISE, "name": r.name, "code": r.uscc, "parent_id": r.town_id}
        for r in rows
    ]
    insert_rows(session, Organization, organizations)
    created = among(Organization.code, [row.uscc for row in rows])
    found = session.execute(select(Organization.code, Organization.id).where(created))
    ids = {row.code: row.id for row in found}
    enterprises = [
        judging.judged(
            {**_blank(), **_facts(row), "id": ids[row.uscc], "updated_at": now, "is_sample": is_sample}
        )
        for row in rows
    ]
    insert_rows(session, Enterprise, enterprises)
    _set_licences(session, [(ids[row.uscc], licence_fields(row)) for row in rows])
    return ids


def _blank() -> dict[str, Any]:
    optional = ("short_name", "employees", "above_scale", "state_owned", "risk_level", "address")
    people = ("principal_name", "safety_officer_name", "phone")
    return {**dict.fromkeys((*optional, *people, *STAFF_FACTS)), "status": EnterpriseStatus.OPERATING}


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


def update_fields(session: Session, wanted: Sequence[tuple[int, Fields]], *, now: datetime) -> None:
    """(enterprise, fields): store them, in one statement for all that change the same fields."""
    grouped: dict[tuple[str, ...], list[tuple[int, Fields]]] = {}
    for enterprise_id, fields in wanted:
        grouped.setdefault(tuple(_columns(fields)), []).append((enterprise_id, fields))
    for names, some in grouped.items():
        rows = [{"id": number, "updated_at": now, **{n: fields[n] for n in names}} for number, fields in some]
        session.execute(update(Enterprise), rows)
        homes = [
            {"id": number, **{HOME[n]: fields[n] for n in names if n in HOME}} for number, fields in some
        ]
        if set(names) & set(HOME):
            session.execute(update(Organization), homes)
    _each(judging.refresh, session, [number for number, fields in wanted if judging.is_touched(fields)])
    _set_licences(session, wanted)
    ids = {number for number, _ in wanted}
    _each(grams.refresh, session, [n for n, fields in wanted if {"name", "short_name"} & set(fields)])
    for one in [*session.identity_map.values()]:  # what the session holds of them is old now
        if isinstance(one, Enterprise | Organization) and one.id in ids:
            session.expire(one)


def _set_licences(session: Session, wanted: Sequence[tuple[int, Mapping[str, Any]]]) -> None:
    """(enterprise, fields): keep one licence of each kind with these numbers and last days."""
    parts: dict[tuple[int, str], dict[str, Any]] = {}
    for enterprise_id, fields in wanted:
        for name, value in fields.items():
            if name.startswith(f"{LICENCE}:"):
                _, kind, part = name.split(":")
                parts.setdefault((enterprise_id, kind), {})[part] = value
    ids = sorted({enterprise_id for enterprise_id, _ in parts})
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        held = licences_of(session, some)
        mine = {key: said for key, said in parts.items() if key[0] in set(some)}
        fresh = [
            {"enterprise_id": key[0], "kind": LicenceKind(key[1]), "number": None, "expires_on": None, **said}
            for key, said in mine.items()
            if key not in held
        ]
        if fresh:
            insert_rows(session, Licence, fresh)
        for key in mine.keys() & held.keys():
            for part, value in mine[key].items():
                setattr(held[key], part, value)
            if held[key].number is None and held[key].expires_on is None:  # nothing is said of it any more
                session.delete(held[key])
        session.flush()


def _write_changes(
    session: Session, changes: list[dict[str, Any]], *, import_id: int, source: str, now: datetime, actor: str
) -> None:
    if changes:
        told = {"import_id": import_id, "source": source, "at": now, "actor": actor}
        insert_rows(session, RegisterChange, [{**told, **one} for one in changes])


def _each(work: Callable[[Session, Sequence[int]], object], session: Session, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), AT_ONCE):
        work(session, ids[start : start + AT_ONCE])
