"""Claim, put back, hand over, delegate, be reminded: noted in the audit trail and told whom it concerns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import assignment
from engine.models import ProcessInstance, UserTask
from workflows.accounts.models import Account
from workflows.assignments.queries import away, delegates, successors
from workflows.audit import service as audit
from workflows.discussion.service import give_access
from workflows.exceptions import Conflict, InvalidForm
from workflows.forms import FieldProblem
from workflows.inbox import Person, find, save_draft
from workflows.notifications.models import Notification
from workflows.notifications.service import notify_all
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, morning_of
from workflows.worklist import row_of

LONGEST_NOTE = 500
URGED_AGAIN = timedelta(hours=12)  # one reminder of a person is enough for a day
LONGEST_REST = timedelta(days=92)  # a task is put off by a quarter at most


def claim(session: Session, task_id: int, *, person: Person, now: datetime) -> None:
    """Take a task of one's group. Raises NotFound, TaskAssigned, TaskClosed, SamePerson."""
    task = find(session, task_id, person)
    assignment.claim(session, task_id, actor=person.actor, now=now)
    _record(session, task, "claim", person, now)


def unclaim(session: Session, task_id: int, *, person: Person, now: datetime) -> None:
    """Put it back for everybody of the group."""
    task = find(session, task_id, person)
    assignment.unclaim(session, task_id, actor=person.actor, now=now)
    _record(session, task, "unclaim", person, now)


def hand_over(
    session: Session, task_id: int, *, to: int | None, note: str, person: Person, now: datetime
) -> None:
    """Give it to a colleague of the same candidate group. Raises InvalidForm for anybody else."""
    task = find(session, task_id, person)
    chosen = _chosen(successors(session, task, without=person.actor), to, note)
    assignment.hand_over(session, task_id, to=chosen.actor, note=note, actor=person.actor, now=now)
    _record(session, task, "hand_over", person, now, to=chosen.actor, note=note)
    _tell(session, task, "task.assigned", _with_stand_in(session, chosen, now), person, now, note)


def delegate(
    session: Session, task_id: int, *, to: int | None, note: str, person: Person, now: datetime
) -> None:
    """Let somebody of the same organisation prepare it. Raises InvalidForm for anybody else."""
    task = find(session, task_id, person)
    chosen = _chosen(delegates(session, task, without=person.actor), to, note)
    assignment.delegate(session, task_id, to=chosen.actor, note=note, actor=person.actor, now=now)
    _let_read(session, task, chosen, person, now)
    _record(session, task, "delegate", person, now, to=chosen.actor, note=note)
    _tell(session, task, "task.delegated", _with_stand_in(session, chosen, now), person, now, note)


def take_back(session: Session, task_id: int, *, person: Person, now: datetime) -> None:
    """The owner does it again; what the delegate has typed stays as a draft."""
    task = find(session, task_id, person)
    delegated_to = task.assignee
    assignment.take_back(session, task_id, actor=person.actor, now=now)
    _record(session, task, "take_back", person, now)
    if delegated_to not in (None, person.actor):
        _tell(session, task, "task.taken_back", [str(delegated_to)], person, now)


def resolve(
    session: Session, task_id: int, *, form: Mapping[str, Any], note: str, person: Person, now: datetime
) -> None:
    """The delegate gives it back with what was prepared as a draft; the owner looks and completes."""
    task = find(session, task_id, person)
    check_note(note)
    owner = str(task.owner)
    save_draft(session, task_id, form=form, person=person, now=now)
    assignment.resolve(session, task_id, note=note, actor=person.actor, now=now)
    _record(session, task, "resolve", person, now, to=owner, note=note)
    _tell(session, task, "task.resolved", [owner], person, now, note)


