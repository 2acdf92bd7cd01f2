"""Read hazards with their steps; a step comes from the marking, so lists join the process instance."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from engine.among import among
from engine.models import ProcessInstance, UserTask
from engine.types import InstanceStatus
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardStep, step_of
from workflows.markings import open_nodes_by_marking
from workflows.register.models import Enterprise
from workflows.sight import Sight
from workflows.submissions.models import Submission
from workflows.submissions.queries import attachment_ids
from workflows.times import start_of_day

PAGE = 50


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list of hazards shows; None restricts nothing, open and closed alike."""

    enterprise_id: int | None = None
    closed: bool | None = False
    offset: int = 0
    campaign_id: int | None = None
    department_id: int | None = None
    found_from: date | None = None
    closed_from: date | None = None


def listed(session: Session, *, wanted: Filter, sight: Sight) -> list[tuple[Hazard, Enterprise]]:
    """One page with its enterprises, one more than `PAGE` when there are further ones: what is due first, first."""
    query = select(Hazard, Enterprise).join(Enterprise, Enterprise.id == Hazard.enterprise_id)
    query = query.where(sight.of(Hazard), *_conditions(wanted))
    order = (Hazard.due_at.is_(None), Hazard.due_at, Hazard.id)
    page = query.order_by(*order).offset(wanted.offset).limit(PAGE + 1)
    return [(hazard, firm) for hazard, firm in session.execute(page)]


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    pairs = {
        Hazard.enterprise_id: wanted.enterprise_id, Hazard.campaign_id: wanted.campaign_id,
        Hazard.department_id: wanted.department_id,
    }  # fmt: skip
    yield from (key == value for key, value in pairs.items() if value is not None)
    if wanted.closed is not None:
        yield Hazard.closed_at.is_not(None) if wanted.closed else Hazard.closed_at.is_(None)
    if wanted.found_from is not None:
        yield Hazard.found_at >= start_of_day(wanted.found_from)
    if wanted.closed_from is not None:
        yield Hazard.closed_at >= start_of_day(wanted.closed_from)


def counts(session: Session, *, sight: Sight) -> tuple[int, int]:
    """How many hazards in sight are open, and how many are closed."""
    is_open = func.sum(case((Hazard.closed_at.is_(None), 1), else_=0))
    whole, still_open = session.execute(select(func.count(), is_open).where(sight.of(Hazard))).one()
    return still_open or 0, whole - (still_open or 0)


@dataclass(frozen=True, slots=True)
class Held:
    """A task that waits: its node, its candidate group, and when it is due, if it has a date."""

    node: str
    group: str
    due_at: datetime | None


def held(session: Session, found: Iterable[Hazard]) -> dict[int, list[Held]]:
    """The open tasks of each of these hazards, by id; what waits for the system has none."""
    by_instance = {hazard.instance_id: hazard.id for hazard in found}
    query = (
        select(UserTask.instance_id, UserTask.node, UserTask.candidate_group, UserTask.due_at)
        .where(among(UserTask.instance_id, by_instance), UserTask.closed_at.is_(None))
        .order_by(UserTask.id)
    )
    tasks: dict[int, list[Held]] = {}
    for instance_id, node, group, due_at in session.execute(query):
        tasks.setdefault(by_instance[instance_id], []).append(Held(node, group, due_at))
    return tasks


def of_obligation(session: Session, obligation_id: int) -> list[Hazard]:
    """The hazards that a self-check opened, oldest first."""
    return list(
        session.scalars(select(Hazard).where(Hazard.obligation_id == obligation_id).order_by(Hazard.id))
    )


def steps_of(session: Session, hazards: Iterable[Hazard]) -> dict[int, HazardStep]:
    """The step of each hazard, by id."""
    by_instance = {hazard.instance_id: hazard.id for hazard in hazards}
    known = open_nodes_by_marking(session, "hazard")
    query = select(ProcessInstance.id, ProcessInstance.marking_id, ProcessInstance.status).where(
        among(ProcessInstance.id, by_instance)
    )
    return {
        by_instance[number]: step_of(
            known.get(marking_id or 0, frozenset()), ended=status == InstanceStatus.COMPLETED
        )
        for number, marking_id, status in session.execute(query)
    }


def shows(session: Session, evidence_id: int, *, enterprise_id: int, department_ids: Collection[int]) -> bool:
    """Whether the evidence is part of a hazard of the enterprise that one of these departments deals with."""
    theirs = Hazard.enterprise_id == enterprise_id, Hazard.department_id.in_(department_ids)
    if not department_ids:
        return False
    entered = select(Submission).join(Hazard, Hazard.instance_id == Submission.instance_id).where(*theirs)
    if any(evidence_id in attachment_ids(one) for one in session.scalars(entered)):
        return True
    seen = (
        select(ProcessInstance.variables)
        .join(Hazard, Hazard.instance_id == ProcessInstance.id)
        .where(*theirs)
    )
    return any(evidence_id in (values.get("photos") or []) for values in session.scalars(seen))
