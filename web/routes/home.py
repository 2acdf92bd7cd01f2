"""The first page after sign-in: where this person's work is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import RedirectResponse

from web.auth import Visitor, require
from workflows.accounts.permissions import Permission

router = APIRouter()


@router.get("/")
def home(visitor: Annotated[Visitor, require(Permission.WORK)]) -> Response:
    """Enterprises to their inbox, reviewers to their queue, the office and leaders to the campaigns, the administrator
    to the people."""
    if visitor.may(Permission.MANAGE_PEOPLE) and not visitor.may(Permission.REVIEW):
        return RedirectResponse("/people", 303)
    if visitor.may(Permission.LAUNCH) or (
        visitor.may(Permission.SEE_CAMPAIGNS) and not visitor.may(Permission.REVIEW)
    ):
        return RedirectResponse("/campaigns", 303)
    return RedirectResponse("/reviews" if visitor.may(Permission.REVIEW) else "/inbox", 303)
