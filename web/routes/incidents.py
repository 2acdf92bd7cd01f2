"""Incidents: what broke in a process, and trying again."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import Choice, RowId
from web.templating import render
from workflows import incidents
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of

router = APIRouter()
Keeper = Annotated[Visitor, require(Permission.RETRY_INCIDENTS)]


@router.get("/incidents")
def incidents_page(
    request: Request, visitor: Keeper, session: Db, now: Now, resolved: bool = False, before: Choice = None,
    outcome: incidents.Outcome | None = None,
) -> Response:  # fmt: skip
    """What broke?"""
    found = incidents.listed(session, resolved=resolved, before=before)
    rows = found[: incidents.PAGE]
    names = names_of(session, [one.incident.resolved_by for one in rows])
    return render(
        request, "incidents/index.html", rows=rows, more=len(found) > incidents.PAGE, resolved=resolved,
        before=before, outcome=outcome, names=names,
    )  # fmt: skip


@router.post("/incidents/{incident_id}/retry")
def retry(visitor: Keeper, incident_id: RowId, session: Db, now: Now) -> Response:
    """Try again, and say what came of it."""
    outcome, _ = incidents.retry(session, incident_id, now=now, actor=visitor.actor)
    return RedirectResponse(f"/incidents?outcome={outcome}", 303)
