"""Create unit tasks: one per duty, body and period, each with a process of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from engine import runtime
from engine.types import NewInstance
from workflows.campaigns.models import Campaign
from workflows.campaigns.planning import BodyTarget, Occurrence, answering, is_continuous
from workflows.campaigns.scope import Scope
from workflows.campaigns.service import template_of
from workflows.campaigns.types import Duty
from workflows.duties.bodies import bodies_of
from workflows.duties.models import UnitTask
from workflows.notifications.service import notify_each
from workflows.subjects import Subject, SubjectKind
from workflows.times import end_of_day, iso

Wanted = tuple[Occurrence, BodyTarget]


def create_unit_tasks(
    session: Session, campaign: Campaign, opening: Sequence[Occurrence], *, now: datetime
) -> int:
    """Insert the tasks of these occurrences for every body they fall to; one notice per body."""
    bodies = bodies_of(session, scope=Scope.from_json(campaign.scope), office_id=campaign.office_id)
    wanted = [
        (one, target) for one in opening if isinstance(one.row, Duty) for target in answering(one.row, bodies)
    ]
    if wanted:
        insert_unit_tasks(session, campaign, wanted, now=now)
        _announce(session, campaign, wanted, now=now)
    return len(wanted)


def insert_unit_tasks(
    session: Session,
    campaign: Campaign,
    wanted: Sequence[Wanted],
    *,
    now: datetime,
    opened_by: str | None = None,
) -> list[int]:
    """The rows with their process instances, in the order of `wanted`; ids of the tasks."""
    rows = [{**_row(campaign, one, target), "opened_by": opened_by} for one, target in wanted]
    key = UnitTask.duty_code, UnitTask.period, UnitTask.body_id
    found = session.execute(
        insert(UnitTask).returning(UnitTask.id, *key), rows, execution_options={"render_nulls": True}
    )
    by_key = {(code, period, body): number for number, code, period, body in found}
    ids = [by_key[one.row.code, one.period, target.organization_id] for one, target in wanted]
    starts = [
        NewInstance(str(Subject(SubjectKind.UNIT_TASK, number)), _variables(campaign, one, target, number))
        for number, (one, target) in zip(ids, wanted, strict=True)
    ]
    instances = runtime.start_many(session, key="unit_task", instances=starts, group_id=campaign.id, now=now)
    links = [{"id": number, "instance_id": instance} for number, instance in zip(ids, instances, strict=True)]
    session.execute(update(UnitTask), links)
    return ids


def _row(campaign: Campaign, one: Occurrence, target: BodyTarget) -> dict[str, Any]:
    return {
        "campaign_id": campaign.id,
        "duty_code": one.row.code,
        "period": one.period,
        "title": one.title,
        "phase": one.phase,
        "body_id": target.organization_id,
        "body_role": target.role,
        "town_id": target.town_id,
        "department_id": target.department_id,
        "enterprise_id": target.enterprise_id,
        "due_at": one.due_at,
        "original_due_at": one.due_at,
        "round": 1,
        "round_kind": "first",
    }


def _variables(campaign: Campaign, one: Occurrence, target: BodyTarget, task_id: int) -> dict[str, Any]:
    assert isinstance(one.row, Duty)
    return {
        "unit_task_id": task_id,
        "body_id": target.organization_id,
        "body_role": str(target.role),
        "town_id": target.town_id,
        "department_id": target.department_id,
        "enterprise_id": target.enterprise_id,
        "office_id": campaign.office_id,
        "title": one.title,
        "item_code": one.row.code,
        "due_at": iso(one.due_at) if one.due_at else None,
        "goes_on_until": iso(end_of_day(template_of(campaign).ends_on)) if is_continuous(one.row) else None,
        "round": 1,
        "round_kind": "first",
        "ladder": "unit",
        "step": 0,
    }


def _announce(session: Session, campaign: Campaign, wanted: Sequence[Wanted], *, now: datetime) -> None:
    counts = Counter((target.organization_id, target.role) for _, target in wanted)
    notices = [
        (f"{body}:{role}", f"campaign:{campaign.id}", {"campaign": campaign.title, "count": count})
        for (body, role), count in counts.items()
    ]
    notify_each(session, notices, kind="unit.dispatched", at=now)
