"""Campaigns: the list, the launch with its preview, and the page that says whether one is on course."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import ImmutableMultiDict

from engine.deployment import latest
from web import diagrams, words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms.problems import sentence
from web.inputs import RowId, Text, number_of, plain
from web.people import person_of, sight
from web.taskforms import fact_words
from web.templating import is_partial, render
from workflows import processes
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.accounts.types import Role
from workflows.campaigns import library, proposals, queries, service, templates
from workflows.campaigns.models import Campaign
from workflows.campaigns.planning import answering, preview
from workflows.campaigns.progress import progress
from workflows.campaigns.service import Scope
from workflows.campaigns.shifting import starting_in, year_of
from workflows.campaigns.types import CampaignTemplate, Duty
from workflows.duties import queries as duties
from workflows.duties.bodies import bodies_of
from workflows.exceptions import InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.register.types import Industry
from workflows.times import day_of

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Launcher = Annotated[Visitor, require(Permission.LAUNCH)]
PARAMETER = "p."  # before the code of a number that the launcher supplies
MAX_NOTE = 2000  # characters, as the form of the proposal says
Typed = Mapping[str, str]  # code of such a number -> what was typed


@router.get("/campaigns")
def campaigns_page(request: Request, visitor: Reader, session: Db, now: Now) -> Response:
    """Which campaigns run?"""
    found = queries.newest_first(session)
    standing = {one.id: progress(session, one.id, sight=sight(visitor), now=now) for one in found}
    return render(
        request, "campaigns/index.html", campaigns=found, standing=standing,
        plans={one.id: service.template_of(one) for one in found},
        offers=[one.template for one in library.offers(session)],
        proposed=proposals.open_ones(session) if visitor.may(Permission.LAUNCH) else [],
    )  # fmt: skip


@router.get("/campaigns/new")
def launch_page(
    request: Request, visitor: Launcher, session: Db, now: Now, template: Text | None = None, year: Text = "",
) -> Response:  # fmt: skip
    """Who gets what? Everything is counted before anything is sent."""
    query = request.query_params
    scope, typed = _scope(session, query), _typed(query)
    return _launch(
        request,
        session,
        visitor,
        now,
        key=template,
        year=year,
        scope=scope,
        typed=typed,
        problems=_wrong(typed),
    )


@router.post("/campaigns")
def propose(request: Request, visitor: Launcher, session: Db, now: Now, fields: Fields) -> Response:
    """Put it before another official, after the preview."""
    scope, key, typed = _scope(session, fields), str(fields.get("template", "")), _typed(fields)
    year = str(fields.get("year", ""))
    chosen = _chosen(library.find(session, key), year, typed)
    try:
        if problems := _wrong(typed):
            raise InvalidForm(problems=problems)
        proposal = proposals.propose(
            session, chosen, scope=scope, office_id=organizations.office_id(session), title=chosen.title,
            note=str(fields.get("note", ""))[:MAX_NOTE], person=person_of(visitor, session, now), now=now,
        )  # fmt: skip
    except InvalidForm as refused:
        return _launch(
            request, session, visitor, now, key=key, year=year, scope=scope, typed=typed,
            problems=refused.data["problems"], note=str(fields.get("note", "")),
        )  # fmt: skip
    return RedirectResponse(f"/launches/{proposal.id}?sent=1", 303)


def _launch(
    request: Request, session: Session, visitor: Visitor, now: datetime, *, key: str | None, year: str,
    scope: Scope, typed: Typed, problems: Sequence[FieldProblem] = (), note: str = "",
) -> Response:  # fmt: skip
    offers = library.offers(session)
    offer = library.find(session, key) if key else _first(offers, day_of(now))
    chosen = _chosen(offer, year, typed)
    members, office = service.members(session, scope), organizations.office_id(session)
    bodies = bodies_of(session, scope=scope, members=members, office_id=office)
    context: dict[str, Any] = {
        "offers": offers, "offer": offer, "year": chosen.starts_on.year,
        "asked_year": year_of(year) or "", "template": chosen, "reach": scope,
        "typed": typed, "parameter": PARAMETER,
        "errors": {p.path: _said(p, chosen) for p in problems},
        "preview": preview(chosen, members, launched_on=day_of(now), bodies=bodies),
        "towns": organizations.of_kind(session, OrganizationKind.TOWN), "industries": list(Industry), "note": note,
        "approvers": proposals.approvers(session, office_id=office, but=visitor.account_id),
    }  # fmt: skip
    name = "launch/_preview.html" if is_partial(request) else "launch/index.html"
    return render(request, name, status=422 if problems else 200, **context)


@router.get("/campaigns/{campaign_id}")
def campaign_page(request: Request, campaign_id: RowId, visitor: Reader, session: Db, now: Now) -> Response:
    """Is it on course?"""
    campaign = queries.get(session, campaign_id)
    seen = sight(visitor)
    context: dict[str, Any] = {
        "campaign": campaign, "template": service.template_of(campaign),
        "names": names_of(session, [campaign.launched_by, campaign.approved_by or ""]),
        "progress": progress(session, campaign_id, sight=seen, now=now),
        "unit_tasks": duties.progress(session, campaign_id, sight=seen, now=now),
        "by_hand": _by_hand(session, campaign, visitor),
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
    return Response(diagrams.told(processes.diagram(latest(session, key))), media_type="application/xml")


def _by_hand(session: Session, campaign: Campaign, visitor: Visitor) -> list[tuple[Duty, list[Organization]]]:
    """The duties this person may open when something is found, with the bodies they may open them for."""
    open_duties = [one for one in service.template_of(campaign).duties if not one.dispatched]
    if campaign.archived_at or not open_duties or not visitor.may(Permission.OPEN_DUTY):
        return []
    scope = Scope.from_json(campaign.scope)
    members = service.members(session, scope)
    bodies = bodies_of(session, scope=scope, members=members, office_id=campaign.office_id)
    mine = {held.organization_id for held in visitor.held}
    leads = any(held.role is Role.LEAD_OFFICER for held in visitor.held)
    found = []
    for duty in open_duties:
        ids = [one.organization_id for one in answering(duty, bodies)]
        homes = [session.get_one(Organization, one) for one in ids if leads or one in mine]
        found += [(duty, homes)] if homes else []
    return found


def _first(offers: list[library.Offer], today: date) -> library.Offer:
    """The first template that is not over, else the first."""
    return next((one for one in offers if one.template.ends_on >= today), offers[0])


def _chosen(offer: library.Offer, year: str, typed: Typed) -> CampaignTemplate:
    """The template in the start year that was asked for, with the numbers of the launcher."""
    wanted = year_of(year)
    template = starting_in(offer.template, wanted) if wanted else offer.template
    return templates.with_parameters(template, _values(typed))


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
