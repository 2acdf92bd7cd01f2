"""Duties of government bodies: the list, one unit task on the obligation's page, and opening one by hand."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from engine.models import ProcessInstance
from web import words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.inputs import Choice, Count, RowId, Text, number_of
from web.people import is_enterprise, person_of, sight
from web.subjectpage import story
from web.templating import render
from workflows import seen, withdrawal
from workflows.accounts.permissions import Permission
from workflows.accounts.types import Role
from workflows.calendar.service import load
from workflows.campaigns import queries as campaigns
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.duties import queries, service
from workflows.duties.models import UnitTask
from workflows.duties.queries import Filter
from workflows.exceptions import NotFound
from workflows.organizations.models import Organization
from workflows.reports import queries as reports
from workflows.reports.reported import of_duty
from workflows.subjects import Subject, SubjectKind

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]


@router.get("/duties")
def duties_page(
    request: Request, visitor: Reader, session: Db, now: Now, campaign: Choice = None, duty: Text | None = None,
    body: Choice = None, offset: Count = 0,
) -> Response:  # fmt: skip
    """Which body has to do what, and how far is it?"""
    wanted = Filter(campaign, duty, body, offset)
    found = queries.listed(session, wanted=wanted, sight=sight(visitor))
    context: dict[str, Any] = {
        "rows": found[: queries.PAGE], "more": len(found) > queries.PAGE, "wanted": wanted,
        "states": queries.states(session, [one for one, _ in found]), "calendar": load(session),
        "is_enterprise": is_enterprise(visitor),
        "names": {
            "campaign": session.get(Campaign, campaign) if campaign else None,
            "body": session.get(Organization, body) if body else None,
        },
    }  # fmt: skip
    return render(request, "duties/index.html", **context)


@router.get("/duties/{task_id}")
def duty_page(request: Request, task_id: RowId, visitor: Reader, session: Db, now: Now) -> Response:
    """Where is this one, and what happened?"""
    task = seen.find_to_read(session, UnitTask, task_id, sight=sight(visitor))
    campaign = session.get_one(Campaign, task.campaign_id)
    instance = session.get_one(ProcessInstance, task.instance_id)
    context: dict[str, Any] = {
        "obligation": task, "campaign": campaign, "item": template_of(campaign).duty(task.duty_code),
        "owner": session.get_one(Organization, task.body_id), "diagram": "unit_task", "list_url": "/duties",
        "state": queries.states(session, [task])[task.id], "hazards": [], "steps": {}, "extensions": [],
        "may_ask": False, "asked": False, "may_urge": False, "did": words.known(request.query_params.get("did"), "did"),
    }  # fmt: skip
    one = of_duty(session, task)
    context["has_report"] = one is not None and bool(reports.versions(session, one.instance_id, one.node))
    person, waiting = person_of(visitor, session, now), withdrawal.waiting_task(session, task)
    context["may_withdraw"] = withdrawal.may_withdraw(session, task, waiting, person)
    context |= story(session, instance, Subject(SubjectKind.UNIT_TASK, task.id), visitor=visitor, now=now)
    return render(request, "obligations/obligation.html", **context)


@router.post("/campaigns/{campaign_id}/duties")
def open_duty(
    request: Request, campaign_id: RowId, visitor: Annotated[Visitor, require(Permission.OPEN_DUTY)], session: Db,
    now: Now, fields: Fields,
) -> Response:  # fmt: skip
    """Open a duty that comes with a finding, for a body of one's own; the lead office for any."""
    campaign = campaigns.get(session, campaign_id)
    body = number_of(fields.get("body", ""))
    mine = {held.organization_id for held in visitor.held}
    leads = any(held.role is Role.LEAD_OFFICER for held in visitor.held)
    if body is None or not (leads or body in mine):
        raise NotFound(what="organization", id=body)
    task = service.open_by_hand(
        session, campaign, duty_code=str(fields.get("duty", "")), body_id=body, actor=visitor.actor, now=now
    )  # fmt: skip
    return RedirectResponse(f"/duties/{task.id}", 303)
