"""Filters of the inbox and the review queue that people keep."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from web import listfilter
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.templating import go_on
from workflows.accounts.permissions import Permission
from workflows.savedfilters import service

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]


@router.post("/filters")
def save(request: Request, visitor: Worker, session: Db, now: Now, fields: Fields) -> Response:
    """Keep the filter of the list under a name, alone or for the organisation."""
    page = "reviews" if fields.get("page") == "reviews" else "inbox"
    posted = {name: str(fields[name]) for name in listfilter.NAMES if name in fields}
    query = listfilter.pairs(listfilter.read(posted, reviews=page == "reviews"))
    shared = visitor.organization_id if fields.get("shared") else None
    service.save(
        session, account_id=visitor.account_id, organization_id=shared, page=page, name=str(fields.get("name", "")),
        query=query, now=now,
    )  # fmt: skip
    return go_on(request, f"/{page}?{urlencode(query)}")


@router.post("/filters/{filter_id}/remove")
def remove(request: Request, filter_id: int, visitor: Worker, session: Db, now: Now) -> Response:
    """Throw away one's own."""
    kept = service.remove(session, filter_id, account_id=visitor.account_id)
    return go_on(request, f"/{kept.page}")
