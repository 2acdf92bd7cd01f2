"""Campaigns: the list, the launch with its preview, and the page that says whether one is on course."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from engine.deployment import latest
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.people import sight
from web.templating import is_partial, render
from workflows import processes
from workflows.accounts.permissions import Permission
from workflows.campaigns import queries, service, templates
from workflows.campaigns.planning import preview
from workflows.campaigns.progress import progress
from workflows.campaigns.service import Scope
from workflows.exceptions import InvalidForm, NotFound
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register.types import Industry
from workflows.times import day_of

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Launcher = Annotated[Visitor, require(Permission.LAUNCH)]
PARAMETER = "p."  # before the code of a number that the launcher supplies
Values = Mapping[str, int | None]


@router.get("/campaigns")
def campaigns_page(request: Request, visitor: Reader, session: Db, now: Now) -> Response:
    """Which campaigns run?"""
    found = queries.newest_first(session)
    standing = {one.id: progress(session, one.id, sight=sight(visitor), now=now) for one in found}
    return render(
        request, "campaigns/index.html", campaigns=found, standing=standing,
        plans={one.id: service.template_of(one) for one in found}, offers=templates.load_all(),
    )  # fmt: skip


@router.get("/campaigns/new")
def launch_page(
    request: Request, visitor: Launcher, session: Db, now: Now, template: str | None = None,
    town: Annotated[list[int] | None, Query()] = None, industry: Annotated[list[str] | None, Query()] = None,
) -> Response:  # fmt: skip
    """Who gets what? Everything is counted before anything is sent."""
    scope = _scope(town, industry)
    return _launch(request, session, now, code=template, scope=scope, values=_values(request.query_params))


@router.post("/campaigns")
def launch(request: Request, visitor: Launcher, session: Db, now: Now, fields: Fields) -> Response:
    """Launch, after the preview."""
    towns = [int(str(value)) for value in fields.getlist("town")]
    scope = _scope(towns, [str(value) for value in fields.getlist("industry")])
    code, values = str(fields.get("template", "")), _values(fields)
    chosen = templates.with_parameters(templates.get(code), values)
    try:
        campaign = service.launch(
            session, chosen, scope=scope, office_id=organizations.office_id(session), title=chosen.title,
            actor=visitor.actor, now=now,
        )  # fmt: skip
    except InvalidForm as refused:
        problems = refused.data["problems"]
        return _launch(request, session, now, code=code, scope=scope, values=values, problems=problems)
    return RedirectResponse(f"/campaigns/{campaign.id}?launched=1", 303)


def _launch(
    request: Request, session: Session, now: datetime, *, code: str | None, scope: Scope, values: Values,
    problems: Any = (),
) -> Response:  # fmt: skip
    offers = templates.load_all()
    chosen = templates.with_parameters(templates.get(code) if code else offers[0], values)
    context: dict[str, Any] = {
        "offers": offers, "template": chosen, "reach": scope, "values": values, "problems": problems,
        "preview": preview(chosen, service.members(session, scope), launched_on=day_of(now)),
        "towns": organizations.of_kind(session, OrganizationKind.TOWN), "industries": list(Industry),
    }  # fmt: skip
    name = "launch/_preview.html" if is_partial(request) else "launch/index.html"
    return render(request, name, status=422 if problems else 200, **context)


@router.get("/campaigns/{campaign_id}")
def campaign_page(
    request: Request, campaign_id: int, visitor: Reader, session: Db, now: Now, launched: bool = False
) -> Response:
    """Is it on course?"""
    campaign = queries.get(session, campaign_id)
    context: dict[str, Any] = {
        "campaign": campaign, "template": service.template_of(campaign), "launched": launched,
        "progress": progress(session, campaign_id, sight=sight(visitor), now=now),
        "dispatches": queries.dispatches(session, campaign_id),
        "towns": {town.id: town for town in organizations.of_kind(session, OrganizationKind.TOWN)},
        "nodes": {key: queries.tokens(session, campaign_id, key, now=now) for key in queries.DIAGRAMS},
    }  # fmt: skip
    name = "campaigns/_numbers.html" if is_partial(request) else "campaigns/campaign.html"
    return render(request, name, **context)


@router.get("/campaigns/{campaign_id}/nodes/{key}")
def nodes(campaign_id: int, key: str, visitor: Reader, session: Db, now: Now) -> Response:
    """Node id -> [tokens, overdue ones among them], for the badges on a diagram."""
    queries.get(session, campaign_id)
    if key not in queries.DIAGRAMS:
        raise NotFound(what="process", key=key)
    return JSONResponse(queries.tokens(session, campaign_id, key, now=now))


@router.get("/processes/{key}.bpmn")
def diagram(key: str, visitor: Annotated[Visitor, require(Permission.WORK)], session: Db) -> Response:
    """The diagram of a process as the viewer draws it."""
    if key not in processes.KEYS:
        raise NotFound(what="process", key=key)
    return Response(processes.diagram(latest(session, key)), media_type="application/xml")


def _scope(towns: list[int] | None, industries: list[str] | None) -> Scope:
    known = {str(one) for one in Industry}
    return Scope(tuple(sorted(towns or [])), tuple(sorted(known & set(industries or []))))


def _values(sent: Mapping[str, Any]) -> dict[str, int | None]:
    """The numbers that the launcher supplied; what is no number leaves the item open."""
    typed = {name.removeprefix(PARAMETER): str(sent[name]) for name in sent if name.startswith(PARAMETER)}
    return {code: int(text) for code, text in typed.items() if text.isascii() and text.isdigit()}
