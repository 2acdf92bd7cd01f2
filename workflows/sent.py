"""What a person has submitted and others have now: where it waits, and what can be taken back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.models import UserTask
from engine.types import TaskStatus
from workflows.duties import queries as duties
from workflows.duties.models import UnitTask
from workflows.hazards import queries as hazards
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardStep
from workflows.inbox import Person
from workflows.obligations import queries as obligations
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.seen import File, subject_of
from workflows.subjects import Subject
from workflows.submissions.models import Submission
from workflows.withdrawal import may_withdraw

LISTED = 50
NODES = ("self_check", "sign", "fix", "file")


@dataclass(frozen=True, slots=True)
class Sent:
    """One obligation, hazard or duty that this person has worked on."""

    about: File
    subject: Subject
    state: ObligationState | HazardStep
    sent_at: datetime
    waits_at: UserTask | None
    may_withdraw: bool


def sent(session: Session, person: Person) -> list[Sent]:
    """What this person's newest submissions are about, the newest first."""
    newest = (
        select(Submission.instance_id, func.max(Submission.submitted_at))
        .where(Submission.actor == person.actor, Submission.node.in_(NODES))
        .group_by(Submission.instance_id)
        .order_by(func.max(Submission.id).desc())
        .limit(LISTED)
    )
    sent_at: dict[int, datetime] = dict(iter(session.execute(newest)))
    about = {one.instance_id: one for one in _about(session, sent_at)}
    states = _states(session, about.values())
    open_tasks = select(UserTask).where(UserTask.instance_id.in_(sent_at), UserTask.status == TaskStatus.OPEN)
    waiting = {task.instance_id: task for task in session.scalars(open_tasks)}
    found = [(about[number], at, waiting.get(number)) for number, at in sent_at.items()]
    return [
        Sent(
            one, subject_of(one), states[subject_of(one)], at, task, may_withdraw(session, one, task, person)
        )
        for one, at, task in found
    ]


def _about(session: Session, instances: Collection[int]) -> list[File]:
    return [
        *session.scalars(select(Obligation).where(Obligation.instance_id.in_(instances))),
        *session.scalars(select(Hazard).where(Hazard.instance_id.in_(instances))),
        *session.scalars(select(UnitTask).where(UnitTask.instance_id.in_(instances))),
    ]


def _states(session: Session, found: Collection[File]) -> Mapping[Subject, ObligationState | HazardStep]:
    checked = [one for one in found if isinstance(one, Obligation)]
    fixed = [one for one in found if isinstance(one, Hazard)]
    filed = [one for one in found if isinstance(one, UnitTask)]
    by_checked = obligations.states(session, checked) if checked else {}
    by_fixed = hazards.steps_of(session, fixed) if fixed else {}
    by_filed = duties.states(session, filed) if filed else {}
    return {
        **{subject_of(one): by_checked[one.id] for one in checked},
        **{subject_of(one): by_fixed[one.id] for one in fixed},
        **{subject_of(one): by_filed[one.id] for one in filed},
    }
