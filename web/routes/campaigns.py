"""Campaigns: the list, and the page that says whether one is on course."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from engine.deployment import latest
from web import diagrams
from web.auth import Visitor, require
from web.campaignpage import course, view_of
from web.dependencies import Db, Now
from web.inputs import Choice, RowId, Text
from web.people import sight
from web.templating import is_partial, render
from workflows import processes
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.accounts.types import Role
from workflows.calendar.exceptions import CalendarMissing
from workflows.calendar.service import load
from workflows.campaigns import library, proposals, queries, service, whereabouts
from workflows.campaigns.dispatching import dispatching
from workflows.campaigns.models import Campaign
from workflows.campaigns.planning import answering
from workflows.campaigns.progress import progress
from workflows.campaigns.scope import Scope
from workflows.campaigns.stuck import stuck
from workflows.campaigns.types import Duty
from workflows.campaigns.views import View
from workflows.duties import queries as duties
from workflows.duties.bodies import bodies_of
from workflows.exceptions import NotFound
from workflows.organizations.models import Organization
from workflows.times import day_of

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]


@router.get("/campaigns")
def campaigns_page(request: Request, visitor: Reader, session: Db, now: Now) -> Response:
    """Which campaigns run?"""
    found = queries.newest_first(session)
    standing = {one.id: progress(session, View(one.id, sight(visitor)), now=now) for one in found}
    return render(
        request, "campaigns/index.html", campaigns=found, standing=standing,
        plans={one.id: service.template_of(one) for one in found},
        offers=[one.template for one in library.offers(session)],
        proposed=proposals.open_ones(session) if visitor.may(Permission.LAUNCH) else [],
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}")
def campaign_page(
    request: Request, campaign_id: RowId, visitor: Reader, session: Db, now: Now, town: Choice = None
) -> Response:
    """Is it on course?"""
    campaign, view = view_of(session, campaign_id, visitor, town)
    if is_partial(request):
        return render(request, "campaigns/_numbers.html", **course(session, campaign, view, now=now))
    places = whereabouts.places(session, view, now=now)
    context: dict[str, Any] = {
        **course(session, campaign, view, now=now), "view": view,
        "names": names_of(session, [campaign.launched_by, campaign.approved_by or ""]),
        "unit_tasks": duties.progress(session, view, now=now),
        "by_hand": _by_hand(session, campaign, visitor),
        "dispatching": dispatching(session, campaign),
        "dispatches": queries.dispatches(session, campaign_id),
        "nodes": {key: whereabouts.working(found) for key, found in places.items()},
        "waits": _waits(session, view, day_of(now)), "stuck": stuck(session, view, places),
    }  # fmt: skip
    return render(request, "campaigns/campaign.html", **context)


def _waits(session: Session, view: View, today: date) -> dict[str, dict[str, list[int]]] | None:
    """None when a year has no calendar."""
    calendar = load(session)
    try:
        return {
            key: whereabouts.waits(session, view, key, calendar=calendar, today=today)
            for key in whereabouts.MODELS
        }
    except CalendarMissing:
        return None


@router.get("/campaigns/{campaign_id}/dispatch")
def dispatch_line(request: Request, campaign_id: RowId, visitor: Reader, session: Db) -> Response:
    """How far is the dispatch? Asked every two seconds while it runs."""
    campaign = queries.get(session, campaign_id)
    return render(
        request, "campaigns/_dispatch.html", campaign=campaign, dispatching=dispatching(session, campaign), again=True
    )  # fmt: skip


@router.get("/campaigns/{campaign_id}/nodes/{key}")
def nodes(
    campaign_id: RowId, key: Text, visitor: Reader, session: Db, now: Now, town: Choice = None
) -> Response:
    """Node id -> [tokens, overdue ones among them], for the badges on a diagram."""
    _, view = view_of(session, campaign_id, visitor, town)
    if key not in whereabouts.DIAGRAMS:
        raise NotFound(what="process", key=key)
    return JSONResponse(whereabouts.tokens(session, view, key, now=now))


@router.get("/processes/{key}.bpmn")
def diagram(key: Text, visitor: Annotated[Visitor, require(Permission.WORK)], session: Db) -> Response:
    """The diagram of a process as the viewer draws it."""
    if key not in processes.KEYS:
        raise NotFound(what="process", key=key)
    return Response(diagrams.told(processes.diagram(latest(session, key))), media_type="application/xml")


def _by_hand(session: Session, campaign: Campaign, visitor: Visitor) -> list[tuple[Duty, list[Organization]]]:
    """The duties this person may open when something is found, with the bodies they may open them for."""
    open_duties = [one for one in service.template_of(campaign).duties if not one.dispatched]
    if campaign.archived_at or not open_duties or not visitor.may(Permission.OPEN_DUTY):
        return []
    bodies = bodies_of(session, scope=Scope.from_json(campaign.scope), office_id=campaign.office_id)
    mine = {held.organization_id for held in visitor.held}
    leads = any(held.role is Role.LEAD_OFFICER for held in visitor.held)
    found = []
    for duty in open_duties:
        ids = [one.organization_id for one in answering(duty, bodies)]
        homes = [session.get_one(Organization, one) for one in ids if leads or one in mine]
        found += [(duty, homes)] if homes else []
    return found
