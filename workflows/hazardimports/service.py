"""Workbooks of hazards on their way: sent, read in the background, confirmed, opened piece by piece.

Each piece is a transaction. A row that has become a hazard is kept by its fingerprint, so a file that is sent twice,
or goes on after a restart, opens nothing twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session, sessionmaker

from workflows import fileruns
from workflows.accounts.models import Account
from workflows.accounts.permissions import GRANTED, Permission
from workflows.accounts.queries import account_id_of
from workflows.audit import service as audit
from workflows.clock import business_now
from workflows.exceptions import Conflict
from workflows.fileruns import Run
from workflows.hazardimports import queries
from workflows.hazardimports.judging import Judged, Placed, judge
from workflows.hazardimports.models import HazardImport, ImportedHazard
from workflows.hazardimports.reading import Parsed, read, sheets_of
from workflows.hazards import reporting
from workflows.hazards.rules import Source
from workflows.hazards.service import Finding
from workflows.manyrows import insert_rows
from workflows.notifications.service import notify
from workflows.organizations.service import take_turn
from workflows.register import uploads
from workflows.register.problems import Severity
from workflows.register.types import ImportStatus
from workflows.sight import Sight, sight_of
from workflows.times import day_of, start_of_day

PIECE = 100  # hazards in one transaction
TO_DO = (ImportStatus.WAITING, ImportStatus.ACCEPTED)


def upload(
    session: Session, content: bytes, *, file_name: str, folder: Path, now: datetime, actor: str
) -> HazardImport:
    """Keep a file; it is read in the background."""
    sha256 = uploads.keep(_folder(folder), content)
    one = HazardImport(at=now, actor=actor, file_name=file_name[:200] or None, sha256=sha256)
    session.add(one)
    session.flush()
    return one


def accept(session: Session, import_id: int, *, actor: str) -> None:
    """Open the rows that are right. Raises Conflict when that has been asked already."""
    one = _locked(session, import_id, ImportStatus.READY, actor=actor)
    one.status, one.claimed_at = ImportStatus.ACCEPTED, None


def try_again(session: Session, import_id: int, *, actor: str) -> None:
    """Go on with a file that failed, where it stopped. Raises Conflict when it did not fail or goes on already."""
    one = _locked(session, import_id, ImportStatus.FAILED, actor=actor)
    assert one.failed_while is not None
    one.status, one.failed_while, one.claimed_at = one.failed_while, None, None


def _locked(session: Session, import_id: int, expected: ImportStatus, *, actor: str) -> HazardImport:
    one = queries.find(session, import_id, actor=actor)
    session.refresh(one, with_for_update=True)
    if one.status is not expected:
        raise Conflict(what="import-state", at=one.at, by=one.actor)
    return one


def _folder(folder: Path) -> Path:
    return folder / "hazards"


# --- in the background


def run_due(sessions: sessionmaker[Session], folder: Path, *, machine_now: datetime) -> int:
    """Do what waits, file by file; returns how many files were worked on."""

    def tell_failed(session: Session, one: HazardImport) -> None:
        _tell(session, one, "hazards.failed", now=business_now(session, machine_now=machine_now))

    run = Run(HazardImport, TO_DO, partial(_work, sessions, folder, machine_now), tell_failed)
    return fileruns.run_due(sessions, run, machine_now=machine_now)


def _tell(session: Session, one: HazardImport, kind: str, *, now: datetime) -> None:
    data = {"title": one.file_name or "", "number": one.done}
    notify(session, one.actor, kind=kind, subject=f"hazard_import:{one.id}", data=data, at=now)


def _work(sessions: sessionmaker[Session], folder: Path, machine_now: datetime, import_id: int) -> None:
    parsed = _parsed(sessions, folder, import_id, machine_now=machine_now)
    with sessions.begin() as session:
        one = session.get_one(HazardImport, import_id)
        judged = _judged(session, one, parsed)
        if one.status is ImportStatus.WAITING:
            one.status, one.claimed_at = _status_of(judged), None
            return
    left = iter(judged.new)
    while True:
        with sessions.begin() as session:
            one = session.get_one(HazardImport, import_id)
            now = business_now(session, machine_now=machine_now)
            if not _open(session, one, list(islice(left, PIECE)), now=now):
                _finish(session, one, now=now)
                return
            one.claimed_at = machine_now


def _parsed(
    sessions: sessionmaker[Session], folder: Path, import_id: int, *, machine_now: datetime
) -> Parsed:
    """The file is read outside of any transaction: a large one takes seconds."""
    with sessions.begin() as session:
        sha256 = session.get_one(HazardImport, import_id).sha256
        today = day_of(business_now(session, machine_now=machine_now))
    return read(partial(uploads.kept_sheets, _folder(folder), sha256, sheets_of), today=today)


def _judged(session: Session, one: HazardImport, parsed: Parsed) -> Judged:
    """What the file comes to now, noted on its row."""
    judged = judge(session, parsed, sight=_sight(session, one.actor), import_id=one.id)
    one.headers = [{"sheet": sheet, "names": list(names)} for sheet, names in parsed.headers]
    one.good, one.known = len(judged.new) + len(judged.own), len(judged.known)
    one.refused = len(judged.rejected)
    one.rejected = [{"row": row.row, "cells": list(row.cells), "sheet": row.sheet} for row in judged.rejected]
    one.problems = [problem.as_json() for problem in judged.problems]
    one.verdicts = _verdicts(judged)
    return judged


def _sight(session: Session, actor: str) -> Sight:
    """What somebody may import for, by the roles they hold now."""
    number = account_id_of(actor)
    account = session.get(Account, number) if number is not None else None
    held = account.held if account is not None and account.active else []
    return sight_of([one for one in held if Permission.IMPORT_HAZARDS in GRANTED[one.role]])


def _status_of(judged: Judged) -> ImportStatus:
    refused = any(problem.severity is Severity.FILE for problem in judged.problems)
    return ImportStatus.REFUSED if refused else ImportStatus.READY


def _verdicts(judged: Judged) -> list[dict[str, Any]]:
    """An entry for each row, in the order of the file."""
    found = [_verdict(one, "new") for one in (*judged.new, *judged.own)]
    found += [_verdict(one, "known") for one in judged.known]
    found += [{"row": one.row, "sheet": one.sheet, "verdict": "refused"} for one in judged.rejected]
    return sorted(found, key=lambda one: (one["sheet"] or "", one["row"]))


def _verdict(one: Placed, verdict: str) -> dict[str, Any]:
    row = one.row
    return {
        "row": row.row, "sheet": row.sheet, "verdict": verdict, "firm": one.firm.name, "title": row.title,
        "place": row.place, "looks_major": row.looks_major, "kind": row.kind, "found_on": row.found_on.isoformat(),
        "due_on": row.due_on.isoformat() if row.due_on else None, "hazard": one.hazard_id, "mark": one.fingerprint,
    }  # fmt: skip


def _open(session: Session, one: HazardImport, piece: Sequence[Placed], *, now: datetime) -> bool:
    """The next rows become hazards, but for those that another file brought meanwhile; False when there are none."""
    if not piece:
        return False
    take_turn(session)
    there = queries.hazards_of(session, [placed.fingerprint for placed in piece])
    new = [placed for placed in piece if placed.fingerprint not in there]
    if new:
        opened = reporting.report_many(session, [_finding(placed, one.actor, now) for placed in new], now=now)
        rows = [
            {
                "fingerprint": placed.fingerprint, "import_id": one.id, "row": placed.row.row, "hazard_id": hazard.id,
                "told_source": placed.row.told_source,
            }
            for placed, hazard in zip(new, opened, strict=True)
        ]  # fmt: skip
        insert_rows(session, ImportedHazard, rows)
    one.done += len(new)
    return True


def _finding(placed: Placed, actor: str, now: datetime) -> Finding:
    row = placed.row
    found_at = now if row.found_on == day_of(now) else start_of_day(row.found_on)
    return Finding(
        enterprise_id=placed.firm.id, title=row.title, place=row.place, description=row.description, found_by=actor,
        source=Source.LEDGER, kind=row.kind, found_at=found_at, looks_major=row.looks_major, due_on=row.due_on,
    )  # fmt: skip


def _finish(session: Session, one: HazardImport, *, now: datetime) -> None:
    one.status, one.claimed_at = ImportStatus.DONE, None
    detail = {"sha256": one.sha256, "opened": one.done, "known": one.known, "refused": one.refused}
    audit.record(
        session,
        at=now,
        actor=one.actor,
        action="hazard.import",
        subject=f"hazard_import:{one.id}",
        detail=detail,
    )
    _tell(session, one, "hazards.imported", now=now)
