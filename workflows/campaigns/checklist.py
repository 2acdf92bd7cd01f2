"""The checklist of one enterprise (002, 附件1): every item of a campaign, what was found, and how far it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.campaigns.types import TemplateItem
from workflows.obligations import queries
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState
from workflows.register.models import Enterprise
from workflows.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Line:
    """One item, and the obligation it became for this enterprise in one period; none where it was not handed out."""

    item: TemplateItem
    obligation: Obligation | None
    state: ObligationState | None
    check: Submission | None


def campaigns_of(session: Session, enterprise_id: int) -> list[Campaign]:
    """The campaigns in which an enterprise has obligations, the newest first."""
    mine = select(Obligation.campaign_id).where(Obligation.enterprise_id == enterprise_id).distinct()
    return list(session.scalars(select(Campaign).where(Campaign.id.in_(mine)).order_by(Campaign.id.desc())))


def lines(session: Session, campaign: Campaign, firm: Enterprise) -> list[Line]:
    """In the order of the template."""
    mine = Obligation.campaign_id == campaign.id, Obligation.enterprise_id == firm.id
    found = session.scalars(select(Obligation).where(*mine).order_by(Obligation.id)).all()
    states = queries.states(session, found)
    checks = _checks(session, found)
    by_item: dict[str, list[Obligation]] = defaultdict(list)
    for one in found:
        by_item[one.item_code].append(one)
    told = []
    for item in template_of(campaign).items:
        told += [
            Line(item, one, states[one.id], checks.get(one.instance_id or 0)) for one in by_item[item.code]
        ]
        if not by_item[item.code]:
            told.append(Line(item, None, None, None))
    return told


def _checks(session: Session, found: Sequence[Obligation]) -> dict[int, Submission]:
    """The last self-check of each process instance."""
    instances = [one.instance_id for one in found if one.instance_id]
    mine = among(Submission.instance_id, instances), Submission.node == "self_check"
    return {
        one.instance_id: one
        for one in session.scalars(select(Submission).where(*mine).order_by(Submission.id))
    }
