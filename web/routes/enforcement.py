"""Enforcement: which enterprises are being visited, and where one of them stands."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from engine.models import ProcessInstance
from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import Count, RowId
from web.people import is_enterprise, sight
from web.subjectpage import story
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.campaigns.models import Campaign
from workflows.enforcement import queries
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]


@router.get("/enforcement")
def enforcements_page(
    request: Request, visitor: Reader, session: Db, now: Now, closed: bool = False, offset: Count = 0
) -> Response:
    """Where is somebody to go, and what came of it?"""
    found = queries.listed(session, sight=sight(visitor), closed=closed, offset=offset)
    context: dict[str, Any] = {
        "rows": found[: queries.PAGE], "more": len(found) > queries.PAGE, "closed": closed, "offset": offset,
        "page": queries.PAGE, "steps": queries.steps(session, [one for one, _ in found]),
        "counts_of": queries.counts(session, sight=sight(visitor)), "calendar": load(session),
        "is_enterprise": is_enterprise(visitor),
    }  # fmt: skip
    return render(request, "enforcement/index.html", **context)


@router.get("/enforcement/{enforcement_id}")
def enforcement_page(
    request: Request, enforcement_id: RowId, visitor: Reader, session: Db, now: Now
) -> Response:
    """Where is this one, and what was found and decided?"""
    one = queries.find(session, enforcement_id, sight=sight(visitor))
    instance = session.get_one(ProcessInstance, one.instance_id)
    context: dict[str, Any] = {
        "enforcement": one, "firm": session.get_one(Enterprise, one.enterprise_id),
        "campaign": session.get_one(Campaign, one.campaign_id), "step": queries.steps(session, [one])[one.id],
        "is_enterprise": is_enterprise(visitor),
    }  # fmt: skip
    subject = Subject(SubjectKind.ENFORCEMENT, one.id)
    context |= story(session, instance, subject, visitor=visitor, now=now)
    return render(request, "enforcement/enforcement.html", **context)
