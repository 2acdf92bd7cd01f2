"""What a person can do now: the tasks of their candidate groups, opened, saved as drafts, completed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, delete, insert, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from engine import runtime
from engine.among import among, among_given
from engine.exceptions import InstanceNotActive, TaskClosed
from engine.models import ProcessInstance, UserTask
from engine.types import FilledTask, InstanceStatus, TaskStatus
from workflows.audit import service as audit
from workflows.cosigning import queries as cosigning
from workflows.duties.models import UnitTask
from workflows.evidence import queries as evidence
from workflows.exceptions import NotFound
from workflows.formchecks import Home, Templates, check_domain, launched, with_marks
from workflows.forms import check
from workflows.hazards.models import Hazard
from workflows.hazards.rules import place_key
from workflows.obligations.models import Obligation
from workflows.processes import form_schema
from workflows.reports.service import take_if_missing
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.models import Draft, Submission

REPORTS = ("unit_file", "phase_review", "summary")  # forms that start with figures
SEEN_OF_HAZARD = ("title", "place", "description")  # what its lists repeat of the report
VERIFYING = ("verify", "accept")
FIX = ("cause", "correction", "prevention")  # what its ledger repeats of the fix
_TASKS: Final = select(UserTask).where(among_given(UserTask.id, "ids"))
_DRAFTS: Final = select(Draft.id, Draft.task_id, Draft.actor).where(among_given(Draft.task_id, "ids"))
_I: Final = ProcessInstance.__table__
_HOMES: Final = (
    select(_I.c.id, _I.c.business_key, _I.c.group_id, _I.c.variables)
    .where(among_given(_I.c.id, "ids"))
    .order_by(_I.c.id)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: `actor` goes into history and audit; `groups` are candidate groups such as `17:principal`.

    `absent` are the people they stand in for today, each with the candidate group it is about.
    """

    actor: str
    groups: frozenset[str]
    organization_id: int
    absent: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Filled:
    """A task's form and who sends it."""

    task_id: int
    form: Mapping[str, Any]
    person: Person


@dataclass(frozen=True, slots=True)
class Told:
    """What a submission says of its task."""

    instance_id: int
    subject: str
    node: str
    form_key: str
    round: int
    on_behalf_of: str | None


@dataclass(frozen=True, slots=True)
class Completed:
    """What a completion led to; `opened` are the ids of the tasks it opened."""

    instance_id: int
    ended: bool
    opened: tuple[int, ...]


def is_theirs(person: Person) -> ColumnElement[bool]:
    """The tasks they may see: of their groups, and those that somebody gave them."""
    return or_(UserTask.candidate_group.in_(person.groups), UserTask.assignee == person.actor)


def find(session: Session, task_id: int, person: Person) -> UserTask:
    """A task of theirs, open or closed. Raises NotFound for somebody else's: existence is not told."""
    task = session.get(UserTask, task_id)
    if task is None or (task.candidate_group not in person.groups and task.assignee != person.actor):
        raise NotFound(what="task", id=task_id)
    return task


def subject_of(session: Session, task: UserTask) -> str:
    """The business key of what a task is about."""
    return session.get_one(ProcessInstance, task.instance_id).business_key


def open_in(session: Session, instance_id: int, person: Person) -> list[UserTask]:
    """Their open tasks of one instance, the most urgent first."""
    theirs = is_theirs(person), UserTask.status == TaskStatus.OPEN, UserTask.instance_id == instance_id
    order = UserTask.due_at.is_(None), UserTask.due_at, UserTask.id
    return list(session.scalars(select(UserTask).where(*theirs).order_by(*order)))


def open_in_each(session: Session, instance_ids: Sequence[int | None], person: Person) -> dict[int, UserTask]:
    """Their most urgent open task of each of these instances, by instance."""
    wanted = [number for number in instance_ids if number is not None]
    theirs = is_theirs(person), UserTask.status == TaskStatus.OPEN, among(UserTask.instance_id, wanted)
    order = UserTask.due_at.is_(None), UserTask.due_at, UserTask.id
    found: dict[int, UserTask] = {}
    for task in session.scalars(select(UserTask).where(*theirs).order_by(*order)):
        found.setdefault(task.instance_id, task)
    return found


