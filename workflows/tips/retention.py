"""How long the words and pictures of whoever reported are kept: with a hazard as its evidence, else not for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from sqlalchemy import delete, literal_column, select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.audit import service as audit
from workflows.evidence import storage
from workflows.evidence.models import Evidence
from workflows.evidence.types import ANONYMOUS
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, start_of_day
from workflows.tips.models import Tip, TipCode
from workflows.tips.rules import KEPT_DAYS, Outcome

BATCH: Final = 200
UNSENT: Final = timedelta(days=1)  # a picture whose form was never sent
SYSTEM: Final = "system"


def erase_due(session: Session, *, folder: Path, now: datetime, machine_now: datetime) -> int:
    """Erase what has been kept long enough, at most `BATCH` tips and pictures; how many of both.

    A tip goes on to say what it was about, what was decided and why. A file goes when nobody names it any more.
    """
    before = start_of_day(day_of(now) - timedelta(days=KEPT_DAYS))
    erased = _erase_words(session, before=before, now=now)
    gone = _erase_pictures(session, before=now - UNSENT)
    session.flush()
    for sha256 in gone - _named(session, gone):
        storage.discard(sha256, folder=folder, before=machine_now - UNSENT)
    return erased + len(gone)


def _erase_words(session: Session, *, before: datetime, now: datetime) -> int:
    """The sentence, the place in the reporter's words, and that there was a picture."""
    due = (
        select(Tip, TipCode.place)
        .join(TipCode, TipCode.id == Tip.code_id)
        .where(
            Tip.outcome == literal_column(f"'{Outcome.NOT_HAZARD}'"),
            Tip.erased_at.is_(None),
            Tip.decided_at < before,
        )
        .order_by(Tip.decided_at)
        .limit(BATCH)
    )
    found = session.execute(due).all()
    for tip, place in found:
        tip.text, tip.place, tip.evidence_id, tip.erased_at = "", place, None, now
        subject = str(Subject(SubjectKind.TIP, tip.id))
        audit.record(session, at=now, actor=SYSTEM, action="tip.erase", subject=subject, detail={})
    session.flush()
    return len(found)


def _erase_pictures(session: Session, *, before: datetime) -> set[str]:
    """Pictures that came in without a name and belong to no tip: erased with it, never sent, or passed on."""
    towns = select(Organization.id).where(Organization.kind == OrganizationKind.TOWN)
    free = (
        select(Evidence.id, Evidence.sha256)
        .where(
            Evidence.uploaded_by == literal_column(f"'{ANONYMOUS}'"),
            Evidence.uploaded_at < before,
            Evidence.organization_id.in_(towns),
            ~select(Tip.id).where(Tip.evidence_id == Evidence.id).exists(),
        )
        .limit(BATCH)
    )
    found = session.execute(free).all()
    session.execute(delete(Evidence).where(among(Evidence.id, [number for number, _ in found])))
    return {sha256 for _, sha256 in found}


def _named(session: Session, hashes: Iterable[str]) -> set[str]:
    """The files that some evidence still is."""
    return set(session.scalars(select(Evidence.sha256).where(among(Evidence.sha256, hashes))))
