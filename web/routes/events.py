"""Events: a safety officer opens an accident report, a work permit or a major hazard's duties, from the phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms import schemas
from web.forms.reading import read_form
from web.inputs import Choice, Text
from web.people import person_of, sight
from web.templating import render
from workflows import inbox, seen
from workflows.accounts.permissions import Permission
from workflows.accounts.types import Role
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem, problems_of
from workflows.hazards.models import Hazard
from workflows.i18n import gettext as _
from workflows.obligations import events
from workflows.times import ZONE

router = APIRouter()
Opener = Annotated[Visitor, require(Permission.OPEN_EVENT)]
LONGEST_WHAT = 60  # characters, as `schemas.event` has it
FIRM = (Role.SAFETY_OFFICER, Role.PRINCIPAL)


@router.get("/events/new")
def event_page(
    request: Request, visitor: Opener, session: Db, now: Now, item: Text | None = None, hazard: Choice = None
) -> Response:
    """What happened, or what is to be done? An accident at a hazard begins with what is known of it."""
    offered = events.choices(session, _firm(visitor))
    local = now.astimezone(ZONE)
    form = {"day": local.date().isoformat(), "time": local.strftime("%H:%M")}
    if hazard is not None:
        form |= _of_hazard(seen.find(session, Hazard, hazard, sight=sight(visitor)), offered)
    return _page(request, offered, {**form, "item": item} if item else form)


@router.post("/events")
def open_event(request: Request, visitor: Opener, session: Db, now: Now, fields: Fields) -> Response:
    """Open it and lead to its form; the town, the department and the lead office hear of an accident at once."""
    offered = events.choices(session, _firm(visitor))
    schema = schemas.event(offered)
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _page(request, offered, form, problems)
    try:
        at = datetime.fromisoformat(f"{form['day']}T{form['time']}").replace(tzinfo=ZONE)
        obligation = events.open_event(
            session, _firm(visitor), key=form["item"], what=form["what"], place=form["place"], at=at,
            actor=visitor.actor, now=now,
        )  # fmt: skip
    except InvalidForm as refused:
        found = [FieldProblem("time", one.code, one.data) for one in refused.data["problems"]]
        return _page(request, offered, form, found)
    assert obligation.instance_id is not None
    return _next(session, visitor, obligation.instance_id, obligation.id, now)


def _of_hazard(hazard: Hazard, offered: Sequence[events.Choice]) -> dict[str, str]:
    accident = next((one.key for one in offered if one.item.recurrence.within_minutes is not None), None)
    what = _("第%(id)s号隐患引发：%(title)s") % {"id": hazard.id, "title": hazard.title}
    return {"what": what[:LONGEST_WHAT], "place": hazard.place[:LONGEST_WHAT]} | (
        {"item": accident} if accident else {}
    )


def _next(
    session: Session, visitor: Visitor, instance_id: int, obligation_id: int, now: datetime
) -> Response:
    mine = inbox.open_in(session, instance_id, person_of(visitor, session, now))
    return RedirectResponse(f"/inbox?task={mine[0].id}" if mine else f"/obligations/{obligation_id}", 303)


def _firm(visitor: Visitor) -> int:
    """The enterprise somebody works for; the permission is granted to nobody else."""
    return next(held.organization_id for held in visitor.held if held.role in FIRM)


def _page(
    request: Request,
    offered: Sequence[events.Choice],
    form: Mapping[str, Any],
    problems: Sequence[FieldProblem] = (),
) -> Response:
    return render(
        request, "events/new.html", status=422 if problems else 200, offered=offered, form=form, problems=problems,
        schema=schemas.event(offered),
    )  # fmt: skip
