"""What officials may do with a hazard at any time: raise its level, hand it to another department, merge, reopen."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.models import ProcessInstance
from engine.types import InstanceStatus, Message
from workflows.audit import service as audit
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.hazards import service
from workflows.hazards.models import Hazard
from workflows.hazards.queries import steps_of
from workflows.hazards.rules import HazardLevel, HazardStep, Outcome, Source
from workflows.inbox import Person
from workflows.notifications.service import notify_all
from workflows.obligations.models import Extension
from workflows.openwork import hand_over
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.subjects import Subject, SubjectKind

UPGRADABLE = (HazardStep.PLAN, HazardStep.FIX, HazardStep.VERIFY)
MOST_CHOICES = 50
MERGEABLE = (HazardStep.REPORT, HazardStep.ASSESS, HazardStep.PLAN)


def may_upgrade(session: Session, hazard: Hazard) -> bool:
    """Whether it was graded general and is not closed."""
    instance = session.get_one(ProcessInstance, hazard.instance_id)
    graded = instance.variables.get("level") == HazardLevel.GENERAL
    return graded and _goes_on(instance) and _step(session, hazard) in UPGRADABLE


def may_merge(session: Session, hazard: Hazard) -> bool:
    """Whether nothing was begun of it yet: a major one is under control measures, a general one is being fixed."""
    instance = session.get_one(ProcessInstance, hazard.instance_id)
    controlled = hazard.level == HazardLevel.MAJOR
    return _goes_on(instance) and not controlled and _step(session, hazard) in MERGEABLE


def may_reopen(hazard: Hazard) -> bool:
    """Whether it was closed by being fixed."""
    return hazard.outcome == Outcome.CLOSED


def other_departments(session: Session, hazard: Hazard) -> list[Organization]:
    """To which it may be handed over."""
    query = select(Organization).where(
        Organization.kind == OrganizationKind.DEPARTMENT, Organization.id != hazard.department_id
    )
    return list(session.scalars(query.order_by(Organization.id)))


def mergeable_into(session: Session, hazard: Hazard) -> list[Hazard]:
    """Open hazards of the same enterprise, those at the same place first."""
    query = (
        select(Hazard)
        .where(
            Hazard.enterprise_id == hazard.enterprise_id, Hazard.id != hazard.id, Hazard.closed_at.is_(None)
        )
        .order_by((Hazard.place_key == hazard.place_key).desc(), Hazard.id.desc())
        .limit(MOST_CHOICES)
    )
    return list(session.scalars(query))


def _goes_on(instance: ProcessInstance) -> bool:
    return instance.status is InstanceStatus.ACTIVE


def _step(session: Session, hazard: Hazard) -> HazardStep:
    return steps_of(session, [hazard])[hazard.id]


def upgrade(session: Session, hazard: Hazard, *, reason: str, person: Person, now: datetime) -> None:
    """General becomes major. Raises Conflict when it is major, not graded yet or closed."""
    _lock(session, hazard)
    if not may_upgrade(session, hazard):
        raise Conflict(what="hazard-not-upgradable")
    upgraded = Message(
        name="hazard_upgraded", correlation_key=_key(hazard), payload={"upgrade_reason": reason}
    )
    _send(session, upgraded, person=person, now=now)
    _note(session, hazard, "hazard.upgrade", {"reason": reason}, person=person, now=now)


def transfer(
    session: Session, hazard: Hazard, *, department_id: int, reason: str, person: Person, now: datetime
) -> None:
    """Another department deals with it from now on; nothing that was done is done again.

    Raises InvalidForm for what is no other department, Conflict when the hazard is closed.
    """
    instance = _lock(session, hazard)
    chosen = session.get(Organization, department_id)
    if chosen is None or chosen.kind is not OrganizationKind.DEPARTMENT or chosen.id == hazard.department_id:
        raise InvalidForm(problems=[FieldProblem("department", "enum")])
    if hazard.closed_at is not None or not _goes_on(instance):
        raise Conflict(what="subject-closed", at=hazard.closed_at)
    old = hazard.department_id
    hazard.department_id = department_id
    for instance_id in [instance.id, *_asked(session, hazard)]:
        new = {"department_id": department_id}
        runtime.set_variables(session, instance_id, new, now=now, actor=person.actor)
        hand_over(session, instance_id, f"{old}:department_officer", f"{department_id}:department_officer")
    groups = [f"{department_id}:department_officer", f"{old}:department_officer"]
    groups.append(f"{hazard.enterprise_id}:safety_officer")
    data = {"title": hazard.title, "reason": reason, "department": chosen.name}
    notify_all(session, groups, kind="hazard.transferred", subject=_key(hazard), data=data, at=now)
    detail = {"from": old, "to": department_id, "reason": reason}
    _note(session, hazard, "hazard.transfer", detail, person=person, now=now)


def _asked(session: Session, hazard: Hazard) -> list[int]:
    """The instances of its requests for more time that nobody has decided."""
    query = select(Extension.instance_id).where(
        Extension.subject_kind == SubjectKind.HAZARD,
        Extension.subject_id == hazard.id,
        Extension.decided_at.is_(None),
    )
    return [number for number in session.scalars(query) if number is not None]


def merge(session: Session, hazard: Hazard, *, into_id: int, person: Person, now: datetime) -> None:
    """Close a duplicate as part of another hazard of the same enterprise.

    Raises InvalidForm for one of another enterprise, for itself and for one that is closed; Conflict when its fix has
    begun.
    """
    _lock(session, hazard)
    other = session.get(Hazard, into_id)
    if other is None or other.enterprise_id != hazard.enterprise_id:
        raise InvalidForm(problems=[FieldProblem("other", "other-enterprise")])
    if other.id == hazard.id or other.closed_at is not None:
        raise InvalidForm(problems=[FieldProblem("other", "not-open")])
    if not may_merge(session, hazard):
        raise Conflict(what="hazard-not-mergeable")
    merged = Message(name="hazard_merged", correlation_key=_key(hazard), payload={"merged_into": other.id})
    _send(session, merged, person=person, now=now)
    _note(session, hazard, "hazard.merge", {"into": other.id}, person=person, now=now)


def reopen(session: Session, hazard: Hazard, *, reason: str, person: Person, now: datetime) -> Hazard:
    """The hazard itself while its effect is still to be checked, else a new one that follows it.

    Raises Conflict when it is not closed, or was merged or shut down.
    """
    instance = _lock(session, hazard)
    if not may_reopen(hazard):
        raise Conflict(what="hazard-not-reopenable")
    _note(session, hazard, "hazard.reopen", {"reason": reason}, person=person, now=now)
    if _goes_on(instance):
        again = Message(
            name="hazard_reopened", correlation_key=_key(hazard), payload={"reopen_reason": reason}
        )
        _send(session, again, person=person, now=now)
        return hazard
    finding = service.Finding(
        enterprise_id=hazard.enterprise_id, campaign_id=None, title=hazard.title, place=hazard.place,
        description=reason, found_by=person.actor, source=Source.REOPENED, follows_id=hazard.id,
    )  # fmt: skip
    return service.open_hazard(session, finding, now=now)


def _lock(session: Session, hazard: Hazard) -> ProcessInstance:
    if hazard.instance_id is None:
        raise NotFound(what="hazard", id=hazard.id)
    instance = session.get_one(ProcessInstance, hazard.instance_id, with_for_update=True)
    session.refresh(hazard)
    return instance


def _key(hazard: Hazard) -> str:
    return str(Subject(SubjectKind.HAZARD, hazard.id))


def _send(session: Session, message: Message, *, person: Person, now: datetime) -> None:
    received = runtime.correlate(
        session,
        name=message.name,
        correlation_key=message.correlation_key,
        payload=message.payload,
        now=now,
        actor=person.actor,
    )
    if not received:  # an instance of an older version of the process does not know the message
        raise Conflict(what="hazard-older-version")


def _note(
    session: Session, hazard: Hazard, action: str, detail: dict[str, object], *, person: Person, now: datetime
) -> None:
    audit.record(session, at=now, actor=person.actor, action=action, subject=_key(hazard), detail=detail)
