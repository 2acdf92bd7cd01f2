"""Sample mode: move business time forward, and let everything that falls due happen on the way."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from web.auth import Visitor, require, safe_next
from web.dependencies import machine_now
from web.inputs import Text
from workflows import happenings, sweep
from workflows.accounts.permissions import Permission
from workflows.clock import business_now
from workflows.exceptions import InvalidForm, SampleOnly
from workflows.happenings import Happened
from workflows.sweep import Swept

router = APIRouter()
MOVED = "moved"  # in the address of the page that is shown next: what happened, as numbers


@router.post("/clock")
def move(
    request: Request,
    visitor: Annotated[Visitor, require(Permission.MOVE_CLOCK)],
    to: Annotated[Text, Form()],
    next: Annotated[Text, Form()] = "/",
) -> Response:
    """To tomorrow, a week on, or the next deadline. Production has no such clock."""
    if not request.app.state.settings.is_sample:
        raise SampleOnly
    sessions, machine = request.app.state.sessions, machine_now(request)
    with sessions.begin() as session:
        now = business_now(session, machine_now=machine)
    until = _target(request, to, now)
    swept = sweep.move_clock(sessions, until=until, now=now, machine_now=machine)
    with sessions.begin() as session:
        happened = happenings.between(session, after=now, until=until)
    return RedirectResponse(_back(safe_next(next), swept, happened), 303)


def _target(request: Request, to: str, now: datetime) -> datetime:
    """Where the clock shall stand. A minute past a deadline, so that what falls due then has happened."""
    if to == "day":
        return now + timedelta(days=1)
    if to == "week":
        return now + timedelta(weeks=1)
    if to == "deadline":
        due = sweep.next_instant(request.app.state.sessions)
        return max(due, now) + timedelta(minutes=1) if due else now + timedelta(days=1)
    raise InvalidForm(problems=[])


def _back(address: str, swept: Swept, happened: Happened) -> str:
    """The page one came from, with what happened; a notice of an earlier move goes."""
    parts = urlsplit(address)
    kept = [
        (name, value) for name, value in parse_qsl(parts.query) if name not in (MOVED, "done", "launched")
    ]
    told = (swept.timers, happened.reminders, happened.steps, happened.phases, happened.obligations)
    return f"{parts.path}?{urlencode([*kept, (MOVED, '-'.join(map(str, told)))])}"
