"""Maps what the domain, the engine and the framework refuse to a status and a Chinese sentence.

A page gets a page; htmx gets a notice that replaces the content of `#notice` and leaves the input alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from engine.exceptions import EngineError
from web import messages
from web.auth import OwnPasswordNeeded, SignInNeeded, path_of
from web.csrf import SAFE_METHODS, CrossSiteRefused
from web.dependencies import transaction
from web.headers import HEADERS
from web.templating import is_partial, render
from workflows.accounts.queries import names_of
from workflows.exceptions import DomainError

log = structlog.get_logger()

STATUS: Mapping[str, int] = {
    "not-found": 404,
    "task_not_found": 404,
    "instance_not_found": 404,
    "incident_not_found": 404,
    "unknown_definition": 404,
    "unknown_decision": 404,
    "not-allowed": 403,
    "sample-only": 403,
    "same_person": 403,
    "conflict": 409,
    "task_closed": 409,
    "task_assigned": 409,
    "version_conflict": 409,
    "instance_not_active": 409,
    "definition_outdated": 409,
    "last-administrator": 409,
    "oneself": 409,
    "incident_raised": 500,
    "transition_failed": 500,
}
UNPROCESSABLE = 422  # every other refusal: the input is wrong, and its code says how


def install(app: FastAPI) -> None:
    """Give the application its error handlers."""
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(OwnPasswordNeeded, _own_password)
    app.add_exception_handler(CrossSiteRefused, _cross_site)
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(EngineError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _broken)


def status_of(error: DomainError | EngineError) -> int:
    """The HTTP status of a refusal."""
    return STATUS.get(error.code, UNPROCESSABLE)


async def _sign_in(request: Request, _: Exception) -> Response:
    """To the sign-in page and back; a lost form comes back to the page it was on."""
    target = str(request.url.path) + (f"?{request.url.query}" if request.url.query else "")
    if request.method not in SAFE_METHODS or is_partial(request):
        target = path_of(request.headers.get("hx-current-url") or request.headers.get("referer") or "/")
    return _elsewhere(request, f"/login?next={quote(target, safe='/')}", status=401)


async def _own_password(request: Request, _: Exception) -> Response:
    return _elsewhere(request, "/me/password", status=403)


def _elsewhere(request: Request, address: str, *, status: int) -> Response:
    """To another page; htmx is told with this status."""
    if request.headers.get("hx-request") == "true":
        return Response(status_code=status, headers={"HX-Redirect": address})
    return RedirectResponse(address, 303)


async def _cross_site(request: Request, _: Exception) -> Response:
    return await _answer(request, 403, messages.cross_site())


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError | EngineError)
    status = status_of(error)
    if status >= 500:
        return await _broken(request, error)

    def words() -> messages.Message:
        return messages.of(
            error.code,
            error.data,
            today=getattr(request.state, "now", None),
            names=_names(request, error.data),
        )

    return await _answer(request, status, await run_in_threadpool(words))


async def _malformed(request: Request, error: Exception) -> Response:
    """An address that makes no sense is a page that does not exist; else the form was not ours."""
    assert isinstance(error, RequestValidationError)
    in_address = request.method in SAFE_METHODS or any(one["loc"][0] == "path" for one in error.errors())
    if in_address:
        return await _answer(request, 404, messages.not_found())
    return await _answer(request, 422, messages.malformed())


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return await _answer(request, error.status_code, messages.http(error.status_code), error.headers)


async def _broken(request: Request, error: Exception) -> Response:
    """Our fault: a number to name on the telephone, and nothing of the inside."""
    number = secrets.token_hex(4).upper()
    log.error("request failed", number=number, method=request.method, path=_path(request), exc_info=error)
    # Starlette answers for a crash outside of all middleware, so the headers are added here.
    return await _answer(request, 500, messages.broken(number), HEADERS)


def _path(request: Request) -> str:
    """The address for the log; the one of somebody's calendar is a secret."""
    path = request.url.path
    return "/calendar/…" if path.startswith("/calendar/") else path


async def _answer(
    request: Request, status: int, message: messages.Message, headers: Mapping[str, str] | None = None
) -> Response:
    response = await run_in_threadpool(_render, request, status, message)
    response.headers.update(dict(headers or {}))
    return response


def _render(request: Request, status: int, message: messages.Message) -> Response:
    if request.headers.get("hx-request") == "true":
        response = render(request, "components/_notice.html", status=status, message=message)
        response.headers["HX-Retarget"] = "#notice"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    return render(request, "errors/index.html", status=status, message=message, code=status)


def _names(request: Request, data: Mapping[str, Any]) -> Mapping[str, str]:
    actors = [value for key, value in data.items() if key in ("actor", "by") and isinstance(value, str)]
    if not actors:
        return {}
    with transaction(request, reads=True) as session:
        return names_of(session, actors)