def remind(session: Session, task_id: int, *, on: date | None, person: Person, now: datetime) -> None:
    """Hide it until the morning of a day; None shows it again.

    Raises InvalidForm for a day that is not ahead, lies more than a quarter ahead, or after the task's due day.
    """
    task = find(session, task_id, person)
    at = None if on is None else morning_of(on)
    if on is not None and (problem := _bad_day(task, on, today=day_of(now))):
        raise InvalidForm(problems=[problem])
    assignment.follow_up(session, task_id, at=at, actor=person.actor, now=now)
    _record(session, task, "remind", person, now, note=on.isoformat() if on else "")


def urge(session: Session, task_id: int, *, person: Person, now: datetime) -> None:
    """Remind whoever has the task. Raises Conflict when nobody has it, or somebody urged them today already."""
    task = find(session, task_id, person)
    if task.assignee in (None, person.actor):
        raise Conflict(what="nobody-to-urge")
    subject = session.get_one(ProcessInstance, task.instance_id).business_key
    before = select(Notification.id).where(
        Notification.candidate_group == task.assignee, Notification.kind == "task.urged",
        Notification.subject == subject, Notification.created_at > now - URGED_AGAIN,
    )  # fmt: skip
    if session.scalar(before.limit(1)) is not None:
        raise Conflict(what="urged-before")
    _record(session, task, "urge", person, now, to=task.assignee)
    _tell(session, task, "task.urged", [str(task.assignee)], person, now)


def check_note(note: str) -> None:
    """Raises InvalidForm for a note that is too long."""
    if len(note) > LONGEST_NOTE:
        raise InvalidForm(problems=[FieldProblem("note", "maxLength", {"limit": LONGEST_NOTE})])


def _bad_day(task: UserTask, on: date, *, today: date) -> FieldProblem | None:
    if on <= today:
        return FieldProblem("on", "not-future")
    if on > today + LONGEST_REST or (task.due_at is not None and on > day_of(task.due_at)):
        return FieldProblem("on", "too-late")
    return None


def _chosen(among: list[Account], to: int | None, note: str) -> Account:
    problems = []
    chosen = next((one for one in among if one.id == to), None)
    if chosen is None:
        problems.append(FieldProblem("to", "enum"))
    if len(note) > LONGEST_NOTE:
        problems.append(FieldProblem("note", "maxLength", {"limit": LONGEST_NOTE}))
    if chosen is None or problems:
        raise InvalidForm(problems=problems)
    return chosen


def _with_stand_in(session: Session, chosen: Account, now: datetime) -> list[str]:
    """Who is told: the person, and who stands in today."""
    stand_in = away(session, [chosen.id], on=day_of(now)).get(chosen.id)
    return [chosen.actor] if stand_in is None else [chosen.actor, f"account:{stand_in}"]


def _record(
    session: Session, task: UserTask, action: str, person: Person, now: datetime, **detail: Any
) -> None:
    subject = session.get_one(ProcessInstance, task.instance_id).business_key
    told = {"task_id": task.id, "node": task.node, **detail}
    audit.record(session, at=now, actor=person.actor, action=f"task.{action}", subject=subject, detail=told)
    session.flush()


def _let_read(session: Session, task: UserTask, chosen: Account, person: Person, now: datetime) -> None:
    """Who prepares a task of another role must see its file."""
    subject = Subject.parse(session.get_one(ProcessInstance, task.instance_id).business_key)
    if subject.kind in (SubjectKind.OBLIGATION, SubjectKind.HAZARD, SubjectKind.UNIT_TASK):
        give_access(session, subject, chosen.id, note="", actor=person.actor, now=now)


def _tell(
    session: Session,
    task: UserTask,
    kind: str,
    whom: list[str],
    person: Person,
    now: datetime,
    note: str = "",
) -> None:
    row = row_of(session, task.id, now=now)
    data = {"title": row.title if row else task.name, "by": person.actor, "note": note, "task_id": task.id}
    subject = session.get_one(ProcessInstance, task.instance_id).business_key
    notify_all(session, whom, kind=kind, subject=subject, data=data, at=now)
