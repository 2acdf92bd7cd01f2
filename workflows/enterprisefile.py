"""One enterprise's file (一企一档): completed by the enterprise, kept by its town; each change is adjusted at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.audit import service as audit
from workflows.campaigns import adjusting
from workflows.campaigns.adjusting import Adjusted
from workflows.campaigns.models import Adjustment
from workflows.exceptions import Conflict, NotFound
from workflows.notifications.service import notify
from workflows.obligations.models import Obligation
from workflows.register import judging, service
from workflows.register.facts import touched
from workflows.register.models import Contact, Enterprise, RegisterChange
from workflows.register.types import ContactRole, Flag
from workflows.sight import Sight
from workflows.subjects import Subject, SubjectKind

KEEP, WITHDRAW = "keep", "withdraw"
# A dispatch inserts rows that refer to the enterprise: a stronger lock would make it wait while we wait for it.
LOCK = {"key_share": True}


def edit(
    session: Session,
    firm: Enterprise,
    wanted: Mapping[str, Any],
    *,
    seen: datetime,
    now: datetime,
    actor: str,
) -> Adjusted:
    """Change fields. Raises Conflict when somebody changed the file since `seen`, its `updated_at` as it was shown."""
    session.refresh(firm, with_for_update=LOCK)
    if firm.updated_at != seen:
        last = _last_change(session, firm.id)
        raise Conflict(what="enterprise", at=firm.updated_at, by=last.actor if last else None)
    return _revise(session, firm, wanted, source="edit", now=now, actor=actor)


def answer(
    session: Session, firm: Enterprise, answers: Mapping[str, Any], *, now: datetime, actor: str
) -> Adjusted:
    """What the enterprise says of its unknown facts; what is known already is not touched, None says nothing."""
    session.refresh(firm, with_for_update=LOCK)
    said = {
        fact: value for fact, value in answers.items() if value is not None and value_of(firm, fact) is None
    }
    flags = {fact: value for fact, value in said.items() if fact in set(Flag)}
    wanted = {fact: value for fact, value in said.items() if fact not in flags}
    if flags:
        wanted["flags"] = {**firm.flags, **flags}
    return _revise(session, firm, wanted, source="answer", now=now, actor=actor)


def value_of(firm: Enterprise, fact: str) -> Any:
    """The value of a fact, flags included; None when nobody knows it."""
    return firm.flags.get(fact) if fact in set(Flag) else getattr(firm, fact)


def _revise(
    session: Session, firm: Enterprise, wanted: Mapping[str, Any], *, source: str, now: datetime, actor: str
) -> Adjusted:
    change = service.revise(session, firm, wanted, now=now, actor=actor, source=source)
    if change is None:
        return Adjusted()
    changed = {firm.id: touched(change.before, change.after)}
    return adjusting.adjust(
        session, [firm.id], now=now, actor=actor, source=f"change:{change.id}", changed=changed
    )


def judge_again(session: Session, *, now: datetime) -> Adjusted:
    """After the tables of safety staff may have changed: every enterprise's state, and what follows for campaigns."""
    changed = judging.refresh_all(session)
    if not changed or not adjusting.has_begun(session):
        return Adjusted()
    return adjusting.adjust(session, changed, now=now, actor="system", source="tables")


def _last_change(session: Session, enterprise_id: int) -> RegisterChange | None:
    query = select(RegisterChange).where(RegisterChange.enterprise_id == enterprise_id)
    return session.scalars(query.order_by(RegisterChange.id.desc()).limit(1)).first()


def add_contact(
    session: Session, firm: Enterprise, *, role: ContactRole, name: str, phone: str, now: datetime, actor: str
) -> Contact:
    """Add somebody to call."""
    contact = Contact(enterprise_id=firm.id, role=role, name=name, phone=phone)
    session.add(contact)
    _note_contact(session, firm, None, contact, now=now, actor=actor)
    return contact


def remove_contact(session: Session, firm: Enterprise, contact_id: int, *, now: datetime, actor: str) -> None:
    """Raises NotFound for one of another enterprise."""
    contact = session.get(Contact, contact_id)
    if contact is None or contact.enterprise_id != firm.id:
        raise NotFound(what="contact", id=contact_id)
    _note_contact(session, firm, contact, None, now=now, actor=actor)
    session.delete(contact)


