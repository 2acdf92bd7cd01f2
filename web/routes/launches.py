"""A launch: who gets what, with everything counted beforehand; and the proposal that another official decides on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from engine.models import ProcessInstance
from web import words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.forms import launching
from web.forms.launching import PARAMETER, Choice
from web.forms.problems import sentence
from web.inputs import RowId
from web.people import person_of
from web.subjectpage import story
from web.taskforms import fact_words
from web.templating import is_partial, render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.campaigns import library, lists, proposals, templates
from workflows.campaigns.models import LaunchProposal
from workflows.campaigns.outlook import outlook
from workflows.campaigns.scope import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.campaigns.workload import CAPACITY
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem
from workflows.i18n import gettext as _
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
    return _page(request, session, visitor, choice, now=now, problems=choice.problems)


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
            title=choice.template.title, note=note[:MAX_NOTE], per_reviewer=choice.per_reviewer,
            person=person_of(visitor, session, now), now=now,
        )  # fmt: skip
    except InvalidForm as refused:
        problems = refused.data["problems"]
        return _page(request, session, visitor, choice, now=now, problems=problems, note=note)
    return RedirectResponse(f"/launches/{proposal.id}?sent=1", 303)


def _page(
    request: Request, session: Session, visitor: Visitor, choice: Choice, *, now: Now,
    problems: Sequence[FieldProblem], note: str = "",
) -> Response:  # fmt: skip
    office = organizations.office_id(session)
    context: dict[str, Any] = {
        "offers": library.offers(session), "offer": choice.offer, "year": choice.template.starts_on.year,
        "asked_year": choice.year or "", "choice": choice, "reach": choice.scope, "reading": choice.reading,
        "typed": choice.typed, "parameter": PARAMETER, "usual": CAPACITY,
        "errors": {p.path: _said(p, choice.template) for p in problems},
        "industries": list(Industry), "note": note,
        "approvers": proposals.approvers(session, office_id=office, but=visitor.account_id),
        **_counted(session, choice.template, choice.scope, office_id=office, per_reviewer=choice.per_reviewer, now=now),
    }  # fmt: skip
    name = "launch/_preview.html" if is_partial(request) else "launch/index.html"
    return render(request, name, status=422 if problems else 200, **context)


def _counted(
    session: Session, template: CampaignTemplate, scope: Scope, *, office_id: int, per_reviewer: int, now: Now
) -> dict[str, Any]:
    """What `launch/_counts.html` needs."""
    found = outlook(
        session, template, scope=scope, office_id=office_id, per_reviewer=per_reviewer, today=day_of(now)
    )
    return {
        "template": template, "per_reviewer": per_reviewer, "outlook": found, "preview": found.preview,
        "towns": organizations.of_kind(session, OrganizationKind.TOWN),
        "departments": organizations.of_kind(session, OrganizationKind.DEPARTMENT),
    }  # fmt: skip


def _said(problem: FieldProblem, template: CampaignTemplate) -> str:
    """What is wrong, in words."""
    if problem.path == "capacity":
        return sentence(problem, title=_("每人每周可审"), widget="number")
    if not problem.path.startswith(PARAMETER):
        return words.problem(problem)
    title = fact_words(problem.path.replace(PARAMETER, "parameter:", 1), template)
    return sentence(problem, title=title, widget="number")


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
        **_counted(
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
    chosen = [f"template={proposal.template_code}", f"year={template.starts_on.year}"]
    chosen += [f"town={town}" for town in scope.town_ids]
    chosen += [f"industry={industry}" for industry in scope.industries]
    chosen += [f"capacity={proposal.per_reviewer}"]
    chosen += [f"list={scope.listed.key}"] if scope.listed else []
    return "/campaigns/new?" + "&".join(chosen)
