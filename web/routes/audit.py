"""The audit log: who decided what and when, to be read only."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from pydantic import BeforeValidator

from web.auth import Visitor, require
from web.dependencies import Db, Now
from web.inputs import Choice, Text
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.audit import queries

router = APIRouter()
Day = Annotated[date | None, BeforeValidator(lambda text: text or None)]


@router.get("/audit")
def audit_page(
    request: Request, visitor: Annotated[Visitor, require(Permission.READ_AUDIT)], session: Db, now: Now,
    person: Text = "", action: Text = "", subject: Text = "", day: Day = None, before: Choice = None,
) -> Response:  # fmt: skip
    """Who decided what?"""
    wanted = queries.Filter(person.strip(), action, subject.strip(), day)
    found = queries.latest(session, wanted, limit=queries.PAGE + 1, before=before)
    rows = found[: queries.PAGE]
    given = {"person": wanted.person, "action": action, "subject": wanted.subject, "day": day or ""}
    return render(
        request, "audit/index.html", rows=rows, more=len(found) > queries.PAGE, before=before, wanted=wanted,
        query=urlencode({name: value for name, value in given.items() if value}),
        actions=queries.actions(session), names=names_of(session, [one.actor for one in rows]),
    )  # fmt: skip
