"""Answer an urge with a day and a sentence; see what became of it, and tell who urged when it was broken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.among import among
from engine.models import UserTask
from workflows.audit import service as audit
from workflows.duties.models import UnitTask
from workflows.exceptions import Conflict, InvalidForm
from workflows.forms import FieldProblem
from workflows.lateness.turns import FILES
from workflows.lateness.urged import last_urges
from workflows.notifications.service import notify_each
from workflows.organizations.models import Organization
from workflows.promises.models import Promise
from workflows.promises.types import Outcome
from workflows.seen import File
from workflows.subjects import Subject
from workflows.times import day_of, end_of_day

LONGEST = 200  # characters
FARTHEST = timedelta(days=60)  # [D] who needs longer asks for an extension
AT_ONCE = 500


def promise(
    session: Session,
    subject: Subject,
    file: File,
    *,
    by_on: date | None,
    words: str,
    actor: str,
    now: datetime,
) -> Promise:
    """Say by which day it will be handed in. An earlier promise that still stands is replaced.

    Raises Conflict when nobody has urged or it has been handed in, InvalidForm for a day that makes no sense.
    """
    urged = last_urges(session, [subject], at=now).get(subject)
    home = home_of(file)
    if urged is None:
        raise Conflict(what="not-urged")
    if file.instance_id is None or not _held(_tasks(session, [file.instance_id]), home, now):
        raise Conflict(what="handed-in")
    _check(by_on, words, day_of(now))
    for earlier in session.scalars(_standing(subject)):
        earlier.outcome, earlier.settled_at = Outcome.REPLACED, now
    made = Promise(
        subject_kind=subject.kind, subject_id=subject.id, campaign_id=file.campaign_id, town_id=file.town_id,
        department_id=file.department_id, enterprise_id=file.enterprise_id, organization_id=home,
        instance_id=file.instance_id, whose=session.get_one(Organization, home).name, title=file.title, by_on=by_on,
        words=words.strip(), promised_by=actor, promised_at=now, urged_by=urged.by, urged_at=urged.at,
    )  # fmt: skip
    session.add(made)
    session.flush()
    detail = {"by_on": made.by_on.isoformat(), "words": made.words}
    audit.record(session, at=now, actor=actor, action="promise.make", subject=str(subject), detail=detail)
    _tell(session, [made], "promise.made", now)
    return made


def may_promise(
    session: Session, subject: Subject, *, organization_ids: Collection[int], now: datetime
) -> bool:
    """Whether one of these organisations still has it."""
    file: File | None = session.get(FILES[subject.kind], subject.id) if subject.kind in FILES else None
    if file is None or file.instance_id is None:
        return False
    home = home_of(file)
    return home in organization_ids and _held(_tasks(session, [file.instance_id]), home, now)


def home_of(file: File) -> int:
    """The enterprise or the body whose work it is."""
    return file.body_id if isinstance(file, UnitTask) else file.enterprise_id


def settle(session: Session, *, now: datetime) -> int:
    """Settle what was handed in and what was not by its day; who urged is told of the latter. How many were settled."""
    query = select(Promise).where(Promise.settled_at.is_(None)).order_by(Promise.by_on, Promise.id)
    standing = session.scalars(query.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    if not standing:
        return 0
    tasks = defaultdict(list)
    for task in _tasks(session, [one.instance_id for one in standing]):
        tasks[task.instance_id].append(task)
    for one in standing:
        last = end_of_day(one.by_on)
        if not _held(tasks[one.instance_id], one.organization_id, min(last, now)):
            one.outcome, one.settled_at = Outcome.KEPT, now
        elif last < now:
            one.outcome, one.settled_at = Outcome.BROKEN, now
    session.flush()
    _tell(session, [one for one in standing if one.outcome == Outcome.BROKEN], "promise.broken", now)
    return sum(one.outcome is not None for one in standing)


def _tasks(session: Session, instance_ids: Sequence[int]) -> Sequence[UserTask]:
    query = select(UserTask).where(among(UserTask.instance_id, instance_ids), UserTask.due_at.is_not(None))
    return session.scalars(query.execution_options(populate_existing=True)).all()


def _held(tasks: Iterable[UserTask], organization_id: int, at: datetime) -> bool:
    """Whether somebody of the organisation had something to do with a date at an instant."""
    return any(
        task.candidate_group.startswith(f"{organization_id}:")
        and task.created_at <= at
        and (task.closed_at is None or task.closed_at > at)
        for task in tasks
    )


def _standing(subject: Subject) -> Select[Promise]:
    return select(Promise).where(
        Promise.subject_kind == subject.kind, Promise.subject_id == subject.id, Promise.settled_at.is_(None)
    )


def _check(by_on: date | None, words: str, today: date) -> None:
    problems = []
    if by_on is None:
        problems.append(FieldProblem("by_on", "required"))
    elif by_on < today:
        problems.append(FieldProblem("by_on", "not-future"))
    elif by_on > today + FARTHEST:
        problems.append(FieldProblem("by_on", "too-far", {"limit": FARTHEST.days}))
    if not words.strip():
        problems.append(FieldProblem("words", "required"))
    elif len(words.strip()) > LONGEST:
        problems.append(FieldProblem("words", "maxLength", {"limit": LONGEST}))
    if problems:
        raise InvalidForm(problems=problems)


def _tell(session: Session, promises: Sequence[Promise], kind: str, now: datetime) -> None:
    told = [
        (
            one.urged_by,
            str(Subject.parse(f"{one.subject_kind}:{one.subject_id}")),
            {"title": one.title, "whose": one.whose, "by_on": one.by_on.isoformat(), "words": one.words},
        )
        for one in promises
        if one.urged_by
    ]
    notify_each(session, told, kind=kind, at=now)
