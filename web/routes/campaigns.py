"""Campaigns: the list, the launch with its preview, and the page that says whether one is on course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import ImmutableMultiDict

from engine.deployment import latest
from web import words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms.problems import sentence
from web.inputs import RowId, Text, number_of, plain
from web.people import sight
from web.taskforms import fact_words
from web.templating import is_partial, render
from workflows import processes
from workflows.accounts.permissions import Permission
from workflows.campaigns import queries, service, templates
from workflows.campaigns.planning import preview
from workflows.campaigns.progress import progress
from workflows.campaigns.service import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.exceptions import InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register.types import Industry
from workflows.times import day_of

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Launcher = Annotated[Visitor, require(Permission.LAUNCH)]
PARAMETER = "p."  # before the code of a number that the launcher supplies
Typed = Mapping[str, str]  # code of such a number -> what was typed


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
    request: Request, visitor: Launcher, session: Db, now: Now, template: Text | None = None,
) -> Response:  # fmt: skip
    """Who gets what? Everything is counted before anything is sent."""
    query = request.query_params
    scope, typed = _scope(session, query), _typed(query)
    return _launch(request, session, now, code=template, scope=scope, typed=typed, problems=_wrong(typed))


@router.post("/campaigns")
def launch(request: Request, visitor: Launcher, session: Db, now: Now, fields: Fields) -> Response:
    """Launch, after the preview."""
    scope, code, typed = _scope(session, fields), str(fields.get("template", "")), _typed(fields)
    chosen = templates.with_parameters(templates.get(code), _values(typed))
    try:
        if problems := _wrong(typed):
            raise InvalidForm(problems=problems)
        campaign = service.launch(
            session, chosen, scope=scope, office_id=organizations.office_id(session), title=chosen.title,
            actor=visitor.actor, now=now,
        )  # fmt: skip
    except InvalidForm as refused:
        problems = refused.data["problems"]
        return _launch(request, session, now, code=code, scope=scope, typed=typed, problems=problems)
    return RedirectResponse(f"/campaigns/{campaign.id}?launched=1", 303)


def _launch(
    request: Request, session: Session, now: datetime, *, code: str | None, scope: Scope, typed: Typed,
    problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    offers = templates.load_all()
    chosen = templates.with_parameters(templates.get(code) if code else offers[0], _values(typed))
    context: dict[str, Any] = {
        "offers": offers, "template": chosen, "reach": scope, "typed": typed, "parameter": PARAMETER,
        "errors": {p.path: _said(p, chosen) for p in problems},
        "preview": preview(chosen, service.members(session, scope), launched_on=day_of(now)),
        "towns": organizations.of_kind(session, OrganizationKind.TOWN), "industries": list(Industry),
    }  # fmt: skip
    name = "launch/_preview.html" if is_partial(request) else "launch/index.html"
    return render(request, name, status=422 if problems else 200, **context)


@router.get("/campaigns/{campaign_id}")
def campaign_page(
    request: Request, campaign_id: RowId, visitor: Reader, session: Db, now: Now, launched: bool = False
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
def nodes(campaign_id: RowId, key: Text, visitor: Reader, session: Db, now: Now) -> Response:
    """Node id -> [tokens, overdue ones among them], for the badges on a diagram."""
    queries.get(session, campaign_id)
    if key not in queries.DIAGRAMS:
        raise NotFound(what="process", key=key)
    return JSONResponse(queries.tokens(session, campaign_id, key, now=now))


@router.get("/processes/{key}.bpmn")
def diagram(key: Text, visitor: Annotated[Visitor, require(Permission.WORK)], session: Db) -> Response:
    """The diagram of a process as the viewer draws it."""
    if key not in processes.KEYS:
        raise NotFound(what="process", key=key)
    return Response(processes.diagram(latest(session, key)), media_type="application/xml")


def _said(problem: FieldProblem, template: CampaignTemplate) -> str:
    """What is wrong, in words."""
    if not problem.path.startswith(PARAMETER):
        return words.problem(problem)
    title = fact_words(problem.path.replace(PARAMETER, "parameter:", 1), template)
    return sentence(problem, title=title, widget="number")


def _scope(session: Session, sent: ImmutableMultiDict[str, Any]) -> Scope:
    """Raises NotFound for a town or an industry that does not exist: leaving it out would widen the scope."""
    towns = {number_of(value) for value in sent.getlist("town")}
    industries = {str(value) for value in sent.getlist("industry")}
    known = {one.id for one in organizations.of_kind(session, OrganizationKind.TOWN)}
    ids = [one for one in towns if one in known]
    if len(ids) < len(towns) or not industries <= {str(one) for one in Industry}:
        raise NotFound(what="scope")
    return Scope(tuple(sorted(ids)), tuple(sorted(industries)))


def _typed(sent: Mapping[str, Any]) -> Typed:
    """What was typed for the numbers that the launcher supplies."""
    names = [name for name in sent if name.startswith(PARAMETER)]
    return {name.removeprefix(PARAMETER): plain(str(sent[name])).strip() for name in names}


def _values(typed: Typed) -> dict[str, int | None]:
    """The numbers; None leaves the items that need one open."""
    return {code: number_of(text) for code, text in typed.items()}


def _wrong(typed: Typed) -> list[FieldProblem]:
    """What was typed and is no number."""
    wrong = [code for code, text in typed.items() if text and number_of(text) is None]
    return [FieldProblem(PARAMETER + code, "type") for code in wrong]
