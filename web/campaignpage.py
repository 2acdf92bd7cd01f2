"""What the pages of one campaign show: its numbers, where its work stands, and where it leads."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from web import charts
from web.auth import Visitor
from web.people import sight
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load
from workflows.campaigns import queries, service, trend
from workflows.campaigns.forecast import forecast
from workflows.campaigns.models import Campaign
from workflows.campaigns.progress import Progress, progress
from workflows.campaigns.views import View
from workflows.exceptions import NotFound
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.times import day_of


def towns_of(session: Session) -> dict[int, Organization]:
    """Every town by id."""
    return {town.id: town for town in organizations.of_kind(session, OrganizationKind.TOWN)}


def view_of(
    session: Session, campaign_id: int, visitor: Visitor, town_id: int | None
) -> tuple[Campaign, View]:
    """The campaign, and what of it is looked at. Raises NotFound for a town that is none."""
    campaign = queries.get(session, campaign_id)
    if town_id is not None and town_id not in towns_of(session):
        raise NotFound(what="town", id=town_id)
    return campaign, View(campaign_id, sight(visitor), town_id)


def course(session: Session, campaign: Campaign, view: View, *, now: datetime) -> dict[str, Any]:
    """`progress`, and `ahead` and `trend` (both None when a year has no calendar)."""
    found = progress(session, view, now=now)
    template, today = service.template_of(campaign), day_of(now)
    return {"campaign": campaign, "template": template, "progress": found, "towns": towns_of(session),
            **_trend(session, campaign, view, found, now=now, last=template.ends_on, today=today)}  # fmt: skip


def _trend(
    session: Session, campaign: Campaign, view: View, found: Progress, *, now: datetime, last: date, today: date
) -> dict[str, Any]:  # fmt: skip
    closed = trend.closed_by_day(session, view, now=now)
    done, total, first = found.whole.done, found.whole.total, day_of(campaign.launched_at)
    try:
        ahead = forecast(
            closed, done=done, total=total, first=first, last=last, today=today, calendar=load(session)
        )
    except CalendarMissing:
        return {"ahead": None, "trend": None}
    chart = charts.trend(
        closed, done=done, total=total, first=first, last=last, today=today, ahead=ahead
    )  # fmt: skip
    return {"ahead": ahead, "trend": chart}
