"""What was promised when somebody urged: the list to follow up, and the answer to an urge."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.inputs import Count, number_of
from web.people import sight
from web.subjects import url_of_subject
from web.templating import go_on, render
from workflows import seen
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.exceptions import NotAllowed, NotFound
from workflows.lateness.turns import FILES
from workflows.promises import queries, service
from workflows.promises.queries import Part
from workflows.subjects import Subject, SubjectKind
from workflows.times import day_of

router = APIRouter()


@router.get("/promises")
def promises_page(
    request: Request, visitor: Annotated[Visitor, require(Permission.SEE_OVERDUE)], session: Db, now: Now,
    part: Part = Part.TODAY, offset: Count = 0,
) -> Response:  # fmt: skip
    """Which promises are due, which were broken?"""
    own, today = sight(visitor), day_of(now)
    found = queries.listed(session, part=part, sight=own, today=today, offset=offset)
    actors = {actor for one in found for actor in (one.promised_by, one.urged_by)}
    return render(
        request, "promises/index.html", rows=found[: queries.PAGE], more=len(found) > queries.PAGE, part=part,
        offset=offset, of_part=queries.counts(session, sight=own, today=today), names=names_of(session, actors),
    )  # fmt: skip


@router.post("/promises")
def promise(
    request: Request, visitor: Annotated[Visitor, require(Permission.PROMISE)], session: Db, now: Now, fields: Fields
) -> Response:  # fmt: skip
    """Answer an urge: by which day it will be handed in, and how."""
    subject = _subject(fields)
    file = seen.find(session, FILES[subject.kind], subject.id, sight=sight(visitor))
    if service.home_of(file) not in visitor.organizations():
        raise NotAllowed
    service.promise(
        session, subject, file, by_on=_day(fields), words=str(fields.get("words", "")), actor=visitor.actor, now=now
    )  # fmt: skip
    return go_on(request, f"{url_of_subject(subject)}?answered=1#promise")


def _subject(fields: FormData) -> Subject:
    kind, _, digits = str(fields.get("subject", "")).partition(":")
    number = number_of(digits)
    if kind not in [one.value for one in FILES] or not number:
        raise NotFound(what="promise", subject=kind)
    return Subject(SubjectKind(kind), number)


def _day(fields: FormData) -> date | None:
    try:
        return date.fromisoformat(str(fields.get("by_on", "")))
    except ValueError:
        return None
