"""The overdue board: who is late, how long, what has been done about it; urge them."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from starlette.datastructures import FormData

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.inputs import Choice, Count, number_of
from web.people import sight
from web.templating import is_partial, render
from workflows import overdue
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.campaigns.queries import newest_first
from workflows.duties import queries as duties
from workflows.escalation.queries import for_groups
from workflows.exceptions import NotFound
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.overdue import Cell

router = APIRouter()
Bucket = Annotated[int, Field(ge=0, lt=len(overdue.BUCKETS))] | None


@router.get("/overdue")
def board(
    request: Request, visitor: Annotated[Visitor, require(Permission.SEE_OVERDUE)], session: Db, now: Now,
    campaign: Choice = None, town: Choice = None, bucket: Bucket = None, offset: Count = 0,
    urged: Count | None = None, urged_bodies: Count | None = None,
) -> Response:  # fmt: skip
    """Who is late, and what follows?"""
    cell = Cell(campaign, town, bucket, offset)
    calendar, seen = load(session), sight(visitor)
    found = overdue.listed(session, cell=cell, sight=seen, calendar=calendar, now=now)
    context: dict[str, Any] = {
        "cell": cell, "late": found[: overdue.PAGE], "more": len(found) > overdue.PAGE, "urged": urged,
        "urged_bodies": urged_bodies,
        "matrix": overdue.matrix(session, cell=Cell(campaign), sight=seen, calendar=calendar, now=now),
        "buckets": overdue.BUCKETS, "query": urlencode(_query(cell)), "campaigns": newest_first(session),
        "towns": {one.id: one for one in organizations.of_kind(session, OrganizationKind.TOWN)},
        "late_duties": duties.late(session, campaign_id=campaign, sight=seen, now=now), "calendar": calendar,
        "escalated": for_groups(session, visitor.groups, limit=6),
    }  # fmt: skip
    return render(request, "overdue/_list.html" if is_partial(request) else "overdue/index.html", **context)


@router.post("/overdue/urge")
def urge(
    request: Request, visitor: Annotated[Visitor, require(Permission.REMIND)], session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Urge the ticked ones, or all of the listed part; what was done meanwhile is left alone."""
    seen = sight(visitor)
    cell = _cell(fields)
    if fields.get("all"):
        chosen = overdue.in_cell(session, cell=cell, sight=seen, calendar=load(session), now=now)
    else:
        ids = [number_of(value) for value in fields.getlist("obligation")]
        chosen = overdue.selected(session, [one for one in ids if one], sight=seen, now=now)
    reached = overdue.urge(session, chosen, actor=visitor.actor, now=now)
    return RedirectResponse(f"/overdue?{urlencode({**_query(cell), 'urged': reached})}", 303)


@router.post("/overdue/urge-bodies")
def urge_bodies(
    request: Request, visitor: Annotated[Visitor, require(Permission.REMIND)], session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Urge the bodies of the ticked unit tasks; what was filed meanwhile is left alone."""
    ids = [number for value in fields.getlist("duty") if (number := number_of(value)) is not None]
    found = duties.late(session, campaign_id=None, sight=sight(visitor), now=now, ids=ids)
    reached = overdue.urge_bodies(session, [task for task, _ in found], actor=visitor.actor, now=now)
    return RedirectResponse(f"/overdue?{urlencode({**_query(_cell(fields)), 'urged_bodies': reached})}", 303)


def _cell(fields: FormData) -> Cell:
    """The part of the board that a form names. Raises NotFound for one that is none: it must not mean the whole."""
    numbers = {name: number_of(fields[name]) for name in ("campaign", "town", "bucket") if fields.get(name)}
    if None in numbers.values() or numbers.get("bucket", 0) not in range(len(overdue.BUCKETS)):
        raise NotFound(what="overdue", **numbers)
    return Cell(numbers.get("campaign"), numbers.get("town"), numbers.get("bucket"))


def _query(cell: Cell) -> dict[str, int]:
    pairs = {"campaign": cell.campaign_id, "town": cell.town_id, "bucket": cell.bucket}
    return {name: value for name, value in pairs.items() if value is not None}
