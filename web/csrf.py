"""A change is accepted only from our own pages: by where the request comes from, and by a token.

The token is the sha256 of a secret that only this browser's cookie holds, so nothing has to be stored.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator

from fastapi import Request

from web import cookies

HEADER = "X-CSRF-Token"
FIELD = "csrf_token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class CrossSiteRefused(Exception):
    """The request came from another site, or its page is older than the session."""


def token(request: Request) -> str:
    """The token for the pages of this browser."""
    return token_for(_secret(request) or new_secret(request))


def new_secret(request: Request) -> str:
    """Give an anonymous visitor a secret; the response must set it as the `VISIT` cookie."""
    if not hasattr(request.state, "visit"):
        request.state.visit = secrets.token_urlsafe(24)
    visit: str = request.state.visit
    return visit


async def protect(request: Request) -> AsyncIterator[None]:
    """Runs around every route; uploaded files are closed behind it. Raises CrossSiteRefused."""
    try:
        if request.method not in SAFE_METHODS:
            await _check(request)
        yield
    finally:
        await request.close()


async def _check(request: Request) -> None:
    secret = _secret(request)
    if secret is None or not comes_from_here(request):
        raise CrossSiteRefused
    if not hmac.compare_digest((await _sent(request)).encode(), token_for(secret).encode()):
        raise CrossSiteRefused


def comes_from_here(request: Request) -> bool:
    """What the browser says about the origin; a client that says nothing is left to the token."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    host = request.headers.get("host")
    return origin is None or origin in (f"http://{host}", f"https://{host}")


def _secret(request: Request) -> str | None:
    return request.cookies.get(cookies.SESSION) or request.cookies.get(cookies.VISIT)


async def _sent(request: Request) -> str:
    if (header := request.headers.get(HEADER)) is not None:
        return header
    if request.headers.get("content-type", "").startswith(_FORMS):
        return str((await request.form()).get(FIELD, ""))
    return ""


def token_for(secret: str) -> str:
    """The token that belongs to the secret in a browser's cookie."""
    return hashlib.sha256(f"csrf {secret}".encode()).hexdigest()
