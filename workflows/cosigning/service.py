"""Ask another person to sign before a task goes on, take the question back, note the answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine import runtime
from engine.exceptions import InstanceNotActive, TaskClosed
from engine.handlers import JobContext
from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from workflows.accounts.models import Account
from workflows.audit import service as audit
from workflows.cosigning.models import Cosignature
from workflows.cosigning.queries import of_task
from workflows.discussion.service import give_access
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.inbox import Person, find
from workflows.notifications.service import notify
from workflows.subjects import Subject, SubjectKind
from workflows.worklist import row_of

LONGEST = 500  # characters of the question


def ask(
    session: Session, task_id: int, *, cosigner: Account | None, question: str, person: Person, now: datetime
) -> Cosignature:
    """The task waits until `cosigner` has signed. The caller says among whom one may choose.

    Raises NotFound, TaskClosed, InvalidForm (nobody, oneself, a question that is too long), Conflict when this
    person is being asked already.
    """
    task = locked(session, task_id, person)
    if task.node == "countersign" or cosigner is None or cosigner.actor == person.actor:
        raise InvalidForm(problems=[FieldProblem("to", "enum")])
    if len(question) > LONGEST:
        raise InvalidForm(problems=[FieldProblem("note", "maxLength", {"limit": LONGEST})])
    if any(one.cosigner_id == cosigner.id and one.agreed is None for one in of_task(session, task_id)):
        raise Conflict(what="cosigner-asked")
    instance = session.get_one(ProcessInstance, task.instance_id)
    row = row_of(session, task_id, now=now)
    title = row.title if row else task.name
    asked = Cosignature(
        task_id=task_id, subject=instance.business_key, cosigner_id=cosigner.id, question=question,
        asked_by=person.actor, asked_at=now,
    )  # fmt: skip
    session.add(asked)
    session.flush()
    variables: dict[str, Any] = {
        "cosignature_id": asked.id, "cosigner_id": cosigner.id, "title": title, "question": question,
        "enterprise_id": instance.variables.get("enterprise_id"), "task_id": task_id, "asked_by": person.actor,
    }  # fmt: skip
    key = str(Subject(SubjectKind.COSIGN, asked.id))
    started = runtime.start(
        session, key="cosign", business_key=key, group_id=task.group_id, variables=variables, now=now,
        actor=person.actor,
    )  # fmt: skip
    asked.instance_id = started.id
    about = Subject.parse(asked.subject)
    if about.kind in (SubjectKind.OBLIGATION, SubjectKind.HAZARD, SubjectKind.UNIT_TASK):
        give_access(session, about, cosigner.id, note=question, actor=person.actor, now=now)
    detail = {"task_id": task_id, "node": task.node, "cosigner": cosigner.actor, "question": question}
    audit.record(
        session, at=now, actor=person.actor, action="cosign.ask", subject=asked.subject, detail=detail
    )
    data = {"title": title, "note": question, "by": person.actor}
    notify(session, cosigner.actor, kind="cosign.asked", subject=key, data=data, at=now)
    return asked


def take_back(session: Session, cosignature_id: int, *, person: Person, now: datetime) -> Cosignature:
    """The signature is not needed after all. Only who asked, and only before it is given: else NotFound, Conflict."""
    asked = session.get(Cosignature, cosignature_id)
    if asked is None or asked.asked_by != person.actor:
        raise NotFound(what="cosignature", id=cosignature_id)
    instance = session.get_one(ProcessInstance, asked.instance_id, with_for_update=True)
    session.refresh(asked)
    if asked.agreed is not None:
        raise Conflict(what="cosigner-decided", by=f"account:{asked.cosigner_id}", at=asked.decided_at)
    if asked.withdrawn_at is None:
        asked.withdrawn_at = now
        session.flush()
        runtime.cancel(session, instance.id, reason="withdrawn", now=now, actor=person.actor)
        audit.record(
            session, at=now, actor=person.actor, action="cosign.take_back", subject=asked.subject,
            detail={"cosigner": f"account:{asked.cosigner_id}"},
        )  # fmt: skip
    return asked


def record(session: Session, job: JobContext) -> None:
    """The answer goes to who asked."""
    asked = session.get_one(Cosignature, job.variables["cosignature_id"])
    asked.agreed, asked.opinion = bool(job.variables["agreed"]), str(job.variables.get("opinion") or "")
    asked.decided_at = job.now
    kind = "cosign.agreed" if asked.agreed else "cosign.refused"
    data = {"title": job.variables["title"], "note": asked.opinion, "task_id": asked.task_id}
    notify(session, asked.asked_by, kind=kind, subject=asked.subject, data=data, at=job.now)


def locked(session: Session, task_id: int, person: Person) -> UserTask:
    """An open task of theirs whose instance stays locked, so that nobody completes it meanwhile."""
    task = find(session, task_id, person)
    instance = session.get_one(ProcessInstance, task.instance_id, with_for_update=True)
    session.refresh(task)
    if task.status is TaskStatus.SUSPENDED:
        raise InstanceNotActive(instance.id, instance.status)
    if task.status != TaskStatus.OPEN:
        raise TaskClosed(task_id=task.id, closed_at=task.closed_at, actor=task.actor)
    return task
