"""Hand over: give the open tasks of the ticked lines to a colleague who may do them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among
from engine.exceptions import InstanceNotActive, SamePerson, TaskAssigned, TaskClosed
from engine.models import UserTask
from engine.types import DelegationState, TaskStatus
from workflows.accounts.models import Account
from workflows.assignments.queries import successors
from workflows.assignments.service import hand_over
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem
from workflows.inbox import Person
from workflows.lateness.board import files_of
from workflows.subjects import Subject

REFUSED = (
    InstanceNotActive,
    InvalidForm,
    SamePerson,
    TaskAssigned,
    TaskClosed,
)  # of one line; the others go on


@dataclass(frozen=True, slots=True)
class Handed:
    """How many tasks went over, and how many lines stayed as they were."""

    over: int
    left: int


def own_tasks(
    session: Session, subjects: Sequence[Subject], person: Person
) -> Mapping[Subject, Sequence[UserTask]]:
    """The open tasks of these lines that a person may pass on: of their groups, with nobody else."""
    files = files_of(session, subjects)
    about = {file.instance_id: subject for subject, file in files.items()}
    query = select(UserTask).where(
        among(UserTask.instance_id, [number for number in about if number is not None]),
        UserTask.status == TaskStatus.OPEN, UserTask.candidate_group.in_(person.groups),
        UserTask.assignee.is_(None) | (UserTask.assignee == person.actor),
        UserTask.delegation_state.is_distinct_from(DelegationState.PENDING),
    )  # fmt: skip
    found: dict[Subject, list[UserTask]] = {}
    for task in session.scalars(query.order_by(UserTask.id)):
        found.setdefault(about[task.instance_id], []).append(task)
    return found


def colleagues_for(
    session: Session, tasks: Mapping[Subject, Sequence[UserTask]], person: Person
) -> list[Account]:
    """Who could take over at least one of them."""
    one_of_each = {task.candidate_group: task for each in tasks.values() for task in each}
    found = {
        one.id: one
        for task in one_of_each.values()
        for one in successors(session, task, without=person.actor)
    }
    return [found[number] for number in sorted(found)]


def hand_over_each(
    session: Session, subjects: Sequence[Subject], *, to: int | None, person: Person, now: datetime
) -> Handed:
    """Give them to `to`, each on its own; what somebody did or took meanwhile stays as it is.

    Raises InvalidForm for anybody who can take none of them.
    """
    tasks = own_tasks(session, subjects, person)
    if to not in {one.id for one in colleagues_for(session, tasks, person)}:
        raise InvalidForm(problems=[FieldProblem("to", "enum")])
    handed = {
        subject: [_handed(session, task, to, person, now) for task in theirs]
        for subject, theirs in tasks.items()
    }
    over = sum(1 for each in handed.values() if any(each))
    return Handed(over, len(set(subjects)) - over)


def _handed(session: Session, task: UserTask, to: int | None, person: Person, now: datetime) -> bool:
    try:
        with session.begin_nested():
            hand_over(session, task.id, to=to, note="", person=person, now=now)
    except REFUSED:
        return False
    return True
