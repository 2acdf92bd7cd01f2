"""What officials do with a hazard at any time: upgrade, transfer, merge, reopen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from web import hazardpage
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms import hazardforms
from web.forms.reading import read_form
from web.inputs import RowId
from web.people import person_of, sight
from workflows import seen
from workflows.accounts.permissions import Permission
from workflows.exceptions import InvalidForm
from workflows.forms import problems_of
from workflows.hazards import directing
from workflows.hazards.models import Hazard
from workflows.i18n import gettext as _

router = APIRouter()
Director = Annotated[Visitor, require(Permission.DIRECT_HAZARD)]


@router.post("/hazards/{hazard_id}/upgrade")
def upgrade(
    request: Request, hazard_id: RowId, visitor: Director, session: Db, now: Now, fields: Fields
) -> Response:
    """It turned out to be major."""
    hazard = seen.find(session, Hazard, hazard_id, sight=sight(visitor))
    form, schema = _typed(hazardforms.reason(_("升级理由")), fields)
    if problems := list(problems_of(schema, form)):
        return hazardpage.page(
            request, session, hazard, visitor, now, typed=form, problems=problems, direction="upgrade"
        )
    person = person_of(visitor, session, now)
    directing.upgrade(session, hazard, reason=form["reason"], person=person, now=now)
    return _back(hazard.id, "upgrade")


@router.post("/hazards/{hazard_id}/transfer")
def transfer(
    request: Request, hazard_id: RowId, visitor: Director, session: Db, now: Now, fields: Fields
) -> Response:
    """Another department deals with it."""
    hazard = seen.find(session, Hazard, hazard_id, sight=sight(visitor))
    departments = directing.other_departments(session, hazard)
    form, schema = _typed(hazardforms.transfer(departments), fields)
    if problems := list(problems_of(schema, form)):
        return hazardpage.page(
            request, session, hazard, visitor, now, typed=form, problems=problems, direction="transfer"
        )
    person, department_id = person_of(visitor, session, now), int(form["department"])
    directing.transfer(
        session, hazard, department_id=department_id, reason=form["reason"], person=person, now=now
    )
    still_theirs = sight(visitor).allows(hazard)
    return _back(hazard.id, "transfer") if still_theirs else RedirectResponse("/hazards?did=transfer", 303)


@router.post("/hazards/{hazard_id}/merge")
def merge(
    request: Request, hazard_id: RowId, visitor: Director, session: Db, now: Now, fields: Fields
) -> Response:
    """It is another one reported twice."""
    hazard = seen.find(session, Hazard, hazard_id, sight=sight(visitor))
    form, schema = _typed(hazardforms.merged(), fields)
    problems = list(problems_of(schema, form))
    if not problems:
        person = person_of(visitor, session, now)
        try:
            directing.merge(session, hazard, into_id=int(form["other"]), person=person, now=now)
        except InvalidForm as refused:
            problems = refused.data["problems"]
    if problems:
        return hazardpage.page(
            request, session, hazard, visitor, now, typed=form, problems=problems, direction="merge"
        )
    return _back(hazard.id, "merge")


@router.post("/hazards/{hazard_id}/reopen")
def reopen(
    request: Request, hazard_id: RowId, visitor: Director, session: Db, now: Now, fields: Fields
) -> Response:
    """It came back, or was never gone."""
    hazard = seen.find(session, Hazard, hazard_id, sight=sight(visitor))
    form, schema = _typed(hazardforms.reason(_("重新打开的理由")), fields)
    if problems := list(problems_of(schema, form)):
        return hazardpage.page(
            request, session, hazard, visitor, now, typed=form, problems=problems, direction="reopen"
        )
    person = person_of(visitor, session, now)
    opened = directing.reopen(session, hazard, reason=form["reason"], person=person, now=now)
    return _back(opened.id, "reopen")


def _typed(schema: dict[str, Any], fields: Fields) -> tuple[dict[str, Any], Mapping[str, Any]]:
    return read_form(schema, fields), schema


def _back(hazard_id: int, did: str) -> Response:
    return RedirectResponse(f"/hazards/{hazard_id}?did={did}", 303)
