"""Many tasks at once, with one result line each."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response

from web import messages
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.inputs import number_of, plain
from web.people import person_of
from web.templating import render
from workflows import bulk
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of

router = APIRouter()


@router.post("/tasks/bulk")
def decide(
    request: Request, visitor: Annotated[Visitor, require(Permission.WORK)], session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Decide the ticked ones alike; sending the same again is harmless: each line says that it is done."""
    ids = [number for value in fields.getlist("task") if (number := number_of(value)) is not None]
    accept, reason = fields.get("decision") != "return", plain(str(fields.get("reason", ""))).strip()
    person = person_of(visitor, session, now)
    lines = bulk.decide(session, ids, accept=accept, reason=reason, person=person, now=now)
    names = names_of(session, [line.data.get(key) for line in lines for key in ("actor", "by")])
    told = {
        line.task_id: messages.of(line.code, line.data, today=now, names=names).title
        for line in lines
        if not line.done
    }
    base = "/reviews" if fields.get("page") == "reviews" else "/inbox"
    return render(request, "inbox/bulk.html", lines=lines, told=told, accept=accept, base=base)
