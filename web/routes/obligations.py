"""Obligations: one's own list, and one obligation with its diagram, submissions, ladder and history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from web import extensions, registerwords, words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.inputs import Choice, Count, Day, RowId, Text
from web.people import is_enterprise, person_of, sight
from web.subjectpage import story
from web.templating import render
from workflows import enterprisefile, seen, withdrawal
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.campaigns import queries as campaigns
from workflows.campaigns.models import Campaign
from workflows.campaigns.service import template_of
from workflows.exceptions import NotFound
from workflows.forms import FieldProblem
from workflows.hazards import queries as hazards
from workflows.obligations import queries
from workflows.obligations.models import Obligation
from workflows.obligations.parts import Part
from workflows.obligations.queries import Filter
from workflows.obligations.rules import ObligationState
from workflows.organizations.models import Organization
from workflows.register import queries as register
from workflows.register.models import Enterprise
from workflows.register.types import Industry
from workflows.subjects import Subject, SubjectKind

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]
MAY_WAIT = (ObligationState.IN_PROGRESS, ObligationState.RETURNED)  # an extension still changes something


@router.get("/obligations")
def obligations_page(
    request: Request, visitor: Reader, session: Db, now: Now, campaign: Choice = None,
    enterprise: Choice = None, item: Text | None = None, town: Choice = None, department: Choice = None,
    industry: Industry | None = None, part: Part | None = None, closed_from: Day = None, offset: Count = 0,
) -> Response:  # fmt: skip
    """What has to be done, and how far is it?"""
    wanted = Filter(campaign, enterprise, item, town, department, industry, part, closed_from, offset)
    found = queries.listed(session, wanted=wanted, sight=sight(visitor), now=now)
    context: dict[str, Any] = {
        "rows": found[: queries.PAGE], "more": len(found) > queries.PAGE, "wanted": wanted,
        "states": queries.states(session, [one for one, _ in found]), "calendar": load(session),
        "is_enterprise": is_enterprise(visitor),
        "names": {
            "campaign": _campaign(session, campaign, visitor, found) if campaign else None,
            "enterprise": register.find(session, enterprise, sight=sight(visitor)) if enterprise else None,
            "town": session.get(Organization, town) if town else None,
            "department": session.get(Organization, department) if department else None,
        },
    }  # fmt: skip
    return render(request, "obligations/index.html", **context)


@router.get("/obligations/{obligation_id}")
def obligation_page(
    request: Request, obligation_id: RowId, visitor: Reader, session: Db, now: Now, asked: bool = False
) -> Response:
    """Where is this one, and what happened?"""
    obligation = seen.find_to_read(session, Obligation, obligation_id, sight=sight(visitor))
    return _page(request, session, obligation, visitor, now, asked=asked)


@router.post("/obligations/{obligation_id}/extension")
def ask_extension(
    request: Request, obligation_id: RowId, visitor: Annotated[Visitor, require(Permission.ASK_EXTENSION)],
    session: Db, now: Now, fields: Fields,
) -> Response:  # fmt: skip
    """Ask the department for more time."""
    obligation = seen.find(session, Obligation, obligation_id, sight=sight(visitor))
    subject = Subject(SubjectKind.OBLIGATION, obligation_id)
    form, problems = extensions.ask(session, subject, fields=fields, visitor=visitor, now=now)
    if problems:
        return _page(request, session, obligation, visitor, now, typed=form, problems=problems)
    return RedirectResponse(f"/obligations/{obligation_id}?asked=1#extension", 303)


def _campaign(session: Session, campaign_id: int, visitor: Visitor, found: Sequence[Any]) -> Campaign:
    """Raises NotFound for a campaign that neither the visitor's role nor an obligation in sight lets them see."""
    if not found and not visitor.may(Permission.SEE_CAMPAIGNS):
        raise NotFound(what="campaign", id=campaign_id)
    return campaigns.get(session, campaign_id)


def _page(
    request: Request, session: Session, obligation: Obligation, visitor: Visitor, now: datetime, *,
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (), asked: bool = False,
) -> Response:  # fmt: skip
    campaign = session.get_one(Campaign, obligation.campaign_id)
    instance = session.get_one(ProcessInstance, obligation.instance_id)
    subject = Subject(SubjectKind.OBLIGATION, obligation.id)
    found = hazards.of_obligation(session, obligation.id)
    state = queries.states(session, [obligation])[obligation.id]
    context: dict[str, Any] = {
        "obligation": obligation, "campaign": campaign, "item": template_of(campaign).item(obligation.item_code),
        "owner": session.get_one(Enterprise, obligation.enterprise_id), "diagram": "obligation",
        "list_url": "/obligations", "state": state, "hazards": found, "steps": hazards.steps_of(session, found),
        "asked": asked, "adjusted": enterprisefile.of_obligation(session, obligation.id),
        "places": registerwords.places(session),
    }  # fmt: skip
    still_moves = obligation.due_at is not None and state in MAY_WAIT
    context |= extensions.card(
        session, subject, visitor=visitor, still_moves=still_moves, typed=typed, problems=problems
    )
    person, task = person_of(visitor, session, now), withdrawal.waiting_task(session, obligation)
    context |= {
        "may_withdraw": withdrawal.may_withdraw(session, obligation, task, person),
        "may_urge": visitor.may(Permission.URGE)
        and task is not None
        and task.candidate_group not in person.groups,
        "did": words.known(request.query_params.get("did"), "did"),
    }
    context |= story(session, instance, subject, visitor=visitor, now=now)
    return render(request, "obligations/obligation.html", status=422 if problems else 200, **context)
