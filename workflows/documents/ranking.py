"""The towns of a campaign side by side, as facts of a document."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workflows import formats
from workflows.campaigns import comparison
from workflows.campaigns.models import Campaign
from workflows.campaigns.tallies import Dimension, Tally
from workflows.campaigns.views import View
from workflows.documents.types import Facts
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind

UNNUMBERED = "草稿 未编号"


def ranking_facts(session: Session, campaign: Campaign, view: View, *, now: datetime) -> Facts:
    """The best first, as the page ranks them."""
    towns = {one.id: one.name for one in organizations.of_kind(session, OrganizationKind.TOWN)}
    lines = list(reversed(comparison.compare(session, view, Dimension.TOWN, now=now)))
    whole = Tally()
    for _town, tally in lines:
        whole.total, whole.done = whole.total + tally.total, whole.done + tally.done
        whole.overdue += tally.overdue
    today = formats.day(now)
    return {
        "文号": UNNUMBERED, "行动名称": campaign.title, "截止日期": today, "落款日期": today,
        "落款单位": session.get_one(Organization, campaign.office_id).name,
        **{name: value for name, value in tally_facts(whole).items() if name in ("应办", "已办结", "办结率", "逾期")},
        "各镇街": [
            {"名次": str(place), "镇街": towns.get(key, formats.NONE), **tally_facts(tally)}
            for place, (key, tally) in enumerate(lines, start=1)
        ],
    }  # fmt: skip


def tally_facts(tally: Tally) -> dict[str, str]:
    """The counts of obligations as documents show them."""
    return {
        "应办": formats.number(tally.total), "已办结": formats.number(tally.done),
        "办结率": formats.percent(tally.done, tally.total), "待审核": formats.number(tally.reviewing),
        "被退回": formats.number(tally.returned), "逾期": formats.number(tally.overdue),
    }  # fmt: skip
