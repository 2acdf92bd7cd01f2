"""Take back what was submitted, as long as nobody has acted on it; and remind who has it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.exceptions import InstanceNotActive
from engine.models import ProcessInstance, UserTask
from engine.types import InstanceStatus, TaskStatus
from workflows.audit import service as audit
from workflows.cosigning.models import Cosignature
from workflows.exceptions import Conflict, NotAllowed
from workflows.inbox import Person
from workflows.notifications.models import Notification
from workflows.notifications.service import notify, notify_all
from workflows.obligations.models import Obligation
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.queries import last_of_instance

WITHDRAWABLE = ("sign", "town_review")
AGAIN = timedelta(hours=12)  # one reminder is enough for a day


def may_withdraw(session: Session, obligation: Obligation, task: UserTask | None, person: Person) -> bool:
    """Whether the submission waits for somebody who has not acted, and was this person's to make."""
    if task is None or task.node not in WITHDRAWABLE or task.assignee is not None:
        return False
    roles = ("safety_officer",) if task.node == "sign" else ("safety_officer", "principal")
    if not {f"{obligation.enterprise_id}:{role}" for role in roles} & person.groups:
        return False
    return session.scalar(select(Cosignature.id).where(Cosignature.task_id == task.id).limit(1)) is None


def waiting_task(session: Session, obligation: Obligation) -> UserTask | None:
    """The open task that the obligation waits at."""
    query = select(UserTask).where(
        UserTask.instance_id == obligation.instance_id, UserTask.status == TaskStatus.OPEN
    )
    return session.scalars(query.order_by(UserTask.id).limit(1)).first()


def withdraw(session: Session, obligation: Obligation, *, person: Person, now: datetime) -> None:
    """The self-check is open again, with what was entered.

    Raises NotAllowed for people of other organisations, Conflict (who acted, and when) when somebody has claimed,
    signed or reviewed it, or was asked to co-sign; InstanceNotActive while its campaign is suspended.
    """
    if not any(group.startswith(f"{obligation.enterprise_id}:") for group in person.groups):
        raise NotAllowed()
    instance = session.get_one(ProcessInstance, obligation.instance_id, with_for_update=True)
    if instance.status is InstanceStatus.SUSPENDED:
        raise InstanceNotActive(instance.id, instance.status)
    task = waiting_task(session, obligation)
    if task is not None:
        session.refresh(task)
    if task is None or not may_withdraw(session, obligation, task, person):
        raise _too_late(session, obligation, task)
    subject, node, group = Subject(SubjectKind.OBLIGATION, obligation.id), task.node, task.candidate_group
    payload: dict[str, object] = {}
    received = runtime.correlate(
        session, name="submission_withdrawn", correlation_key=str(subject), payload=payload, now=now,
        actor=person.actor,
    )  # fmt: skip
    if not received:  # an instance of an older version of the process does not know the message
        raise _too_late(session, obligation, task)
    audit.record(
        session,
        at=now,
        actor=person.actor,
        action="obligation.withdraw",
        subject=str(subject),
        detail={"from": node},
    )
    data = {"title": obligation.title, "by": person.actor}
    notify(session, group, kind="submission.withdrawn", subject=str(subject), data=data, at=now)


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


def _too_late(session: Session, obligation: Obligation, task: UserTask | None) -> Conflict:
    if task is not None and task.assignee is not None:
        return Conflict(what="acted", by=task.assignee)
    newest = last_of_instance(session, obligation.instance_id or 0)
    return Conflict(
        what="acted", by=newest.actor if newest else None, at=newest.submitted_at if newest else None
    )