def complete(
    session: Session, task_id: int, *, form: Mapping[str, Any], person: Person, now: datetime
) -> Completed:
    """Complete a task with its form.

    Raises NotFound (not theirs), TaskClosed (somebody was quicker), TaskAssigned (somebody else has it),
    InstanceNotActive (its campaign is suspended), InvalidForm (`problems` per field),
    Conflict (a co-signature is missing or was refused), SamePerson (four eyes). Nothing is written then.
    """
    task = find(session, task_id, person)
    instance = _homes(session, [task.instance_id])[task.instance_id]
    sent = Filled(task_id, form, person)
    filled = _checked(session, sent, task, instance, templates=launched(session), now=now)
    cosigning.check(session, task_id, node=task.node, form=filled.form)
    named = evidence_ids(task.form_key, filled.form)
    evidence.check_usable(session, named, organization_id=person.organization_id)
    told = _told(task, instance, person)
    done = runtime.complete(
        session,
        task_id=task_id,
        form=_variables(filled.form, person),
        actor=person.actor,
        now=now,
        on_behalf_of=told.on_behalf_of,
    )
    _write_down(session, [(filled, told)], now=now)
    return Completed(done.instance_id, done.ended, tuple(done.opened))


def complete_many(session: Session, filled: Sequence[Filled], *, now: datetime) -> list[Completed]:
    """Complete tasks of different instances in few statements, answers in the given order.

    All or nothing: raises for the first that cannot be completed what `complete` raises.
    """
    found = {task.id: task for task in session.scalars(_TASKS, {"ids": [one.task_id for one in filled]})}
    instances = _homes(session, [task.instance_id for task in found.values()])
    templates = launched(session)
    checked, told = [], []
    for one in filled:
        task = find(session, one.task_id, one.person)
        instance = instances[task.instance_id]
        checked.append(_checked(session, one, task, instance, templates=templates, now=now))
        told.append(_told(task, instance, one.person))
    decided = [(one.task_id, about.node, one.form) for one, about in zip(checked, told, strict=True)]
    cosigning.check_each(session, decided)
    evidence.check_all_usable(
        session,
        [
            (one.person.organization_id, evidence_ids(found[one.task_id].form_key, one.form))
            for one in checked
        ],
    )
    forms = [
        FilledTask(one.task_id, _variables(one.form, one.person), one.person.actor, about.on_behalf_of)
        for one, about in zip(checked, told, strict=True)
    ]
    done = runtime.complete_many(session, forms, now=now)
    _write_down(session, list(zip(checked, told, strict=True)), now=now)
    return [Completed(one.instance_id, one.ended, tuple(one.opened)) for one in done]


def _homes(session: Session, instance_ids: Sequence[int]) -> dict[int, Home]:
    """The instances of tasks, locked in one order."""
    return {row.id: Home(*row) for row in session.execute(_HOMES, {"ids": instance_ids})}


def _checked(
    session: Session,
    filled: Filled,
    task: UserTask,
    instance: Home,
    *,
    templates: Templates,
    now: datetime,
) -> Filled:
    """What is filled in, with the names of the marks; its task is open and the form as it should be."""
    if task.status is TaskStatus.SUSPENDED:
        raise InstanceNotActive(task.instance_id, InstanceStatus.SUSPENDED)
    if task.status is not TaskStatus.OPEN:
        raise TaskClosed(task_id=task.id, closed_at=task.closed_at, actor=task.actor)
    form = with_marks(task, filled.form, instance, templates=templates)
    check(task.form_key, form)
    check_domain(session, task, form, instance, templates=templates, now=now)
    return replace(filled, form=form)


def _told(task: UserTask, instance: Home, person: Person) -> Told:
    """What is written down of a task, read before it is completed: the rows go stale then."""
    work_round = int(instance.variables.get("round", 1))
    absent = acts_for(task, person)
    return Told(instance.id, instance.business_key, task.node, task.form_key, work_round, absent)


