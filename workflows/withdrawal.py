"""Take back what was submitted, as long as nobody has acted on it; and remind who has an obligation.

An enterprise's self-check and signature, the fix of a hazard, what a body filed for a duty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.exceptions import InstanceNotActive
from engine.models import ProcessInstance, UserTask
from engine.types import InstanceStatus, TaskStatus
from workflows.audit import service as audit
from workflows.cosigning.models import Cosignature
from workflows.duties.models import UnitTask
from workflows.exceptions import Conflict, NotAllowed
from workflows.hazards.models import Hazard
from workflows.inbox import Person
from workflows.notifications.models import Notification
from workflows.notifications.service import notify, notify_all
from workflows.obligations.models import Obligation
from workflows.seen import File, subject_of
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.queries import last_of_instance

AGAIN = timedelta(hours=12)  # one reminder is enough for a day


@dataclass(frozen=True, slots=True)
class Way:
    """How one kind of work is taken back: who may at which node (roles of its home), and what who had it is told."""

    roles: Mapping[str, tuple[str, ...]]
    notice: str = "submission.withdrawn"


WAYS: Mapping[type[File], Way] = {
    Obligation: Way({"sign": ("safety_officer",), "town_review": ("safety_officer", "principal")}),
    Hazard: Way({"verify": ("safety_officer",), "accept": ("safety_officer",)}),
    UnitTask: Way({"check": ("body",)}, "duty.withdrawn"),
}


def may_withdraw(session: Session, one: File, task: UserTask | None, person: Person) -> bool:
    """Whether the submission waits for somebody who has not acted, and was this person's to make."""
    if task is None or task.assignee is not None:
        return False
    if not _senders(one, task.node) & person.groups:
        return False
    return session.scalar(select(Cosignature.id).where(Cosignature.task_id == task.id).limit(1)) is None


def _senders(one: File, node: str) -> set[str]:
    """The candidate groups that may take back what waits at a node."""
    roles = WAYS[type(one)].roles.get(node, ())
    if isinstance(one, UnitTask):
        return {f"{one.body_id}:{one.body_role}" for _ in roles}
    return {f"{one.enterprise_id}:{role}" for role in roles}


def waiting_task(session: Session, one: File) -> UserTask | None:
    """The open task that the work waits at."""
    query = select(UserTask).where(
        UserTask.instance_id == one.instance_id, UserTask.status == TaskStatus.OPEN
    )
    return session.scalars(query.order_by(UserTask.id).limit(1)).first()


def withdraw(session: Session, one: File, *, person: Person, now: datetime) -> None:
    """The work is open again, with what was entered.

    Raises NotAllowed for people of other organisations, Conflict (who acted, and when) when somebody has claimed,
    signed, reviewed or checked it, or was asked to co-sign; InstanceNotActive while its campaign is suspended.
    """
    home = one.body_id if isinstance(one, UnitTask) else one.enterprise_id
    if not any(group.startswith(f"{home}:") for group in person.groups):
        raise NotAllowed()
    instance = session.get_one(ProcessInstance, one.instance_id, with_for_update=True)
    if instance.status is InstanceStatus.SUSPENDED:
        raise InstanceNotActive(instance.id, instance.status)
    task = waiting_task(session, one)
    if task is not None:
        session.refresh(task)
    if task is None or not may_withdraw(session, one, task, person):
        raise _too_late(session, one, task)
    _take_back(session, one, task, person=person, now=now)


def _take_back(session: Session, one: File, task: UserTask, *, person: Person, now: datetime) -> None:
    way, about = WAYS[type(one)], subject_of(one)
    subject = str(about)
    node, group = task.node, task.candidate_group
    payload: dict[str, object] = {}
    received = runtime.correlate(
        session,
        name="submission_withdrawn",
        correlation_key=subject,
        payload=payload,
        now=now,
        actor=person.actor,
    )
    if not received:  # an instance of an older version of the process does not know the message
        raise _too_late(session, one, task)
    detail = {"from": node}
    action = f"{about.kind}.withdraw"
    audit.record(session, at=now, actor=person.actor, action=action, subject=subject, detail=detail)
    data = {"title": one.title, "by": person.actor}
    notify(session, group, kind=way.notice, subject=subject, data=data, at=now)


def urge(session: Session, obligation: Obligation, *, person: Person, now: datetime) -> None:
    """Remind whoever has it. Raises Conflict when it is with this person, with nobody, or was urged today already."""
    task = waiting_task(session, obligation)
    if task is None or task.candidate_group in person.groups:
        raise Conflict(what="nobody-to-urge")
    subject = str(Subject(SubjectKind.OBLIGATION, obligation.id))
    whom = task.assignee or task.candidate_group
    before = select(Notification.id).where(
        Notification.candidate_group == whom, Notification.kind == "task.urged", Notification.subject == subject,
        Notification.created_at > now - AGAIN,
    )  # fmt: skip
    if session.scalar(before.limit(1)) is not None:
        raise Conflict(what="urged-before")
    data = {"title": obligation.title, "by": person.actor, "task_id": task.id}
    notify_all(session, [whom], kind="task.urged", subject=subject, data=data, at=now)
    audit.record(
        session, at=now, actor=person.actor, action="task.urge", subject=subject, detail={"to": whom}
    )


def _too_late(session: Session, one: File, task: UserTask | None) -> Conflict:
    if task is not None and task.assignee is not None:
        return Conflict(what="acted", by=task.assignee)
    newest = last_of_instance(session, one.instance_id or 0)
    return Conflict(
        what="acted", by=newest.actor if newest else None, at=newest.submitted_at if newest else None
    )
