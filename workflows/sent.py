"""What a person has submitted and others have now: where it waits, and what can be taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import UserTask
from engine.types import TaskStatus
from workflows.inbox import Person
from workflows.obligations import queries
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.obligations.withdrawal import may_withdraw
from workflows.submissions.models import Submission

LISTED = 50
NODES = ("self_check", "sign")


@dataclass(frozen=True, slots=True)
class Sent:
    """One obligation that this person has worked on."""

    obligation: Obligation
    state: ObligationState
    sent_at: datetime
    waits_at: UserTask | None
    may_withdraw: bool


def sent(session: Session, person: Person) -> list[Sent]:
    """The obligations of this person's newest submissions, the newest first."""
    newest = (
        select(
            Submission.instance_id,
            func.max(Submission.submitted_at).label("at"),
            func.max(Submission.id).label("id"),
        )
        .where(Submission.actor == person.actor, Submission.node.in_(NODES))
        .group_by(Submission.instance_id)
        .order_by(func.max(Submission.id).desc())
        .limit(LISTED)
        .subquery()
    )
    query = select(Obligation, newest.c.at).join(newest, newest.c.instance_id == Obligation.instance_id)
    found = [(one, at) for one, at in session.execute(query.order_by(newest.c.id.desc()))]
    states = queries.states(session, [one for one, _ in found])
    open_tasks = select(UserTask).where(
        UserTask.instance_id.in_([one.instance_id for one, _ in found]), UserTask.status == TaskStatus.OPEN
    )
    waiting = {task.instance_id: task for task in session.scalars(open_tasks)}
    return [
        _sent(session, one, at, states[one.id], waiting.get(one.instance_id or 0), person)
        for one, at in found
    ]


def _sent(
    session: Session,
    one: Obligation,
    at: datetime,
    state: ObligationState,
    task: UserTask | None,
    person: Person,
) -> Sent:
    return Sent(one, state, at, task, may_withdraw(session, one, task, person))