def _write_down(session: Session, done: Sequence[tuple[Filled, Told]], *, now: datetime) -> None:
    """Submissions, what lists show of them, the audit log; drafts of who acted are gone."""
    rows = [
        {
            "instance_id": told.instance_id, "task_id": one.task_id, "node": told.node, "form_key": told.form_key,
            "round": told.round, "form": dict(one.form), "actor": one.person.actor,
            "on_behalf_of": told.on_behalf_of, "submitted_at": now,
        }
        for one, told in done
    ]  # fmt: skip
    session.connection().execute(insert(Submission), rows)
    for one, told in done:
        if told.form_key in REPORTS:
            subject = Subject.parse(told.subject)
            take_if_missing(session, subject, told.node, actor=one.person.actor, now=now)
    _drop_drafts(session, {(one.task_id, one.person.actor) for one, _ in done})
    _write_back(session, done, now)
    notes = [(one.person.actor, f"task.{told.node}", told.subject, _detail(one, told)) for one, told in done]
    audit.record_each(session, notes, at=now)
    session.flush()


def _drop_drafts(session: Session, sent: Set[tuple[int, str]]) -> None:
    found = session.execute(_DRAFTS, {"ids": [task_id for task_id, _ in sent]})
    over = [number for number, *of in found if tuple(of) in sent]
    if over:
        session.execute(delete(Draft).where(among(Draft.id, over)))


def _detail(filled: Filled, told: Told) -> dict[str, Any]:
    return dict(filled.form) | ({"_on_behalf_of": told.on_behalf_of} if told.on_behalf_of else {})


def acts_for(task: UserTask, person: Person) -> str | None:
    """The absent colleague who has this task and for whom the person stands in today."""
    has = task.assignee, task.candidate_group
    return task.assignee if task.assignee is not None and has in person.absent else None


def save_draft(
    session: Session, task_id: int, *, form: Mapping[str, Any], person: Person, now: datetime
) -> None:
    """Keep what has been typed; a draft need not be complete or right, and belongs to who typed it.

    Also kept when somebody was quicker (the typed words are not lost), but not begun then: TaskClosed.
    """
    task = find(session, task_id, person)
    typed = {"form": dict(form), "saved_at": now}
    own = Draft.task_id == task_id, Draft.actor == person.actor
    kept = task.status in (TaskStatus.OPEN, TaskStatus.SUSPENDED)
    if not kept and session.scalar(select(Draft.id).where(*own)) is None:
        raise TaskClosed(task_id=task.id, closed_at=task.closed_at, actor=task.actor)
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    first = dialect.insert(Draft).values(task_id=task_id, actor=person.actor, **typed)
    session.execute(first.on_conflict_do_update(index_elements=["task_id", "actor"], set_=typed))


def draft_of(session: Session, task_id: int, actor: str | None = None) -> Draft | None:
    """The draft of this person, else the newest of somebody else's."""
    query = select(Draft).where(Draft.task_id == task_id).order_by(Draft.saved_at.desc(), Draft.id.desc())
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    return next((one for one in found if one.actor == actor), found[0] if found else None)


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


def _write_back(session: Session, done: Sequence[tuple[Filled, Told]], now: datetime) -> None:
    """What lists show of a form beside its state: when it was submitted, what a hazard is."""
    signed, filed, reported, fixed, verified = [], [], [], [], []
    for one, told in done:
        subject = Subject.parse(told.subject)
        if subject.kind is SubjectKind.OBLIGATION and told.node == "sign" and one.form["signed"]:
            signed.append({"id": subject.id, "submitted_at": now})
        elif subject.kind is SubjectKind.UNIT_TASK and told.node == "file":
            filed.append({"id": subject.id, "submitted_at": now})
        elif subject.kind is SubjectKind.HAZARD and told.node == "report":
            seen = {name: one.form[name] for name in SEEN_OF_HAZARD}
            alike = {"kind": one.form.get("kind"), "place_key": place_key(one.form["place"])}
            reported.append({"id": subject.id, **seen, **alike})
        elif subject.kind is SubjectKind.HAZARD and told.node == "fix":
            fixed.append({"id": subject.id, "fixed_at": now, **{name: one.form[name] for name in FIX}})
        elif subject.kind is SubjectKind.HAZARD and told.node in VERIFYING and one.form["passed"]:
            verified.append({"id": subject.id, "verified_at": now})
    if signed:
        session.execute(update(Obligation), signed)
    if filed:
        session.execute(update(UnitTask), filed)
    if reported:
        session.execute(update(Hazard), reported)
    if fixed:
        session.execute(update(Hazard), fixed)
    if verified:
        session.execute(update(Hazard), verified)
