"""What a person can do now: the tasks of their candidate groups, opened, saved as drafts, completed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import runtime
from engine.exceptions import TaskClosed
from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from workflows.audit import service as audit
from workflows.evidence import queries as evidence
from workflows.exceptions import NotFound
from workflows.formchecks import check_domain
from workflows.forms import check
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.processes import form_schema
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.models import Draft, Submission


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: `actor` goes into history and audit; `groups` are candidate groups such as `17:principal`."""

    actor: str
    groups: frozenset[str]
    organization_id: int


@dataclass(frozen=True, slots=True)
class Completed:
    """What a completion led to; `opened` are the ids of the tasks it opened."""

    instance_id: int
    ended: bool
    opened: tuple[int, ...]


def open_tasks(person: Person) -> Select[Any]:
    """Their open tasks, the most urgent first; undated ones last."""
    mine = UserTask.candidate_group.in_(person.groups), UserTask.status == TaskStatus.OPEN
    return select(UserTask).where(*mine).order_by(UserTask.due_at.is_(None), UserTask.due_at, UserTask.id)


def count_open(session: Session, person: Person, *, overdue_at: datetime | None = None) -> int:
    """How many open tasks they have; with `overdue_at` only those due before it."""
    tasks = open_tasks(person).order_by(None)
    if overdue_at is not None:
        tasks = tasks.where(UserTask.due_at < overdue_at)
    return session.scalar(select(func.count()).select_from(tasks.subquery())) or 0


def find(session: Session, task_id: int, person: Person) -> UserTask:
    """A task of theirs, open or closed. Raises NotFound for somebody else's: existence is not told."""
    task = session.get(UserTask, task_id)
    if task is None or task.candidate_group not in person.groups:
        raise NotFound(what="task", id=task_id)
    return task


def open_in(session: Session, instance_id: int, person: Person) -> list[UserTask]:
    """Their open tasks of one instance."""
    query = open_tasks(person).where(UserTask.instance_id == instance_id)
    return list(session.scalars(query))


def complete(
    session: Session, task_id: int, *, form: Mapping[str, Any], person: Person, now: datetime
) -> Completed:
    """Complete a task with its form.

    Raises NotFound (not theirs), TaskClosed (somebody was quicker), InvalidForm (`problems` per field),
    SamePerson (four eyes). Nothing is written then.
    """
    task = find(session, task_id, person)
    if task.status != TaskStatus.OPEN:
        raise TaskClosed(task_id=task.id, closed_at=task.closed_at, actor=task.actor)
    check(task.form_key, form)
    evidence.check_usable(session, evidence_ids(task.form_key, form), organization_id=person.organization_id)
    instance = session.get_one(ProcessInstance, task.instance_id)
    check_domain(session, task, form, instance, now=now)
    subject, node, form_key = instance.business_key, task.node, task.form_key  # the rows go stale below
    work_round = int(instance.variables.get("round", 1))
    done = runtime.complete(
        session, task_id=task_id, form=_variables(form, person), actor=person.actor, now=now
    )
    session.add(
        Submission(
            instance_id=done.instance_id,
            task_id=task_id,
            node=node,
            form_key=form_key,
            round=work_round,
            form=dict(form),
            actor=person.actor,
            submitted_at=now,
        )
    )
    session.execute(delete(Draft).where(Draft.task_id == task_id))
    _write_back(session, node, form, Subject.parse(subject), now)
    audit.record(
        session, at=now, actor=person.actor, action=f"task.{node}", subject=subject, detail=dict(form)
    )
    session.flush()
    return Completed(done.instance_id, done.ended, tuple(done.opened))


def save_draft(
    session: Session, task_id: int, *, form: Mapping[str, Any], person: Person, now: datetime
) -> None:
    """Keep what has been typed; a draft need not be complete or right."""
    task = find(session, task_id, person)
    if task.status != TaskStatus.OPEN:
        raise TaskClosed(task_id=task.id, closed_at=task.closed_at, actor=task.actor)
    typed = {"form": dict(form), "actor": person.actor, "saved_at": now}
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(Draft).values(task_id=task_id, **typed)
    session.execute(first.on_conflict_do_update(index_elements=["task_id"], set_=typed))


def draft_of(session: Session, task_id: int) -> Draft | None:
    query = select(Draft).where(Draft.task_id == task_id)
    return session.scalar(query.execution_options(populate_existing=True))


def evidence_ids(form_key: str, form: Mapping[str, Any]) -> list[int]:
    """Every evidence file that a form names."""
    found: list[int] = []
    for name, field in form_schema(form_key)["properties"].items():
        if field.get("x-widget") == "evidence":
            found += form.get(name, [])
        elif field.get("x-widget") == "evidence-slots":
            found += [number for numbers in form.get(name, {}).values() for number in numbers]
    return found


def _variables(form: Mapping[str, Any], person: Person) -> dict[str, Any]:
    return {**form, "actor": person.actor}


def _write_back(
    session: Session, node: str, form: Mapping[str, Any], subject: Subject, now: datetime
) -> None:
    """What lists show of a form beside its state: when an obligation was submitted, what a hazard is."""
    if subject.kind is SubjectKind.OBLIGATION and node == "sign" and form["signed"]:
        session.get_one(Obligation, subject.id).submitted_at = now
    if subject.kind is SubjectKind.HAZARD and node == "report":
        hazard = session.get_one(Hazard, subject.id)
        hazard.title, hazard.place, hazard.description = form["title"], form["place"], form["description"]
