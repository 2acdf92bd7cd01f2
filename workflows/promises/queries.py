"""Read promises: the newest of a subject, and the list to follow up."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.promises.models import Promise
from workflows.promises.types import Outcome
from workflows.sight import Sight
from workflows.subjects import Subject, SubjectKind

PAGE = 50


class Part(StrEnum):
    """What part of the list is shown."""

    TODAY = "today"
    BROKEN = "broken"
    COMING = "coming"
    KEPT = "kept"


def newest_of(session: Session, subjects: Sequence[Subject], *, at: datetime) -> dict[Subject, Promise]:
    """The newest promise of each subject up to `at`."""
    found: dict[Subject, Promise] = {}
    for kind in sorted({subject.kind for subject in subjects}):
        ids = [subject.id for subject in subjects if subject.kind is kind]
        query = select(Promise).where(
            Promise.subject_kind == kind, among(Promise.subject_id, ids), Promise.promised_at <= at
        )
        for one in session.scalars(query.order_by(Promise.id)):
            found[Subject(SubjectKind(kind), one.subject_id)] = one
    return found


def listed(session: Session, *, part: Part, sight: Sight, today: date, offset: int) -> list[Promise]:
    """One page, one more than `PAGE` when there are further ones: what is due first, first; what is over, last."""
    over = part in (Part.BROKEN, Part.KEPT)
    order = (Promise.by_on.desc(), Promise.id.desc()) if over else (Promise.by_on, Promise.id)
    query = select(Promise).where(_of(part, today), _seen(sight)).order_by(*order)
    return list(session.scalars(query.offset(offset).limit(PAGE + 1)))


def counts(session: Session, *, sight: Sight, today: date) -> dict[Part, int]:
    """How many there are in each part."""
    return {
        part: session.scalar(select(func.count()).select_from(Promise).where(_of(part, today), _seen(sight)))
        or 0
        for part in Part
    }


def _seen(sight: Sight) -> ColumnElement[bool]:
    return or_(sight.of(Promise), Promise.urged_by == sight.actor)


def _of(part: Part, today: date) -> ColumnElement[bool]:
    if part in (Part.BROKEN, Part.KEPT):
        return Promise.outcome == (Outcome.BROKEN if part is Part.BROKEN else Outcome.KEPT)
    day = Promise.by_on <= today if part is Part.TODAY else Promise.by_on > today
    return Promise.settled_at.is_(None) & day
