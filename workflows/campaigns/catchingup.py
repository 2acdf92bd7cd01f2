"""After a suspension: bring the enterprises into line whose files changed meanwhile, a hundred at a time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, or_, select, true
from sqlalchemy.orm import Session, sessionmaker

from workflows.campaigns import adjusting, filetasks
from workflows.campaigns.dispatch import taking_turns
from workflows.campaigns.models import Campaign, CampaignChange
from workflows.campaigns.scope import Scope
from workflows.obligations.models import Obligation
from workflows.register.facts import touched
from workflows.register.models import Enterprise, RegisterChange

AT_ONCE = 100  # enterprises in one transaction


def begin(campaign: Campaign, *, since: datetime) -> None:
    """What changed from `since` on is to be caught up on; what an earlier suspension left undone, too."""
    campaign.catch_up_since = min(since, campaign.catch_up_since or since)
    campaign.catch_up_after = 0


def run_due(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Catch up until nothing is left, each piece in a transaction of its own; returns how many pieces there were."""
    pieces = 0
    while True:
        with sessions.begin() as session:
            if not go_on(session, now=now):
                return pieces
        pieces += 1


def go_on(session: Session, *, now: datetime) -> bool:
    """The next enterprises of a campaign that was resumed; False when there is none."""
    waiting = Campaign.catch_up_since.is_not(None), Campaign.suspended_at.is_(None)
    found = session.scalar(select(Campaign.id).where(*waiting).order_by(Campaign.id).limit(1))
    if found is None:
        return False
    for one in filetasks.running(session):  # all in their order, as an adjustment takes them
        taking_turns(session, one.campaign.id)
    campaign = session.get_one(Campaign, found, populate_existing=True)
    if campaign.catch_up_since is not None and campaign.suspended_at is None:
        _piece(session, campaign, now=now)
    return True


def _piece(session: Session, campaign: Campaign, *, now: datetime) -> None:
    some = _next(session, campaign) if campaign.runs else []
    if some:
        _adjust(session, campaign, some, now=now)
    if len(some) < AT_ONCE:
        campaign.catch_up_since, campaign.catch_up_after = None, 0
    else:
        campaign.catch_up_after = some[-1]
    session.flush()


def _next(session: Session, campaign: Campaign) -> list[int]:
    """Enterprises that the campaign reaches, and those that have something of it although it no longer does."""
    held = select(Obligation.enterprise_id).where(Obligation.campaign_id == campaign.id)
    in_scope = and_(true(), *Scope.from_json(campaign.scope).conditions(after=campaign.catch_up_after))
    query = select(Enterprise.id).where(Enterprise.id > campaign.catch_up_after)
    found = query.where(or_(in_scope, Enterprise.id.in_(held))).order_by(Enterprise.id).limit(AT_ONCE)
    return list(session.scalars(found))


def _adjust(session: Session, campaign: Campaign, some: list[int], *, now: datetime) -> None:
    """Obligations of those whose file changed; the questions of all, since others' dispatches left it out."""
    recent = RegisterChange.at >= campaign.catch_up_since, RegisterChange.enterprise_id.in_(some)
    changed: dict[int, set[str]] = {}
    for change in session.scalars(select(RegisterChange).where(*recent).order_by(RegisterChange.id)):
        changed.setdefault(change.enterprise_id, set()).update(touched(change.before, change.after))
    if changed:
        facts = {firm: sorted(names) for firm, names in changed.items()}
        source, actor = f"resume:{campaign.id}", _actor(session, campaign)
        adjusting.adjust(session, sorted(changed), now=now, actor=actor, source=source, changed=facts)
    filetasks.refresh(session, [firm for firm in some if firm not in changed], now=now)


def _actor(session: Session, campaign: Campaign) -> str:
    """Who resumed it."""
    resumed = CampaignChange.campaign_id == campaign.id, CampaignChange.kind == "resumed"
    query = select(CampaignChange.actor).where(*resumed).order_by(CampaignChange.id.desc()).limit(1)
    return session.scalars(query).one()
