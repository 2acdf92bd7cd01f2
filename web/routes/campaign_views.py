"""One campaign from further away or closer: bodies side by side, what stands at a node, the page for a meeting room."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request, Response

from web.auth import Visitor, require
from web.campaignpage import course, towns_of, view_of
from web.dependencies import Db, Now, TheSettings
from web.downloads import docx
from web.inputs import Choice, Count, RowId, Text
from web.templating import is_partial, render
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.campaigns import comparison, figures, service, whereabouts
from workflows.campaigns.tallies import Dimension
from workflows.documents import service as documents
from workflows.documents.ranking import ranking_facts
from workflows.documents.types import Kind
from workflows.exceptions import NotFound
from workflows.i18n import SOURCE, spoken
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]


@router.get("/campaigns/{campaign_id}/compare")
def compare_page(
    request: Request, campaign_id: RowId, visitor: Reader, session: Db, now: Now, by: Dimension = Dimension.TOWN,
    town: Choice = None,
) -> Response:  # fmt: skip
    """Who is behind?"""
    campaign, view = view_of(session, campaign_id, visitor, town)
    departments = organizations.of_kind(session, OrganizationKind.DEPARTMENT)
    context: dict[str, Any] = {
        "campaign": campaign, "template": service.template_of(campaign), "view": view, "by": by,
        "lines": comparison.compare(session, view, by, now=now), "dimensions": tuple(Dimension),
        "counted_at": figures.counted_at(session, view),
        "towns": towns_of(session), "departments": {one.id: one for one in departments},
    }  # fmt: skip
    return render(request, "campaigns/compare.html", **context)


@router.get("/campaigns/{campaign_id}/ranking.docx")
def ranking(campaign_id: RowId, visitor: Reader, session: Db, settings: TheSettings, now: Now) -> Response:
    """The towns side by side, to be sent round."""
    campaign, view = view_of(session, campaign_id, visitor, None)
    with spoken(SOURCE):
        facts = ranking_facts(session, campaign, view, now=now)
    folder = settings.evidence_dir
    body = documents.write(session, Kind.RANKING, facts, organization_id=None, folder=folder, now=now)
    return docx(body, f"{campaign.title}镇街推进情况通报")


@router.get("/campaigns/{campaign_id}/nodes/{key}/{node}")
def node_page(
    request: Request, campaign_id: RowId, key: Text, node: Text, visitor: Reader, session: Db, now: Now,
    town: Choice = None, offset: Count = 0,
) -> Response:  # fmt: skip
    """What stands here, and since when?"""
    campaign, view = view_of(session, campaign_id, visitor, town)
    if key not in whereabouts.MODELS:
        raise NotFound(what="process", key=key)
    found = whereabouts.standing_at(session, view, key, node, offset=offset)
    context: dict[str, Any] = {
        "campaign": campaign, "view": view, "key": key, "node": node, "offset": offset, "calendar": load(session),
        "rows": found[: whereabouts.PAGE], "more": len(found) > whereabouts.PAGE, "towns": towns_of(session),
    }  # fmt: skip
    return render(request, "campaigns/node.html", **context)


@router.get("/campaigns/{campaign_id}/screen")
def screen_page(
    request: Request, campaign_id: RowId, visitor: Reader, session: Db, now: Now, town: Choice = None
) -> Response:
    """The state of things on the wall of a meeting room."""
    campaign, view = view_of(session, campaign_id, visitor, town)
    context: dict[str, Any] = {
        **course(session, campaign, view, now=now), "view": view,
        "lines": comparison.compare(session, view, Dimension.TOWN, now=now),
        "items": comparison.compare(session, view, Dimension.ITEM, now=now),
    }  # fmt: skip
    return render(
        request, "campaigns/_screen.html" if is_partial(request) else "campaigns/screen.html", **context
    )
