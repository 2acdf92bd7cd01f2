"""A launch: who gets what, with everything counted beforehand; and the proposal that another official decides on."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from engine.models import ProcessInstance
from web import launchpage
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.forms import launching
from web.forms.launching import PARAMETER
from web.inputs import RowId
from web.people import person_of
from web.subjectpage import story
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.campaigns import lists, proposals, templates
from workflows.campaigns.models import LaunchProposal
from workflows.campaigns.scope import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.exceptions import InvalidForm
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register import uploads
from workflows.register.types import Industry
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of

router = APIRouter()
Launcher = Annotated[Visitor, require(Permission.LAUNCH)]
MAX_NOTE = 2000  # characters, as the form of the proposal says


@router.get("/campaigns/new")
def launch_page(
    request: Request, visitor: Launcher, session: Db, now: Now, settings: TheSettings
) -> Response:
    """Who gets what? Everything is counted before anything is sent."""
    query = request.query_params
    choice = launching.read(session, query, folder=settings.import_dir, today=day_of(now))
    return launchpage.page(request, session, visitor, choice, now=now, problems=choice.problems)


@router.post("/campaigns/new/list")
def take_list(visitor: Launcher, session: Db, now: Now, settings: TheSettings, fields: Fields) -> Response:
    """Restrict the launch to the enterprises of a list, pasted or in a file; without either, take the list away."""
    choice = launching.read(session, fields, folder=settings.import_dir, today=day_of(now))
    file, text = fields.get("file"), str(fields.get("entries", ""))
    content = file.file.read() if isinstance(file, UploadFile) else b""
    if not content and text.strip():
        content = lists.as_file(text)
    key = uploads.keep(settings.import_dir, content) if content else None
    return RedirectResponse(launching.address(choice, listed=key) + "#list", 303)


@router.post("/campaigns")
def propose(
    request: Request, visitor: Launcher, session: Db, now: Now, settings: TheSettings, fields: Fields
) -> Response:
    """Put it before another official, after the preview."""
    choice = launching.read(session, fields, folder=settings.import_dir, today=day_of(now))
    note = str(fields.get("note", ""))
    try:
        if choice.problems:
            raise InvalidForm(problems=list(choice.problems))
        proposal = proposals.propose(
            session, choice.template, scope=choice.scope, office_id=organizations.office_id(session),
            title=choice.template.title, note=note[:MAX_NOTE], template_key=choice.offer.key,
            per_reviewer=choice.per_reviewer, person=person_of(visitor, session, now), now=now,
        )  # fmt: skip
    except InvalidForm as refused:
        problems = refused.data["problems"]
        return launchpage.page(request, session, visitor, choice, now=now, problems=problems, note=note)
    return RedirectResponse(f"/launches/{proposal.id}?sent=1", 303)


@router.get("/launches/{proposal_id}")
def proposal_page(
    request: Request, proposal_id: RowId, visitor: Launcher, session: Db, now: Now, sent: bool = False
) -> Response:
    """Shall this begin?"""
    proposal = proposals.get(session, proposal_id)
    template, scope = templates.from_json(proposal.template), Scope.from_json(proposal.scope)
    context: dict[str, Any] = {
        "proposal": proposal, "sent": sent, "reach": _words(session, scope), "scope": scope,
        "proposer": names_of(session, [proposal.proposed_by]).get(proposal.proposed_by, ""),
        "reuse": _address(proposal, template, scope),
        **launchpage.counted(
            session, template, scope, office_id=proposal.office_id, per_reviewer=proposal.per_reviewer, now=now
        ),
    }  # fmt: skip
    instance = session.get_one(ProcessInstance, proposal.instance_id)
    context |= story(session, instance, Subject(SubjectKind.LAUNCH, proposal.id), visitor=visitor, now=now)
    return render(request, "launch/proposal.html", **context)


def _words(session: Session, scope: Scope) -> dict[str, list[Any]]:
    towns = organizations.of_kind(session, OrganizationKind.TOWN)
    return {
        "towns": [town.name for town in towns if town.id in scope.town_ids],
        "industries": [one for one in Industry if str(one) in scope.industries],
    }


def _address(proposal: LaunchProposal, template: CampaignTemplate, scope: Scope) -> str:
    """The launch page with the same choice, for a proposal that has to change."""
    chosen: list[tuple[str, object]] = [
        ("template", proposal.template_key), ("year", template.starts_on.year), ("capacity", proposal.per_reviewer),
    ]  # fmt: skip
    chosen += [("town", town) for town in scope.town_ids]
    chosen += [("industry", industry) for industry in scope.industries]
    chosen += [(PARAMETER + one.code, "" if one.value is None else one.value) for one in template.parameters]
    chosen += [("list", scope.listed.key)] if scope.listed else []
    return f"/campaigns/new?{urlencode(chosen)}"
