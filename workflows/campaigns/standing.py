"""Suspend, resume or cancel a campaign with all that runs in it but its hazards: danger is fixed all the same."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from engine import groups
from engine.models import ProcessInstance
from workflows.audit import service as audit
from workflows.campaigns import catchingup
from workflows.campaigns.models import Campaign, CampaignChange
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.notifications.service import notify_all
from workflows.obligations.models import Extension, Obligation
from workflows.subjects import Subject, SubjectKind

MIN_REASON = 5  # characters


def suspend(session: Session, campaign_id: int, *, reason: str, actor: str, now: datetime) -> int:
    """Nothing can be handed in and nothing falls due until it is resumed; due dates stay.

    Returns the number of processes that stopped. Raises InvalidForm without a reason, Conflict unless it runs.
    """
    campaign = _locked(session, campaign_id, reason)
    if not campaign.runs:
        raise _conflict(session, campaign)
    stopped = groups.suspend(session, _all_but_hazards(campaign_id), now=now, actor=actor)
    campaign.suspended_at = now
    _note(session, campaign, "suspended", reason=reason, actor=actor, now=now)
    return stopped


def resume(session: Session, campaign_id: int, *, reason: str, actor: str, now: datetime) -> int:
    """Go on; what fell due meanwhile happens at the next sweep, and what changed in the register is caught up on.

    Returns the number of processes that go on. Raises InvalidForm without a reason, Conflict unless suspended.
    """
    campaign = _locked(session, campaign_id, reason)
    if campaign.suspended_at is None:
        raise _conflict(session, campaign)
    running = groups.resume(session, _all_but_hazards(campaign_id), now=now, actor=actor)
    catchingup.begin(campaign, since=campaign.suspended_at)
    campaign.suspended_at = None
    _note(session, campaign, "resumed", reason=reason, actor=actor, now=now)
    return running


def cancel(session: Session, campaign_id: int, *, reason: str, actor: str, now: datetime) -> int:
    """Withdraw every open obligation, for good. What was handed in and decided is kept, and hazards go on.

    Returns the number of processes withdrawn. Raises InvalidForm without a reason, Conflict when it is over.
    """
    campaign = _locked(session, campaign_id, reason)
    if campaign.cancelled_at or campaign.archived_at:
        raise _conflict(session, campaign)
    withdrawn = groups.cancel(session, _all_but_hazards(campaign_id), reason=reason, now=now, actor=actor)
    campaign.suspended_at, campaign.cancelled_at = None, now
    _note(session, campaign, "cancelled", reason=reason, actor=actor, now=now)
    return withdrawn


def changes(session: Session, campaign_id: int) -> list[CampaignChange]:
    """What was done to a campaign, the newest first."""
    query = select(CampaignChange).where(CampaignChange.campaign_id == campaign_id)
    return list(session.scalars(query.order_by(CampaignChange.id.desc())))


def count_open(session: Session, campaign_id: int) -> int:
    """How many of its obligations are neither closed nor withdrawn."""
    open_ones = (
        select(func.count())
        .select_from(Obligation)
        .where(Obligation.campaign_id == campaign_id, Obligation.closed_at.is_(None))
    )
    return session.scalar(open_ones) or 0


def _locked(session: Session, campaign_id: int, reason: str) -> Campaign:
    campaign = session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if campaign is None:
        raise NotFound(what="campaign", id=campaign_id)
    if len(reason.strip()) < MIN_REASON:
        raise InvalidForm(problems=[FieldProblem("reason", "minLength", {"limit": MIN_REASON})])
    return campaign


def _conflict(session: Session, campaign: Campaign) -> Conflict:
    newest = next(iter(changes(session, campaign.id)), None)
    at, by = (newest.at, newest.actor) if newest else (campaign.archived_at, None)
    return Conflict(what="campaign-standing", campaign_id=campaign.id, at=at, by=by)


def _all_but_hazards(campaign_id: int) -> ColumnElement[bool]:
    of_hazards = select(Extension.instance_id).where(
        Extension.subject_kind == SubjectKind.HAZARD, Extension.instance_id.is_not(None)
    )
    return and_(
        ProcessInstance.group_id == campaign_id,
        ProcessInstance.business_key.not_like(f"{SubjectKind.HAZARD}:%"),
        ProcessInstance.id.not_in(of_hazards),
    )


def _note(session: Session, campaign: Campaign, kind: str, *, reason: str, actor: str, now: datetime) -> None:
    told = {"campaign_id": campaign.id, "kind": kind, "reason": reason.strip(), "actor": actor, "at": now}
    session.add(CampaignChange(**told))
    subject = str(Subject(SubjectKind.CAMPAIGN, campaign.id))
    audit.record(
        session, at=now, actor=actor, action=f"campaign.{kind}", subject=subject, detail={"reason": reason}
    )
    data = {"campaign": campaign.title, "reason": reason.strip()}
    concerned = sorted(_concerned(session, campaign.id))
    notify_all(session, concerned, kind=f"campaign.{kind}", subject=subject, data=data, at=now)


def _concerned(session: Session, campaign_id: int) -> Iterable[str]:
    """The groups whose work stops or goes on: enterprises, their towns and departments."""
    homes = {
        "safety_officer": Obligation.enterprise_id,
        "town_officer": Obligation.town_id,
        "department_officer": Obligation.department_id,
    }
    open_ones = Obligation.campaign_id == campaign_id, Obligation.closed_at.is_(None)
    for role, home in homes.items():
        for organization_id in session.scalars(select(home).distinct().where(*open_ones)):
            yield f"{organization_id}:{role}"
