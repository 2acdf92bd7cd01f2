"""Codes on walls: made, disabled, found by what was scanned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.inbox import Person
from workflows.register import queries as register
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus
from workflows.sight import Sight
from workflows.tips.models import TipCode
from workflows.tips.rules import LONGEST_PLACE, new_token

PAGE = 50


@dataclass(frozen=True, slots=True)
class Scanned:
    """A code with the enterprise in which it hangs."""

    code: TipCode
    enterprise: Enterprise

    @property
    def is_disabled(self) -> bool:
        return self.code.disabled_at is not None

    @property
    def is_closed(self) -> bool:
        """Whether the enterprise is gone; one that has only stopped work is still to be watched."""
        return self.enterprise.status == EnterpriseStatus.DEREGISTERED

    @property
    def takes_tips(self) -> bool:
        return not (self.is_disabled or self.is_closed)


def scanned(session: Session, token: str) -> Scanned | None:
    """What somebody scanned; None for what was never a code."""
    query = select(TipCode, Enterprise).join(Enterprise, Enterprise.id == TipCode.enterprise_id)
    found = session.execute(query.where(TipCode.token == token)).one_or_none()
    return Scanned(*found) if found else None


def listed(session: Session, *, sight: Sight, enterprise_id: int | None, offset: int = 0) -> list[Scanned]:
    """One page, one more than `PAGE` when there are further ones: what works first, then the newest."""
    query = (
        select(TipCode, Enterprise)
        .join(Enterprise, Enterprise.id == TipCode.enterprise_id)
        .where(sight.of(Enterprise, enterprise_id=Enterprise.id))
        .order_by(TipCode.disabled_at.is_not(None), TipCode.id.desc())
    )
    if enterprise_id is not None:
        query = query.where(TipCode.enterprise_id == enterprise_id)
    return [Scanned(*row) for row in session.execute(query.offset(offset).limit(PAGE + 1))]


def find(session: Session, code_id: int, *, sight: Sight) -> Scanned:
    """Raises NotFound for a code of an enterprise that is not theirs to see."""
    query = select(TipCode, Enterprise).join(Enterprise, Enterprise.id == TipCode.enterprise_id)
    seen = sight.of(Enterprise, enterprise_id=Enterprise.id)
    found = session.execute(query.where(TipCode.id == code_id, seen)).one_or_none()
    if found is None:
        raise NotFound(what="tip-code", id=code_id)
    return Scanned(*found)


def make(
    session: Session, *, enterprise_id: int, place: str, sight: Sight, person: Person, now: datetime
) -> TipCode:
    """A code for a place. Raises NotFound for a foreign enterprise, InvalidForm, Conflict for one that is gone."""
    enterprise = register.find(session, enterprise_id, sight=sight)
    if enterprise.status == EnterpriseStatus.DEREGISTERED:
        raise Conflict(what="enterprise-gone")
    name = place.strip()
    if not name:
        raise InvalidForm(problems=[FieldProblem("place", "required")])
    if len(name) > LONGEST_PLACE:
        raise InvalidForm(problems=[FieldProblem("place", "maxLength", {"limit": LONGEST_PLACE})])
    code = TipCode(
        enterprise_id=enterprise.id, place=name, token=new_token(), made_by_id=person.organization_id,
        created_by=person.actor, created_at=now,
    )  # fmt: skip
    session.add(code)
    session.flush()
    _note(session, code, "tip_code.make", person=person, now=now)
    return code


def may_disable(code: TipCode, *, organization_id: int) -> bool:
    """Whoever made it, and the authorities; an enterprise does not take down what the town put up."""
    is_own = organization_id == code.enterprise_id
    return code.disabled_at is None and (not is_own or code.made_by_id == organization_id)


def disable(session: Session, code_id: int, *, sight: Sight, person: Person, now: datetime) -> TipCode:
    """Take a code down; what was reported through it stays. Doing it again changes nothing.

    Raises NotFound, and Conflict when an enterprise would take down what its town put up.
    """
    find(session, code_id, sight=sight)
    code = session.get_one(TipCode, code_id, with_for_update=True)
    if code.disabled_at is not None:
        return code
    if not may_disable(code, organization_id=person.organization_id):
        raise Conflict(what="tip-code-of-town")
    code.disabled_at, code.disabled_by = now, person.actor
    _note(session, code, "tip_code.disable", person=person, now=now)
    return code


def _note(session: Session, code: TipCode, action: str, *, person: Person, now: datetime) -> None:
    detail = {"code": code.id, "place": code.place}
    subject = f"enterprise:{code.enterprise_id}"
    audit.record(session, at=now, actor=person.actor, action=action, subject=subject, detail=detail)
