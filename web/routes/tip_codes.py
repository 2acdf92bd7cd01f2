"""Codes to hang on walls: which there are, a new one, one on paper, one that is taken down."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web import qrcodes
from web.auth import Visitor, require
from web.dependencies import Db, Now, TheSettings
from web.forms.problems import sentence
from web.inputs import Choice, Count, RowId, Text
from web.people import is_enterprise, person_of, sight
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.exceptions import InvalidForm, NotFound
from workflows.i18n import gettext as _
from workflows.tips import checks, codes
from workflows.tips.rules import HOTLINE, LONGEST_PLACE

router = APIRouter()
Maker = Annotated[Visitor, require(Permission.MAKE_TIP_CODES)]


@router.get("/tip-codes")
def codes_page(
    request: Request, visitor: Maker, session: Db, now: Now, enterprise: Choice = None, offset: Count = 0,
    made: Choice = None,
) -> Response:  # fmt: skip
    """Which codes hang where?"""
    return _page(request, session, visitor, enterprise=enterprise, offset=offset, made=made)


@router.post("/tip-codes")
def make(
    request: Request, visitor: Maker, session: Db, now: Now, place: Annotated[Text, Form()] = "",
    enterprise_name: Annotated[Text, Form()] = "",
) -> Response:  # fmt: skip
    """A new code for a place; a town says whose place it is."""
    person, seen = person_of(visitor, session, now), sight(visitor)
    typed = {"place": place, "enterprise_name": enterprise_name}
    try:
        firm = _firm_id(session, visitor, enterprise_name)
        code = codes.make(session, enterprise_id=firm, place=place, sight=seen, person=person, now=now)
    except NotFound:
        problems = {"enterprise_name": _("您的辖区内没有这家企业，请写全称或统一社会信用代码。")}
        return _page(request, session, visitor, typed=typed, problems=problems)
    except InvalidForm as refused:
        [problem] = refused.data["problems"]
        problems = {"place": sentence(problem, title=_("地点"), widget="text")}
        return _page(request, session, visitor, typed=typed, problems=problems)
    return RedirectResponse(f"/tip-codes?made={code.id}", 303)


@router.post("/tip-codes/{code_id}/disable")
def disable(code_id: RowId, visitor: Maker, session: Db, now: Now) -> Response:
    """Take one down."""
    codes.disable(session, code_id, sight=sight(visitor), person=person_of(visitor, session, now), now=now)
    return RedirectResponse("/tip-codes", 303)


@router.get("/tip-codes/{code_id}/print")
def print_page(
    request: Request, code_id: RowId, visitor: Maker, session: Db, now: Now, settings: TheSettings,
    size: Literal["a4", "a6"] = "a4",
) -> Response:  # fmt: skip
    """One on paper, to hang up."""
    found = codes.find(session, code_id, sight=sight(visitor))
    address = f"{settings.address}/s/{found.code.token}"
    context: dict[str, Any] = {
        "code": found.code, "enterprise": found.enterprise, "size": size, "address": address, "found": found,
        "drawing": qrcodes.drawing(address), "hotline": HOTLINE,
    }  # fmt: skip
    return render(request, "tipcodes/print.html", **context)


def _firm_id(session: Session, visitor: Visitor, named: str) -> int:
    return visitor.organization_id if is_enterprise(visitor) else checks.enterprise_named(session, named).id


def _page(
    request: Request, session: Session, visitor: Visitor, *, enterprise: int | None = None, offset: int = 0,
    made: int | None = None, typed: dict[str, str] | None = None, problems: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    found = codes.listed(session, sight=sight(visitor), enterprise_id=enterprise, offset=offset)
    home = visitor.organization_id
    context: dict[str, Any] = {
        "rows": found[: codes.PAGE], "more": len(found) > codes.PAGE, "offset": offset, "page": codes.PAGE,
        "enterprise": enterprise, "is_enterprise": is_enterprise(visitor), "made": made, "longest": LONGEST_PLACE,
        "mine": {one.code.id for one in found if codes.may_disable(one.code, organization_id=home)},
        "typed": typed or {}, "problems": problems or {}, "no_address": not request.app.state.settings.base_url,
    }  # fmt: skip
    return render(request, "tipcodes/index.html", status=422 if problems else 200, **context)
