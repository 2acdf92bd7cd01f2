"""Register files on their way: uploaded, read in the background, explained or confirmed, brought in piece by piece.

Where each stands is a row of `register_import`, so a restart goes on where it stopped: a piece is a transaction,
and a row that is in already counts as unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from engine.among import among
from workflows import fileruns
from workflows.campaigns import adjusting
from workflows.clock import business_now
from workflows.exceptions import Conflict
from workflows.fileruns import Run
from workflows.notifications.service import notify_all
from workflows.organizations.service import take_turn
from workflows.register import service, undoing, uploads
from workflows.register.facts import touched
from workflows.register.importing import ParsedRegister, read_sheets
from workflows.register.models import RegisterChange, RegisterImport, RegisterMapping
from workflows.register.problems import ProblemCode, Severity
from workflows.register.queries import directory, import_by_id, mappings
from workflows.register.types import ImportStatus

PIECE = 1000  # rows in one transaction
FIRMS = 100  # enterprises whose obligations are adjusted in one transaction
SHOWN = 200  # changes kept for the preview
COLUMNS = {ProblemCode.UNKNOWN_COLUMN, ProblemCode.MISSING_COLUMN, ProblemCode.REPEATED_COLUMN}
TO_DO = (ImportStatus.WAITING, ImportStatus.ACCEPTED, ImportStatus.ADJUSTING, ImportStatus.UNDOING)
log = structlog.get_logger()


def upload(
    session: Session, content: bytes, *, file_name: str, folder: Path, now: datetime, actor: str
) -> RegisterImport:
    """Keep a file; it is read in the background."""
    one = RegisterImport(
        at=now, actor=actor, file_name=file_name[:200] or None, sha256=uploads.keep(folder, content),
        status=ImportStatus.WAITING,
    )  # fmt: skip
    session.add(one)
    session.flush()
    return one


def explain(
    session: Session, import_id: int, said: Mapping[str, Mapping[str, str]], *, now: datetime, actor: str
) -> None:
    """Remember what the columns of each header set mean (signature -> header -> field), and read again."""
    one = _locked(session, import_id, ImportStatus.ASKING, ImportStatus.READY)
    for signature, columns in said.items():
        session.merge(RegisterMapping(signature=signature, columns=dict(columns), at=now, actor=actor))
    one.status, one.claimed_at = ImportStatus.WAITING, None


def accept(session: Session, import_id: int, *, actor: str) -> None:
    """Bring in the rows that are right. Raises Conflict when somebody has done so already."""
    one = _locked(session, import_id, ImportStatus.READY)
    one.status, one.applied_by, one.claimed_at = ImportStatus.ACCEPTED, actor, None


def take_back(session: Session, import_id: int, *, actor: str) -> None:
    """Take an import back, whole or not at all. Raises Conflict when it is not in the register (any more)."""
    one = _locked(session, import_id, ImportStatus.DONE)
    one.status, one.undone_by, one.claimed_at, one.kept_because = ImportStatus.UNDOING, actor, None, []


def try_again(session: Session, import_id: int) -> None:
    """Go on with a file that failed, where it stopped. Raises Conflict when it did not fail or goes on already."""
    one = _locked(session, import_id, ImportStatus.FAILED)
    assert one.failed_while is not None
    one.status, one.failed_while, one.claimed_at = one.failed_while, None, None


def _locked(session: Session, import_id: int, *expected: ImportStatus) -> RegisterImport:
    one = import_by_id(session, import_id)
    session.refresh(one, with_for_update=True)
    if one.status not in expected:
        raise Conflict(what="import-state", at=one.at, by=one.applied_by or one.actor)
    return one


# --- in the background


def run_due(sessions: sessionmaker[Session], folder: Path, *, machine_now: datetime) -> int:
    """Do what waits, file by file; returns how many files were worked on."""

    def tell_failed(session: Session, one: RegisterImport) -> None:
        _tell(session, one, "register.failed", now=business_now(session, machine_now=machine_now))

    run = Run(RegisterImport, TO_DO, partial(_work, sessions, folder, machine_now), tell_failed)
    return fileruns.run_due(sessions, run, machine_now=machine_now)


def _tell(session: Session, one: RegisterImport, kind: str, *, now: datetime) -> None:
    """To whoever asked for the last step, and to whoever sent the file."""
    people = {one.actor, one.applied_by, one.undone_by} - {None}
    data = {"title": one.file_name or "", "inserted": one.inserted, "updated": one.updated}
    notify_all(session, sorted(map(str, people)), kind=kind, subject=f"import:{one.id}", data=data, at=now)


def _work(sessions: sessionmaker[Session], folder: Path, machine_now: datetime, import_id: int) -> None:
    parsed: ParsedRegister | None = None
    changes: Sequence[int] | None = None
    status: ImportStatus | None = None
    while status is None or status in TO_DO:
        with sessions.begin() as session:
            one = import_by_id(session, import_id)
            now = business_now(session, machine_now=machine_now)
            if parsed is None and one.status in (ImportStatus.WAITING, ImportStatus.ACCEPTED):
                sheets = partial(uploads.kept_sheets, folder, one.sha256)
                parsed = read_sheets(one.sha256, sheets, directory(session), mappings(session))
            if one.status is ImportStatus.WAITING:
                _read(session, one, parsed)
            elif one.status is ImportStatus.ACCEPTED:
                _bring_in(session, one, parsed, now=now)
            elif one.status is ImportStatus.ADJUSTING:
                changes = _changes(session, one.id) if changes is None else changes
                _adjust_next(session, one, changes, now=now)
            elif one.status is ImportStatus.UNDOING:
                _undo(session, one, now=now)
            one.claimed_at = machine_now if one.status in TO_DO else None
            status = one.status
    log.info("register file", id=import_id, status=str(status))


def _read(session: Session, one: RegisterImport, parsed: ParsedRegister | None) -> None:
    assert parsed is not None
    service.note_reading(one, parsed)
    fatal = {problem.code for problem in parsed.problems if problem.severity is Severity.FILE}
    if fatal:
        one.status = ImportStatus.ASKING if fatal <= COLUMNS else ImportStatus.REFUSED
        one.preview = [_samples(layout) for layout in parsed.layouts]
        return
    planned = service.plan(session, parsed)
    one.inserted, one.updated, one.unchanged = map(len, (planned.new, planned.changed, planned.unchanged))
    one.preview = [
        {"id": c.enterprise_id, "name": c.row.name, "before": dict(c.before), "after": dict(c.after)}
        for c in planned.changed[:SHOWN]
    ]
    one.status = ImportStatus.READY


def _samples(layout: Any) -> dict[str, Any]:
    """A header set to explain: each header with its first values and the column it is taken for."""
    columns = []
    for place, (name, column) in enumerate(zip(layout.names, layout.columns, strict=True)):
        values = [
            line.cells[place] for line in layout.body if place < len(line.cells) and line.cells[place].strip()
        ]
        columns.append({"name": name, "values": values[:3], "field": column.name if column else ""})
    return {"sheet": layout.sheet, "signature": layout.signature, "columns": columns}


def _bring_in(session: Session, one: RegisterImport, parsed: ParsedRegister | None, *, now: datetime) -> None:
    assert parsed is not None
    actor = one.applied_by or one.actor
    if len(parsed.rows) != one.total:  # towns or mappings changed meanwhile: to be looked at again
        _read(session, one, parsed)
        return
    if one.done == 0:
        one.inserted = one.updated = one.unchanged = 0
    take_turn(session)
    service.apply_rows(session, one, parsed.rows[one.done : one.done + PIECE], now=now, actor=actor)
    if one.done >= one.total:
        one.status = ImportStatus.ADJUSTING
        service.record_import(session, one, now=now, actor=actor)


def _changes(session: Session, import_id: int) -> Sequence[int]:
    """Every change that an import made, in their order; OFFSET would read and sort them for each piece again."""
    mine = RegisterChange.import_id == import_id, RegisterChange.source == "import"
    return session.scalars(select(RegisterChange.id).where(*mine).order_by(RegisterChange.id)).all()


def _adjust_next(session: Session, one: RegisterImport, changes: Sequence[int], *, now: datetime) -> None:
    """The obligations of the next enterprises that this import added or changed."""
    some = changes[one.adjusted : one.adjusted + FIRMS]
    if not adjusting.has_begun(session):
        one.adjusted, some = len(changes), ()
    if some:
        query = select(RegisterChange).where(among(RegisterChange.id, some)).order_by(RegisterChange.id)
        found = _adjust(
            session, session.scalars(query).all(), source=f"import:{one.id}", now=now,
            actor=one.applied_by or one.actor,
        )  # fmt: skip
        told = {name: one.outcome.get(name, 0) + getattr(found, name) for name in found.__slots__}
        one.outcome = {name: number for name, number in told.items() if number}
        one.adjusted += len(some)
    if len(some) < FIRMS:
        one.status = ImportStatus.DONE
        _tell(session, one, "register.done", now=now)


def _undo(session: Session, one: RegisterImport, *, now: datetime) -> None:
    reasons = undoing.undo(session, one, now=now)
    if reasons:
        one.status, one.kept_because = ImportStatus.DONE, [asdict(reason) for reason in reasons]
        return
    for changes in _pieces(session, one.id, "undo"):
        _adjust(session, changes, source=f"undo:{one.id}", now=now, actor=str(one.undone_by))


def adjust_all(session: Session, one: RegisterImport, *, now: datetime) -> None:
    """Everything at once, for a command that brought a file in within one transaction."""
    changes = _changes(session, one.id)
    while one.status is ImportStatus.ADJUSTING or one.adjusted < one.inserted + one.updated:
        _adjust_next(session, one, changes, now=now)


def _adjust(
    session: Session, changes: Sequence[RegisterChange], *, source: str, now: datetime, actor: str
) -> adjusting.Adjusted:
    changed = {change.enterprise_id: touched(change.before, change.after) for change in changes}
    return adjusting.adjust(session, list(changed), now=now, actor=actor, source=source, changed=changed)


def _pieces(session: Session, import_id: int, source: str) -> list[Sequence[RegisterChange]]:
    mine = select(RegisterChange).where(
        RegisterChange.import_id == import_id, RegisterChange.source == source
    )
    changes = session.scalars(mine.order_by(RegisterChange.id)).all()
    return [changes[start : start + FIRMS] for start in range(0, len(changes), FIRMS)]
