"""Sign in and sign out."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from web import cookies
from web.auth import Visitor, public, safe_next
from web.dependencies import Db, MachineNow, transaction
from web.inputs import Text
from web.templating import render
from workflows.accounts import queries, service, sessions
from workflows.accounts.types import Refusal, SignIn
from workflows.audit import service as audit
from workflows.sample import PASSWORD

router = APIRouter()

STATUS = {Refusal.LOCKED: 423, Refusal.WRONG: 422, Refusal.INACTIVE: 403, Refusal.SAMPLE: 403}


@router.get("/login")
def sign_in_page(
    request: Request, visitor: Annotated[Visitor | None, public()], next: Text = "/"
) -> Response:
    """Who are you?"""
    if visitor is not None:
        return RedirectResponse(safe_next(next), 303)
    return _page(request, next=safe_next(next))


@router.post("/login")
def sign_in(
    request: Request,
    _: Annotated[Visitor | None, public()],
    now: MachineNow,
    username: Annotated[Text, Form()] = "",
    password: Annotated[str, Form()] = "",
    next: Annotated[Text, Form()] = "/",
) -> Response:
    """Check the name and the password outside the write lock, then settle and open a session."""
    target, name = safe_next(next), username[:64]
    with transaction(request, reads=True) as session:
        checked = service.check_password(session, username=name, password=password)
    with transaction(request, reads=False) as session:
        allow_sample = request.app.state.settings.is_sample
        outcome = service.settle(session, checked, now=now, allow_sample=allow_sample)
        audit.record_sign_in(session, at=now, username=name, outcome=outcome)
        if outcome.account_id is not None:
            _close_current(request, session)
            secret = sessions.open_session(session, account_id=outcome.account_id, now=now)
    if not outcome.accepted:
        return _page(request, next=target, username=name, outcome=outcome, now=now)
    response = RedirectResponse(target, 303)
    cookies.put(request, response, cookies.SESSION, secret)
    cookies.drop(response, cookies.VISIT)
    return response


@router.post("/logout")
def sign_out(request: Request, session: Db, _: Annotated[Visitor | None, public()]) -> Response:
    """End this browser's session; pressing twice is harmless."""
    _close_current(request, session)
    response = RedirectResponse("/login", 303)
    cookies.drop(response, cookies.SESSION)
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _page(
    request: Request,
    *,
    next: str,
    username: str = "",
    outcome: SignIn | None = None,
    now: Any = None,
) -> Response:
    refusal = outcome.refusal if outcome else None
    until = outcome.locked_until if outcome else None
    minutes = max(1, -(-int((until - now).total_seconds()) // 60)) if until and now else 0
    return render(
        request,
        "login/index.html",
        status=STATUS[refusal] if refusal else 200,
        next=next,
        username=username,
        refusal=refusal,
        minutes=minutes,
        samples=_samples(request),
        sample_password=PASSWORD if request.app.state.settings.is_sample else "",
    )


def _samples(request: Request) -> list[queries.Listed]:
    if not request.app.state.settings.is_sample:
        return []
    with transaction(request, reads=True) as session:
        return queries.sample_accounts(session)


def _close_current(request: Request, session: Any) -> None:
    if secret := request.cookies.get(cookies.SESSION):
        sessions.close_session(session, secret=secret)
