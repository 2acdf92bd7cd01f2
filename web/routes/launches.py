"""A proposed launch: what it would do today, who proposed it, who decided."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import RowId
from web.subjectpage import story
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.campaigns import proposals, service, templates
from workflows.campaigns.models import LaunchProposal
from workflows.campaigns.planning import preview
from workflows.campaigns.scope import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.duties.bodies import bodies_of
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register.types import Industry
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of

router = APIRouter()


@router.get("/launches/{proposal_id}")
def proposal_page(
    request: Request, proposal_id: RowId, visitor: Annotated[Visitor, require(Permission.LAUNCH)], session: Db,
    now: Now, sent: bool = False,
) -> Response:  # fmt: skip
    """Shall this begin?"""
    proposal = proposals.get(session, proposal_id)
    template, scope = templates.from_json(proposal.template), Scope.from_json(proposal.scope)
    members = service.members(session, scope)
    bodies = bodies_of(session, scope=scope, members=members, office_id=proposal.office_id)
    context: dict[str, Any] = {
        "proposal": proposal, "template": template, "sent": sent, "reach": _words(session, scope),
        "towns": organizations.of_kind(session, OrganizationKind.TOWN),
        "preview": preview(template, members, launched_on=day_of(now), bodies=bodies),
        "proposer": names_of(session, [proposal.proposed_by]).get(proposal.proposed_by, ""),
        "reuse": _address(proposal, template, scope),
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
    return "/campaigns/new?" + "&".join(chosen)
