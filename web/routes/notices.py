"""Notices: what the system told this person's groups, the newest first."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.people import is_enterprise
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.notifications import queries, service

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]
LISTED = 100


@router.get("/notices")
def notices_page(request: Request, visitor: Worker, session: Db, now: Now) -> Response:
    """What was I told?"""
    listed = service.latest(session, visitor.groups, limit=LISTED)
    unread = queries.unread(session, visitor.groups)
    firms = {} if is_enterprise(visitor) else queries.enterprises(session, listed)
    return render(request, "notices/index.html", notices=listed, unread=unread, firms=firms)


@router.post("/notices/read")
def mark_read(visitor: Worker, session: Db, now: Now) -> Response:
    """All of them are read."""
    service.mark_read(session, visitor.groups, at=now)
    return RedirectResponse("/notices", 303)
