"""Notices: what the system told this person's groups, the newest first; the bell and its panel."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import RowId
from web.people import is_enterprise
from web.templating import is_partial, render
from workflows.accounts.permissions import Permission
from workflows.notifications import queries, service

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]
LISTED = 100
IN_PANEL = 8


@router.get("/notices")
def notices_page(request: Request, visitor: Worker, session: Db, now: Now) -> Response:
    """What was I told?"""
    return _list(request, visitor, session, "notices/index.html", limit=LISTED)


@router.get("/notices/panel")
def panel(request: Request, visitor: Worker, session: Db, now: Now) -> Response:
    """The latest few, under the bell."""
    return _list(request, visitor, session, "notices/_panel.html", limit=IN_PANEL)


@router.get("/notices/count")
def count(
    request: Request,
    visitor: Annotated[Visitor, require(Permission.WORK, own_password=False)],
    session: Db,
) -> Response:
    """How many are unread: what the bell asks for by itself, again and again."""
    return render(request, "notices/_count.html", unread=_unread(session, visitor))


@router.post("/notices/read")
def mark_read(request: Request, visitor: Worker, session: Db, now: Now) -> Response:
    """All of them are read."""
    service.mark_read(session, visitor.groups, account_id=visitor.account_id, at=now)
    return _done(request)


@router.post("/notices/{notice_id}/read")
def mark_one_read(request: Request, notice_id: RowId, visitor: Worker, session: Db, now: Now) -> Response:
    """One of them is read; somebody else's does not exist."""
    service.mark_one_read(session, notice_id, visitor.groups, account_id=visitor.account_id, at=now)
    return _done(request)


def _list(request: Request, visitor: Visitor, session: Session, page: str, *, limit: int) -> Response:
    listed = queries.latest(session, visitor.groups, account_id=visitor.account_id, limit=limit)
    homes = {} if is_enterprise(visitor) else queries.homes(session, [one for one, _ in listed])
    return render(request, page, notices=listed, homes=homes, unread=_unread(session, visitor))


def _done(request: Request) -> Response:
    return Response(status_code=204) if is_partial(request) else RedirectResponse("/notices", 303)


def _unread(session: Session, visitor: Visitor) -> int:
    return queries.unread(session, visitor.groups, account_id=visitor.account_id)
