"""Yearly self-evaluations: set by the lead office with a due day, filed by each body, accepted or sent back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from engine.types import NewInstance
from workflows.accounts.types import Role
from workflows.appraisal.library import years
from workflows.appraisal.models import EvaluationTask, SelfEvaluation
from workflows.appraisal.queries import latest
from workflows.audit import service as audit
from workflows.calendar.service import load
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.notifications.service import notify_each
from workflows.obligations.rules import RoundKind
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.rounds import fifth_workday
from workflows.subjectrows import rows_of
from workflows.subjects import Subject, SubjectKind, group_of
from workflows.times import day_of, end_of_day, iso

KEY = "self_evaluation"
LADDER = "unit"  # a body answers for it, as for its duties
ROLES = {
    OrganizationKind.DEPARTMENT: Role.DEPARTMENT_OFFICER,
    OrganizationKind.TOWN: Role.TOWN_OFFICER,
}


def bodies(session: Session) -> list[Organization]:
    """Who evaluates itself: every department and every town."""
    return [body for kind in ROLES for body in organizations.of_kind(session, kind)]


def set_year(session: Session, *, year: int, due_on: date, actor: str, now: datetime) -> list[EvaluationTask]:
    """Every body that has no task for the year yet gets one, due by the end of `due_on` (003 prints no day).

    Raises NotFound for a year of no plan, InvalidForm for a day that is past, Conflict when all have theirs.
    """
    if year not in years():
        raise NotFound(what="appraisal", year=year)
    if due_on < day_of(now):
        raise InvalidForm(problems=[FieldProblem("due_on", "not-future")])
    known = set(session.scalars(select(EvaluationTask.body_id).where(EvaluationTask.year == year)))
    missing = [body for body in bodies(session) if body.id not in known]
    if not missing:
        raise Conflict(what="self-evaluation-set")
    opened = [_opened(body, year=year, due_at=end_of_day(due_on), actor=actor, now=now) for body in missing]
    session.add_all(opened)
    session.flush()
    _start(session, opened, now=now)
    audit.record(
        session, at=now, actor=actor, action="appraisal.set", subject=f"self_evaluation:{opened[0].id}",
        detail={"year": year, "due_on": due_on.isoformat(), "bodies": len(opened)},
    )  # fmt: skip
    return opened


def _opened(body: Organization, *, year: int, due_at: datetime, actor: str, now: datetime) -> EvaluationTask:
    return EvaluationTask(
        year=year, body_id=body.id, body_role=ROLES[body.kind].value, title=f"{year}年度自评", due_at=due_at,
        round=1, set_by=actor, set_at=now,
    )  # fmt: skip


def _start(session: Session, opened: list[EvaluationTask], *, now: datetime) -> None:
    office = organizations.office_id(session)
    starts = [
        NewInstance(str(Subject(SubjectKind.SELF_EVALUATION, one.id)), _variables(one, office))
        for one in opened
    ]
    ids = runtime.start_many(session, key=KEY, instances=starts, group_id=None, now=now)
    for one, instance_id in zip(opened, ids, strict=True):
        one.instance_id = instance_id
    session.flush()
    told = [
        (
            group_of("body", start.variables),
            start.business_key,
            {"title": one.title, "due_at": iso(one.due_at)},
        )
        for one, start in zip(opened, starts, strict=True)
    ]
    notify_each(session, told, kind="self_evaluation.set", at=now)


def _variables(one: EvaluationTask, office: int) -> dict[str, Any]:
    body = one.body_id
    return {
        "evaluation_id": one.id,
        "year": one.year,
        "body_id": body,
        "body_role": one.body_role,
        "office_id": office,
        "enterprise_id": None,
        "town_id": body if one.body_role == Role.TOWN_OFFICER else None,
        "department_id": body if one.body_role == Role.DEPARTMENT_OFFICER else None,
        "title": one.title,
        "due_at": iso(one.due_at),
        "round": 1,
        "round_kind": RoundKind.FIRST.value,
        "ladder": LADDER,
        "step": 0,
    }


def record(session: Session, job: JobContext) -> None:
    """What the body filed; what it filed before stays."""
    [task] = rows_of(session, EvaluationTask, [job])
    said = job.variables
    session.add(
        SelfEvaluation(
            body_id=task.body_id, year=task.year, statement=said["statement"], filed_by=said["actor"],
            filed_at=job.now,
        )
    )  # fmt: skip
    session.flush()


def next_round(session: Session, job: JobContext) -> Mapping[str, Any]:
    """It was sent back: at least five working days, and the reason is told."""
    [task] = rows_of(session, EvaluationTask, [job])
    _judge(session, task, job, accepted=False)
    add = load(session).add
    task.round, task.due_at = task.round + 1, max(task.due_at, fifth_workday(job.now, add))
    reason = str(job.variables.get("reason") or "")
    notice = {"title": task.title, "kind": RoundKind.RETURN.value, "reason": reason}
    told = [(group_of("body", job.variables), job.business_key, notice)]
    notify_each(session, told, kind="round.return", at=job.now)
    return {
        "round": task.round,
        "round_kind": RoundKind.RETURN.value,
        "step": 0,
        "due_at": iso(task.due_at),
    }


def close(session: Session, job: JobContext) -> None:
    """The lead office agrees; the body is told."""
    [task] = rows_of(session, EvaluationTask, [job])
    _judge(session, task, job, accepted=True)
    task.closed_at = job.now
    told = [(group_of("body", job.variables), job.business_key, {"title": task.title})]
    notify_each(session, told, kind="obligation.closed", at=job.now)


def _judge(session: Session, task: EvaluationTask, job: JobContext, *, accepted: bool) -> None:
    one = latest(session, year=task.year, body_id=task.body_id)
    if one is None:
        raise NotFound(what="self-evaluation", id=task.id)
    one.accepted, one.opinion = accepted, str(job.variables.get("reason") or "") or None
    one.checked_by, one.checked_at = job.variables["actor"], job.now
    session.flush()
