"""One obligation, hazard or duty, opened by somebody who may see it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from sqlalchemy.orm import Session

from engine.models import Base
from workflows.discussion.queries import is_copied
from workflows.duties.models import UnitTask
from workflows.exceptions import NotFound
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.sight import Sight
from workflows.subjects import Subject, SubjectKind

File = Obligation | Hazard | UnitTask
Seen = TypeVar("Seen", bound=File)
KINDS: Mapping[type[Base], SubjectKind] = {
    Obligation: SubjectKind.OBLIGATION,
    Hazard: SubjectKind.HAZARD,
    UnitTask: SubjectKind.UNIT_TASK,
}


def subject_of(row: File) -> Subject:
    """What its process is about."""
    return Subject(KINDS[type(row)], row.id)


def find(session: Session, model: type[Seen], number: int, *, sight: Sight) -> Seen:
    """Raises NotFound for one that is not theirs to see."""
    row = session.get(model, number)
    if row is None or not sight.allows(row):
        raise NotFound(what=KINDS[model].value, id=number)
    return row


def find_to_read(session: Session, model: type[Seen], number: int, *, sight: Sight) -> Seen:
    """One that is theirs to see or was copied to them. Raises NotFound for any other."""
    row = session.get(model, number)
    subject = Subject(KINDS[model], number)
    if row is None or not (sight.allows(row) or is_copied(session, subject, sight.actor)):
        raise NotFound(what=subject.kind.value, id=number)
    return row
