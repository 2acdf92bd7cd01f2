"""The cookies of the site, and how they are set."""

from __future__ import annotations

from fastapi import Request, Response

SESSION = "bihuan_session"
VISIT = "bihuan_visit"  # an anonymous visitor's secret, so that sign-in too has a CSRF token
LANGUAGE = "bihuan_language"
YEAR = 365 * 24 * 3600


def put(request: Request, response: Response, name: str, value: str, *, max_age: int | None = None) -> None:
    """Set a cookie no script can read and no other site can send; over HTTPS only in production."""
    secure = not request.app.state.settings.is_sample
    response.set_cookie(name, value, max_age=max_age, httponly=True, samesite="lax", secure=secure, path="/")


def drop(response: Response, name: str) -> None:
    """Take a cookie back."""
    response.delete_cookie(name, path="/")
