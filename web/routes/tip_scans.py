"""What opens when somebody scans a code on a wall: a short form, and how a report stands. Nobody signs in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy import select
from sqlalchemy.orm import Session

from web import tipforms
from web.auth import Visitor, public
from web.dependencies import Db, Fields, MachineNow, Now, transaction
from web.inputs import Text
from web.templating import render
from web.tipforms import Typed
from workflows.clock import business_now
from workflows.evidence import service as evidence
from workflows.evidence.models import Evidence
from workflows.evidence.types import ANONYMOUS
from workflows.tips import codes, pictures, queries, service
from workflows.tips.codes import Scanned
from workflows.tips.limits import Limits
from workflows.tips.rules import HOTLINE, KEPT_DAYS, LONGEST, LONGEST_PLACE, read_number, written
from workflows.tips.service import Sighting

router = APIRouter()
Anyone = Annotated[Visitor | None, public()]


@router.get("/s")
def look_up_page(
    request: Request,
    _: Anyone,
    session: Db,
    now: Now,
    machine_now: MachineNow,
    number: Text = "",
    sent: bool = False,
) -> Response:
    """How does my report stand?"""
    asked = read_number(number)
    wait = _limits(request).look_up(client=_client(request), now=machine_now) if asked else None
    found = queries.look_up(session, asked) if asked and not wait else None
    missing = bool(asked) and not wait and found is None
    return render(
        request, "tips/state.html", status=429 if wait else 404 if missing else 200, found=found, asked=written(asked)
        if asked else "", missing=missing, sent=sent, wait=tipforms.wait_words(wait) if wait else "", hotline=HOTLINE,
    )  # fmt: skip


@router.get("/s/{token}")
def scan_page(request: Request, token: Text, _: Anyone, session: Db, now: Now) -> Response:
    """What did you see?"""
    found = codes.scanned(session, token)
    typed = Typed(place=found.code.place if found else "")
    return _form(request, found, typed) if found and found.takes_tips else _closed(request, found, typed)


@router.post("/s/{token}")
def send(request: Request, token: Text, _: Anyone, fields: Fields, machine_now: MachineNow) -> Response:
    """Keep the report. The picture is redrawn before the database is asked for its lock."""
    typed = tipforms.read(fields)
    wait = _limits(request).send(
        client=_client(request), code=token, size=tipforms.size_of(fields), now=machine_now
    )
    if wait is None:
        tipforms.look_at_picture(typed, fields)
    with transaction(request, reads=False) as session:
        request.state.now = business_now(session, machine_now=machine_now)
        return _answer(request, session, codes.scanned(session, token), typed, wait)


def _answer(
    request: Request, session: Session, found: Scanned | None, typed: Typed, wait: timedelta | None
) -> Response:
    if found is None or not found.takes_tips:
        return _closed(request, found, typed)
    if wait is not None:
        response = _form(request, found, typed, status=429, wait=tipforms.wait_words(wait))
        response.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
        return response
    picture = _picture(request, session, found, typed)
    if typed.problems:
        typed.kept = picture.sha256 if picture else ""
        return _form(request, found, typed, status=422)
    sighting = Sighting(
        place=typed.place,
        text=typed.text,
        evidence_id=picture.id if picture else None,
        form_key=typed.form_key,
    )
    tip = service.take_in(session, found, sighting, now=request.state.now)
    return RedirectResponse(f"/s?number={tip.number}&sent=1", 303)


def _picture(request: Request, session: Session, found: Scanned, typed: Typed) -> Evidence | None:
    """The new picture, else the one that came with an earlier try; it is the town's."""
    town = found.enterprise.town_id
    if typed.picture is not None:
        return evidence.store(
            session, typed.picture, filename=pictures.NAME, organization_id=town, uploaded_by=ANONYMOUS,
            now=request.state.now, folder=request.app.state.settings.evidence_dir,
        )  # fmt: skip
    query = select(Evidence).filter_by(organization_id=town, sha256=typed.kept, uploaded_by=ANONYMOUS)
    return session.scalars(query).one_or_none() if typed.kept else None


def _form(request: Request, found: Scanned, typed: Typed, *, status: int = 200, wait: str = "") -> Response:
    return render(
        request, "tips/form.html", status=status, code=found.code, enterprise=found.enterprise, typed=typed, wait=wait,
        longest=LONGEST, longest_place=LONGEST_PLACE, hotline=HOTLINE, kept_days=KEPT_DAYS,
    )  # fmt: skip


def _closed(request: Request, found: Scanned | None, typed: Typed) -> Response:
    """What to do instead; what was typed meanwhile is still there to be copied."""
    status = 410 if found else 404
    return render(request, "tips/closed.html", status=status, found=found, typed=typed, hotline=HOTLINE)


def _limits(request: Request) -> Limits:
    limits: Limits = request.app.state.tip_limits
    return limits


def _client(request: Request) -> str:
    return request.client.host if request.client else ""
