"""Dispatch a phase: one obligation per item and enterprise, each with a process instance of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine import runtime
from engine.handlers import AGAIN, Again, JobContext
from engine.types import NewInstance
from workflows.campaigns.models import Campaign, PhaseDispatch
from workflows.campaigns.planning import Member, concerned, dispatched, phase_of
from workflows.campaigns.service import Scope, members, template_of
from workflows.campaigns.templates import CampaignTemplate, TemplateItem
from workflows.notifications.service import notify_each
from workflows.obligations.models import Obligation
from workflows.register.types import RiskLevel
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of, end_of_day, iso

AT_ONCE = 100  # enterprises in one transaction: some two thousand obligations, a second or two


def dispatch_phase(session: Session, job: JobContext) -> dict[str, Any] | Again:
    """Create the obligations of one phase, once, for a hundred enterprises at a time: however large the district, no
    transaction holds up the others for long. A further call goes on where the last one stopped.
    """
    campaign = session.get_one(Campaign, Subject.parse(job.business_key).id)
    done = _progress(session, campaign.id, phase=int(job.properties["phase"]), now=job.now)
    if done.is_complete:
        return {}
    scope = Scope.from_json(campaign.scope)
    some = members(session, scope, after=done.last_enterprise_id, limit=AT_ONCE)
    done.obligations += create_obligations(session, campaign, some, phase=done.phase, now=job.now)
    done.is_complete = len(some) < AT_ONCE
    if done.is_complete:
        return {f"dispatched_{done.phase}": done.obligations}
    done.last_enterprise_id = some[-1].enterprise_id
    return AGAIN


def _progress(session: Session, campaign_id: int, *, phase: int, now: datetime) -> PhaseDispatch:
    known = PhaseDispatch.campaign_id == campaign_id, PhaseDispatch.phase == phase
    done = session.scalar(select(PhaseDispatch).where(*known))
    if done is None:
        done = PhaseDispatch(campaign_id=campaign_id, phase=phase, dispatched_at=now)
        session.add(done)
        session.flush()
    return done


def create_obligations(
    session: Session, campaign: Campaign, scope: Sequence[Member], *, phase: int, now: datetime
) -> int:
    """Insert the obligations of a phase and start their processes; one notice per enterprise."""
    template = template_of(campaign)
    launched_on = day_of(campaign.launched_at)
    items = [i for i in dispatched(template, launched_on=launched_on) if phase_of(template, i) == phase]
    wanted = [(item, member) for item in items for member in concerned(item, scope)]
    if wanted:
        _insert(session, campaign, wanted, phase=phase, now=now)
        _announce(session, campaign, template, wanted, phase=phase, now=now)
    return len(wanted)


def _insert(
    session: Session,
    campaign: Campaign,
    wanted: list[tuple[TemplateItem, Member]],
    *,
    phase: int,
    now: datetime,
) -> None:
    rows = [_row(campaign, item, member, phase) for item, member in wanted]
    # The unique key comes back beside the id: asking for the order would cost a statement per row on SQLite.
    inserted = insert(Obligation).returning(Obligation.id, Obligation.item_code, Obligation.enterprise_id)
    found = session.execute(inserted, rows, execution_options={"render_nulls": True})
    by_key = {(code, enterprise_id): number for number, code, enterprise_id in found}
    ids = [by_key[item.code, member.enterprise_id] for item, member in wanted]
    starts = [
        NewInstance(str(Subject(SubjectKind.OBLIGATION, number)), _variables(campaign, item, member, number))
        for number, (item, member) in zip(ids, wanted, strict=True)
    ]
    instances = runtime.start_many(session, key="obligation", instances=starts, group_id=campaign.id, now=now)
    links = [{"id": number, "instance_id": instance} for number, instance in zip(ids, instances, strict=True)]
    session.execute(update(Obligation), links)


def _row(campaign: Campaign, item: TemplateItem, member: Member, phase: int) -> dict[str, Any]:
    due_at = end_of_day(item.due_on) if item.due_on else None
    return {
        "campaign_id": campaign.id,
        "item_code": item.code,
        "period": "",
        "title": item.title,
        "phase": phase,
        "enterprise_id": member.enterprise_id,
        "town_id": member.town_id,
        "department_id": member.department_id,
        "due_at": due_at,
        "original_due_at": due_at,
        "round": 1,
        "round_kind": "first",
    }


def _variables(campaign: Campaign, item: TemplateItem, member: Member, obligation_id: int) -> dict[str, Any]:
    return {
        "obligation_id": obligation_id,
        "enterprise_id": member.enterprise_id,
        "town_id": member.town_id,
        "department_id": member.department_id,
        "office_id": campaign.office_id,
        "title": item.title,
        "item_code": item.code,
        "due_at": iso(end_of_day(item.due_on)) if item.due_on else None,
        "round": 1,
        "round_kind": "first",
        "ladder": "obligation",
        "open_hazards": 0,
        "step": 0,
        "risk_major": member.facts.risk_level is RiskLevel.MAJOR,
    }


def _announce(
    session: Session,
    campaign: Campaign,
    template: CampaignTemplate,
    wanted: list[tuple[TemplateItem, Member]],
    *,
    phase: int,
    now: datetime,
) -> None:
    counts = Counter(member.enterprise_id for _, member in wanted)
    data = {"campaign": campaign.title, "phase": template.phases[phase - 1].name}
    notices = [
        (f"{enterprise}:safety_officer", f"campaign:{campaign.id}", {**data, "count": count})
        for enterprise, count in counts.items()
    ]
    notify_each(session, notices, kind="campaign.dispatched", at=now)
