"""Read the ladder of one round: steps taken, steps to come."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from engine.markings import open_nodes
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.appraisal.models import EvaluationTask
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load
from workflows.duties.models import UnitTask
from workflows.enforcement.models import Enforcement
from workflows.escalation.climbing import Add
from workflows.escalation.models import Escalation
from workflows.escalation.rules import LadderStep, Outcome, Unit, is_passed, left, planned_at
from workflows.escalation.tables import table_of
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind
from workflows.times import parse_iso
from workflows.tips.models import Tip, TipCode

LOOKED_AT = 500  # steps of one group: an office that got more today reads the board, not the newest six
LADDER_NODES = frozenset({"plan_steps", "await_calendar", "wait", "act"})  # of `escalation`


@dataclass(frozen=True, slots=True)
class Planned:
    """One step: `acted_at` is None while it lies ahead; `planned_at` is None while its year has no calendar."""

    action: str
    offset: int
    recipient: str
    planned_at: datetime | None
    acted_at: datetime | None
    outcome: str | None
    unit: Unit = Unit.WORKDAY


@dataclass(frozen=True, slots=True)
class Reached:
    """A step that reached somebody: the title of what it is about and whose it is."""

    step: Escalation
    title: str
    enterprise: str

    @property
    def subject(self) -> Subject:
        return Subject(SubjectKind(self.step.subject_kind), self.step.subject_id)


def taken(session: Session, subject: Subject) -> list[Escalation]:
    """Every step taken for a subject, oldest first."""
    query = select(Escalation).where(
        Escalation.subject_kind == subject.kind, Escalation.subject_id == subject.id
    )
    return list(session.scalars(query.order_by(Escalation.id)))


def ladder_of(
    session: Session, instance: ProcessInstance, subject: Subject, *, now: datetime
) -> list[Planned]:
    """The ladder of the present round; none for a subject without a due date or one that is over. Once the work
    is handed in, only the steps that were taken."""
    due_at = parse_iso(instance.variables.get("due_at"))
    if due_at is None or instance.status == InstanceStatus.COMPLETED:
        return []
    present = [one for one in taken(session, subject) if one.round == instance.variables["round"]]
    if not any(token.node in LADDER_NODES for token in open_nodes(session, instance.id)):
        return [_done(one) for one in present]
    offsets = {one.step: one.offset for one in present}
    table, add = table_of(session, instance.group_id), load(session).add
    ahead = [
        one for one in left(table.steps(instance.variables["ladder"]), offsets) if not is_passed(one, offsets)
    ]
    return [*(_done(one) for one in present), *(_ahead(one, due_at, add) for one in ahead)]


def _done(one: Escalation) -> Planned:
    recipient = one.candidate_group.partition(":")[2]
    return Planned(one.action, one.offset, recipient, one.planned_at, one.acted_at, one.outcome)


def _ahead(step: LadderStep, due_at: datetime, add: Add) -> Planned:
    try:
        at = planned_at(step, due_at=due_at, add_workdays=add)
    except CalendarMissing:
        at = None
    return Planned(step.action, step.offset, step.recipient, at, None, None, step.unit)


def for_groups(session: Session, groups: Iterable[str], *, limit: int = 50) -> list[Reached]:
    """The newest steps that reached one of these groups about what is still open, with what they are about.

    Of each group's newest `LOOKED_AT`: what reached it before is on the overdue board.
    """
    known = {"looked_at": LOOKED_AT, "limit": limit}
    rows = [row for group in groups for row in session.execute(_newest(), {"group": group, **known})]
    found = [Reached(*row) for row in rows]
    return sorted(found, key=lambda one: (one.step.acted_at, one.step.id), reverse=True)[:limit]


@cache
def _newest() -> Select[Escalation, str, str]:
    """The newest of `group`, `limit` at most, of `looked_at` steps."""
    newest_first = Escalation.acted_at.desc(), Escalation.id.desc()
    mine = Escalation.candidate_group == bindparam("group"), Escalation.outcome == Outcome.SENT
    looked_at = select(Escalation).where(*mine).order_by(*newest_first).limit(bindparam("looked_at"))
    step = aliased(Escalation, looked_at.subquery())
    title = func.coalesce(
        Obligation.title, Hazard.title, UnitTask.title, Enforcement.title, EvaluationTask.title, TipCode.place, "",
    )  # fmt: skip
    return (
        select(step, title, func.coalesce(Organization.name, Enterprise.name, ""))
        .outerjoin(Enterprise, Enterprise.id == step.enterprise_id)
        .outerjoin(Obligation, _about(step, SubjectKind.OBLIGATION, Obligation))
        .outerjoin(Hazard, _about(step, SubjectKind.HAZARD, Hazard))
        .outerjoin(UnitTask, _about(step, SubjectKind.UNIT_TASK, UnitTask))
        .outerjoin(Enforcement, _about(step, SubjectKind.ENFORCEMENT, Enforcement))
        .outerjoin(EvaluationTask, _about(step, SubjectKind.SELF_EVALUATION, EvaluationTask))
        .outerjoin(Tip, _about(step, SubjectKind.TIP, Tip))
        .outerjoin(TipCode, TipCode.id == Tip.code_id)
        .outerjoin(Organization, Organization.id == func.coalesce(UnitTask.body_id, EvaluationTask.body_id))
        .where(Obligation.closed_at.is_(None), Hazard.closed_at.is_(None), UnitTask.closed_at.is_(None))
        .where(Enforcement.closed_at.is_(None), EvaluationTask.closed_at.is_(None), Tip.decided_at.is_(None))
        .order_by(step.acted_at.desc(), step.id.desc())
        .limit(bindparam("limit"))
    )


def _about(step: type[Escalation], kind: SubjectKind, model: Any) -> ColumnElement[bool]:
    return and_(step.subject_kind == kind, model.id == step.subject_id)
