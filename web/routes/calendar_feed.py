"""The calendar that phones subscribe to: its address is the secret, nobody signs in."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response

from web.auth import Visitor, public
from web.dependencies import Db, Now, TheSettings
from web.inputs import Text
from workflows.exceptions import NotFound
from workflows.notifications import feed

router = APIRouter()


@router.get("/calendar/{secret}.ics")
def calendar(
    secret: Text, _: Annotated[Visitor | None, public()], session: Db, now: Now, settings: TheSettings
) -> Response:
    """The due dates of the person whose secret this is; any other secret does not exist."""
    account = feed.owner(session, secret)
    if account.is_sample and not settings.is_sample:
        raise NotFound(what="calendar")
    return Response(
        feed.file_of(session, account, home=settings.address, now=now),
        media_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": 'inline; filename="bihuan.ics"'},
    )
