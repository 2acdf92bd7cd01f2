"""Open enforcements, and what their process asks of the domain: orders, re-checks, decisions, the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import JobContext
from engine.types import NewInstance
from workflows.audit import service as audit
from workflows.campaigns.models import Campaign, FailingList, FailingListEntry
from workflows.campaigns.service import template_of
from workflows.enforcement.models import Enforcement
from workflows.notifications.service import notify_all
from workflows.register.models import Enterprise
from workflows.subjectrows import rows_of
from workflows.subjects import Subject, SubjectKind, group_of
from workflows.times import day_of, end_of_day, iso

RECHECK_DAYS = 10  # 鄂安〔2010〕20号 §10: within ten days of the enterprise's report or the end of its time
VISIT_DAYS = 10  # [D] when the phase of joint enforcement is over already
ENFORCEMENT_PHASE = 3  # seed 002: 集中攻坚
CHECK, ORDER = "enforcement_check", "enforcement_order"  # ladders


def open_for(
    session: Session,
    listed: FailingList,
    entries: Sequence[FailingListEntry],
    *,
    office_id: int,
    now: datetime,
) -> list[Enforcement]:
    """One per line that stands, each with a process of its own.

    It goes on when its campaign is suspended or cancelled: an order that was given stays an order.
    """
    campaign = session.get_one(Campaign, listed.campaign_id)
    firms = select(Enterprise).where(Enterprise.id.in_([one.enterprise_id for one in entries]))
    found = {firm.id: firm for firm in session.scalars(firms)}
    due_at = _first_visit(campaign, now)
    opened = [_opened(listed, entry, found[entry.enterprise_id], due_at=due_at, now=now) for entry in entries]
    session.add_all(opened)
    session.flush()
    starts = [
        NewInstance(str(Subject(SubjectKind.ENFORCEMENT, one.id)), _variables(one, office_id))
        for one in opened
    ]
    ids = runtime.start_many(session, key="enforcement", instances=starts, group_id=None, now=now)
    for one, instance_id in zip(opened, ids, strict=True):
        one.instance_id = instance_id
    session.flush()
    return opened


def _first_visit(campaign: Campaign, now: datetime) -> datetime:
    """By the end of the phase of joint enforcement."""
    phases = template_of(campaign).phases
    last = phases[ENFORCEMENT_PHASE - 1].ends_on if len(phases) >= ENFORCEMENT_PHASE else day_of(now)
    return end_of_day(last if last > day_of(now) else day_of(now) + timedelta(days=VISIT_DAYS))


def _opened(
    listed: FailingList, entry: FailingListEntry, firm: Enterprise, *, due_at: datetime, now: datetime
) -> Enforcement:
    return Enforcement(
        campaign_id=listed.campaign_id,
        list_id=listed.id,
        entry_id=entry.id,
        enterprise_id=firm.id,
        town_id=firm.town_id,
        department_id=listed.department_id,
        title=f"执法检查：{firm.name}",
        due_at=due_at,
        opened_at=now,
        round=1,
    )


def _variables(one: Enforcement, office_id: int) -> dict[str, Any]:
    return {
        "enforcement_id": one.id,
        "enterprise_id": one.enterprise_id,
        "town_id": one.town_id,
        "department_id": one.department_id,
        "office_id": office_id,
        "title": one.title,
        "due_at": one.due_at and iso(one.due_at),
        "round": 1,
        "ladder": CHECK,
        "step": 0,
    }


def order(session: Session, job: JobContext) -> Mapping[str, Any]:
    """责令限期整改: the enterprise has until the day that a person wrote down."""
    due_at = end_of_day(date.fromisoformat(job.variables["order_due_on"]))
    answer = _next_round(session, job, due_at=due_at, ladder=ORDER)
    _tell(session, job, "enforcement.ordered", {"due_at": iso(due_at), "reason": _reasons(job)})
    return answer


def expect_recheck(session: Session, job: JobContext) -> Mapping[str, Any]:
    """Somebody goes and looks within ten days."""
    due_at = end_of_day(day_of(job.now) + timedelta(days=RECHECK_DAYS))
    return _next_round(session, job, due_at=due_at, ladder=CHECK)


def _next_round(session: Session, job: JobContext, *, due_at: datetime, ladder: str) -> Mapping[str, Any]:
    [one] = rows_of(session, Enforcement, [job])
    one.round, one.due_at = one.round + 1, due_at
    return {"round": one.round, "due_at": iso(due_at), "ladder": ladder, "step": 0, "step_waiting": None}


def sanction(session: Session, job: JobContext) -> None:
    """Write down what a named person decided; the enterprise is told with its rights."""
    [one] = rows_of(session, Enforcement, [job])
    one.outcome, one.closed_at = job.variables["decision"], job.now
    audit.record(
        session, at=job.now, actor=job.variables["actor"], action=f"enforcement.{one.outcome}",
        subject=job.business_key, detail={"opinion": job.variables["opinion"]},
    )  # fmt: skip
    _tell(session, job, f"enforcement.{one.outcome}", {"reason": job.variables["opinion"]})


def close(session: Session, job: JobContext) -> None:
    """Put right, or nothing follows."""
    [one] = rows_of(session, Enforcement, [job])
    put_right = job.variables["result"] == "put_right"
    one.outcome, one.closed_at = "closed" if put_right else "none", job.now
    _tell(session, job, "enforcement.closed", {})


def _reasons(job: JobContext) -> str:
    return str(job.variables.get("findings") or "")


def _tell(session: Session, job: JobContext, kind: str, data: Mapping[str, Any]) -> None:
    groups = [group_of(role, job.variables) for role in ("safety_officer", "principal")]
    told = {"title": job.variables["title"], **data}
    notify_all(session, groups, kind=kind, subject=job.business_key, data=told, at=job.now)
