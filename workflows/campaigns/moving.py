"""When an enterprise gets another town or department, what is open of it goes over to the new office."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine import runtime
from engine.among import among
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.hazards.models import Hazard
from workflows.obligations.models import Extension, Obligation
from workflows.openwork import hand_over
from workflows.register.models import Enterprise
from workflows.subjects import SubjectKind

OPEN = (InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED)
OFFICERS = (("town_id", "town_officer"), ("department_id", "department_officer"))


def rehome(
    session: Session, firms: Sequence[Enterprise], *, now: datetime, actor: str
) -> Iterator[tuple[Obligation, dict[str, Any]]]:
    """Move what is open to the enterprises' present offices; yields each obligation moved, with from and to.

    What is closed stays with the office that dealt with it.
    """
    by_id = {firm.id: firm for firm in firms}
    models: tuple[Any, ...] = (Obligation, Hazard)
    for model in models:
        query: Any = (
            select(model)
            .join(Enterprise, Enterprise.id == model.enterprise_id)
            .join(ProcessInstance, ProcessInstance.id == model.instance_id)
            .where(
                among(model.enterprise_id, by_id),
                ProcessInstance.status.in_(OPEN),
                or_(model.town_id != Enterprise.town_id, model.department_id != Enterprise.department_id),
            )
        )
        found: Sequence[Obligation | Hazard] = session.scalars(query).all()
        for held in found:
            reason = _move(session, held, by_id[held.enterprise_id], now=now, actor=actor)
            if isinstance(held, Obligation):
                yield held, reason


def _move(
    session: Session, held: Obligation | Hazard, firm: Enterprise, *, now: datetime, actor: str
) -> dict[str, Any]:
    old = {name: getattr(held, name) for name, _ in OFFICERS}
    new = {name: getattr(firm, name) for name, _ in OFFICERS}
    held.town_id, held.department_id = firm.town_id, firm.department_id
    kind = SubjectKind.OBLIGATION if isinstance(held, Obligation) else SubjectKind.HAZARD
    asked = select(Extension.instance_id).where(
        Extension.subject_kind == kind, Extension.subject_id == held.id, Extension.decided_at.is_(None)
    )
    for instance_id in [held.instance_id, *session.scalars(asked)]:
        assert instance_id is not None
        runtime.set_variables(session, instance_id, new, now=now, actor=actor)
        for name, role in OFFICERS:
            hand_over(session, instance_id, f"{old[name]}:{role}", f"{new[name]}:{role}")
    session.flush()
    return {"from": old, "to": new}
