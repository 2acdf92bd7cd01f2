"""How many obligations were closed on each day: kept for days that are over, counted for today."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, sessionmaker

from workflows.campaigns.models import Campaign, CampaignDay
from workflows.campaigns.views import View
from workflows.obligations.models import Obligation
from workflows.times import day_of, next_midnight, start_of_day

DAY = timedelta(days=1)


def closed_by_day(session: Session, view: View, *, now: datetime) -> dict[date, int]:
    """Days of a campaign and how many obligations in view were closed on each; today's so far."""
    query = select(CampaignDay).where(CampaignDay.campaign_id == view.campaign_id).order_by(CampaignDay.day)
    found = {one.day: _in_view(one.closed, view) for one in session.scalars(query)}
    today = day_of(now)
    return {**found, today: _in_view(_closed(session, view.campaign_id, start_of_day(today), now), view)}


def keep_finished_days(sessions: sessionmaker[Session], *, now: datetime) -> int:
    """Write down the days that are over, each once; returns how many."""
    with sessions.begin() as session:
        behind = session.scalars(_behind(day_of(now) - DAY)).all()
    return sum(_keep(sessions, campaign_id, now) for campaign_id in behind)


def _behind(yesterday: date) -> Select[int]:
    """The ids of campaigns that lack the last day. What was left open is closed after the archive too."""
    last = select(CampaignDay.day).where(CampaignDay.campaign_id == Campaign.id, CampaignDay.day == yesterday)
    return select(Campaign.id).where(Campaign.launched_at < start_of_day(yesterday + DAY), ~last.exists())


def _keep(sessions: sessionmaker[Session], campaign_id: int, now: datetime) -> int:
    with sessions.begin() as session:
        campaign = session.get_one(Campaign, campaign_id, with_for_update=True)
        last = session.scalar(select(func.max(CampaignDay.day)).where(CampaignDay.campaign_id == campaign_id))
        day, kept = last + DAY if last else day_of(campaign.launched_at), 0
        while day < day_of(now):
            closed = _closed(session, campaign_id, start_of_day(day), next_midnight(day))
            session.add(CampaignDay(campaign_id=campaign_id, day=day, closed=closed))
            day, kept = day + DAY, kept + 1
        return kept


def _closed(session: Session, campaign_id: int, since: datetime, until: datetime) -> dict[str, int]:
    home = Obligation.town_id, Obligation.department_id
    query = (
        select(*home, func.count())
        .where(
            Obligation.campaign_id == campaign_id, Obligation.closed_at >= since, Obligation.closed_at < until
        )
        .group_by(*home)
    )
    return {f"{town_id}/{department_id}": number for town_id, department_id, number in session.execute(query)}


def _in_view(closed: Mapping[str, int], view: View) -> int:
    return sum(number for home, number in closed.items() if view.shows(*map(int, home.split("/"))))