def _note_contact(
    session: Session,
    firm: Enterprise,
    before: Contact | None,
    after: Contact | None,
    *,
    now: datetime,
    actor: str,
) -> None:
    def told(one: Contact | None) -> dict[str, Any]:
        return {"contact": f"{one.role.label} {one.name} {one.phone}".strip() if one else None}

    session.add(
        RegisterChange(
            enterprise_id=firm.id, at=now, actor=actor, source="edit", before=told(before), after=told(after)
        )
    )
    detail = {"fields": ["contact"]}
    audit.record(
        session, at=now, actor=actor, action="register.revise", subject=f"enterprise:{firm.id}", detail=detail
    )


# --- what may no longer apply


def undecided(session: Session, enterprise_id: int) -> list[tuple[Adjustment, Obligation]]:
    """Obligations with something submitted that the facts no longer ask for, oldest first."""
    query = (
        select(Adjustment, Obligation)
        .join(Obligation, Obligation.id == Adjustment.obligation_id)
        .where(Adjustment.enterprise_id == enterprise_id, *_open())
        .order_by(Adjustment.id)
    )
    return [(one, held) for one, held in session.execute(query)]


def count_undecided(session: Session, sight: Sight) -> int:
    """How many such obligations wait in sight."""
    query = (
        select(func.count())
        .select_from(Adjustment)
        .join(Obligation, Obligation.id == Adjustment.obligation_id)
    )
    return session.scalar(query.where(*_open(), sight.of(Obligation))) or 0


def waiting_firms(session: Session, sight: Sight, *, limit: int = 20) -> list[Enterprise]:
    """The enterprises with such obligations in sight."""
    ids = (
        select(Adjustment.enterprise_id)
        .join(Obligation, Obligation.id == Adjustment.obligation_id)
        .where(*_open(), sight.of(Obligation))
    )
    return list(
        session.scalars(select(Enterprise).where(Enterprise.id.in_(ids)).order_by(Enterprise.id).limit(limit))
    )


def _open() -> tuple[Any, ...]:
    return Adjustment.action == "asked", Adjustment.decided_at.is_(None)


def adjustments(
    session: Session, enterprise_id: int, *, limit: int = 30
) -> list[tuple[Adjustment, Obligation]]:
    """What changes of the file did to obligations, newest first."""
    query = (
        select(Adjustment, Obligation)
        .join(Obligation, Obligation.id == Adjustment.obligation_id)
        .where(Adjustment.enterprise_id == enterprise_id)
        .order_by(Adjustment.id.desc())
        .limit(limit)
    )
    return [(one, held) for one, held in session.execute(query)]


def of_obligation(session: Session, obligation_id: int) -> list[Adjustment]:
    """What changes of the file did to one obligation, newest first."""
    query = select(Adjustment).where(Adjustment.obligation_id == obligation_id)
    return list(session.scalars(query.order_by(Adjustment.id.desc())))


def decide(
    session: Session,
    firm: Enterprise,
    adjustment_id: int,
    *,
    decision: str,
    note: str,
    now: datetime,
    actor: str,
) -> None:
    """The town goes on with an obligation or ends it as not applicable.

    Raises NotFound for a question of another enterprise, Conflict when it was decided already.
    """
    one = session.get(Adjustment, adjustment_id, with_for_update=True)
    if one is None or one.enterprise_id != firm.id or one.action != "asked":
        raise NotFound(what="adjustment", id=adjustment_id)
    if one.decided_at is not None:
        raise Conflict(what="adjustment", at=one.decided_at, by=one.decided_by)
    one.decision, one.note, one.decided_at, one.decided_by = decision, note or None, now, actor
    held = session.get_one(Obligation, one.obligation_id)
    if decision == WITHDRAW and held.closed_at is None:
        adjusting.withdraw(session, held, reason=note or "not applicable", now=now, actor=actor)
        subject = str(Subject(SubjectKind.OBLIGATION, held.id))
        group = f"{held.enterprise_id}:safety_officer"
        notify(session, group, kind="file.withdrawn", subject=subject, data={"title": held.title}, at=now)
    detail = {"decision": decision, "note": note}
    audit.record(
        session,
        at=now,
        actor=actor,
        action="applicability.decide",
        subject=f"obligation:{held.id}",
        detail=detail,
    )
