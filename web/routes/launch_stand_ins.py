"""On the launch page the lead office names who stands in for an official, and ends it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web import launchpage
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.forms import launching, standin
from web.forms.standin import Asked
from web.inputs import RowId, number_of
from workflows.accounts.models import Account
from workflows.accounts.permissions import Permission
from workflows.assignments import standins
from workflows.exceptions import Conflict, InvalidForm, NotFound
from workflows.times import day_of

router = APIRouter()
Launcher = Annotated[Visitor, require(Permission.LAUNCH)]
PLACE = "#staffing"


@router.post("/campaigns/new/stand-in")
def name_stand_in(
    request: Request, visitor: Launcher, session: Db, now: Now, settings: TheSettings, fields: Fields
) -> Response:
    """A colleague does what is assigned to somebody who will be away; the address is the launch page's own."""
    choice = launching.read(session, request.query_params, folder=settings.import_dir, today=day_of(now))
    asked = standin.read(fields)
    try:
        _name(session, asked, visitor, now)
    except (InvalidForm, Conflict) as refused:
        return launchpage.page(
            request,
            session,
            visitor,
            choice,
            now=now,
            problems=choice.problems,
            refused=asked.refused(refused),
        )
    return RedirectResponse(f"/campaigns/new?{launching.query(choice)}{PLACE}", 303)


@router.post("/campaigns/new/stand-in/{stand_in_id}/end")
def end_stand_in(
    request: Request, stand_in_id: RowId, visitor: Launcher, session: Db, now: Now, settings: TheSettings
) -> Response:
    """Nobody stands in any more."""
    choice = launching.read(session, request.query_params, folder=settings.import_dir, today=day_of(now))
    absent = standins.absent_official(session, stand_in_id)
    standins.end(
        session, stand_in_id, absent=absent, by=session.get_one(Account, visitor.account_id), now=now
    )
    return RedirectResponse(f"/campaigns/new?{launching.query(choice)}{PLACE}", 303)


def _name(session: Session, asked: Asked, visitor: Visitor, now: Now) -> None:
    absent = session.get(Account, number_of(asked.absent) or 0)
    if absent is None:
        raise NotFound(what="account", id=asked.absent)
    from_on, to_on = asked.days
    standins.name(
        session, absent, held=next((one for one in absent.held if one.group == asked.group), None),
        stand_in_id=asked.stand_in_id, from_on=from_on, to_on=to_on, today=day_of(now), now=now,
        by=session.get_one(Account, visitor.account_id),
    )  # fmt: skip
