"""What officials do with a hazard at any time: upgrade, transfer, merge, reopen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

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
from workflows.inbox import Person

router = APIRouter()
Director = Annotated[Visitor, require(Permission.DIRECT_HAZARD)]
Act = Callable[[dict[str, Any], Person], str]  # a valid form, who sent it -> where to go on


@dataclass(frozen=True, slots=True)
class Order:
    """A hazard in sight of who directs it, and what they filled in."""

    request: Request
    session: Session
    hazard: Hazard
    visitor: Visitor
    fields: FormData
    now: datetime

    def carry_out(self, direction: str, schema: Mapping[str, Any], act: Act) -> Response:
        """Act on a valid form; any other comes back with its problems on the page of the hazard."""
        form = read_form(schema, self.fields)
        problems = list(problems_of(schema, form))
        if not problems:
            try:
                return RedirectResponse(act(form, person_of(self.visitor, self.session, self.now)), 303)
            except InvalidForm as refused:
                problems = refused.data["problems"]
        return hazardpage.page(
            self.request, self.session, self.hazard, self.visitor, self.now, typed=form, problems=problems,
            direction=direction,
        )  # fmt: skip


def _order(
    request: Request, hazard_id: RowId, visitor: Director, session: Db, now: Now, fields: Fields
) -> Order:
    hazard = seen.find(session, Hazard, hazard_id, sight=sight(visitor))
    return Order(request, session, hazard, visitor, fields, now)


Given = Annotated[Order, Depends(_order)]


@router.post("/hazards/{hazard_id}/upgrade")
def upgrade(given: Given) -> Response:
    """It turned out to be major."""

    def act(form: dict[str, Any], person: Person) -> str:
        directing.upgrade(given.session, given.hazard, reason=form["reason"], person=person, now=given.now)
        return _page(given.hazard, "upgrade")

    return given.carry_out("upgrade", hazardforms.reason(_("升级理由")), act)


@router.post("/hazards/{hazard_id}/transfer")
def transfer(given: Given) -> Response:
    """Another department deals with it."""

    def act(form: dict[str, Any], person: Person) -> str:
        directing.transfer(
            given.session, given.hazard, department_id=int(form["department"]), reason=form["reason"],
            person=person, now=given.now,
        )  # fmt: skip
        still_theirs = sight(given.visitor).allows(given.hazard)
        return _page(given.hazard, "transfer") if still_theirs else "/hazards?did=transfer"

    departments = directing.other_departments(given.session, given.hazard)
    return given.carry_out("transfer", hazardforms.transfer(departments), act)


@router.post("/hazards/{hazard_id}/merge")
def merge(given: Given) -> Response:
    """It is another one reported twice."""

    def act(form: dict[str, Any], person: Person) -> str:
        directing.merge(given.session, given.hazard, into_id=int(form["other"]), person=person, now=given.now)
        return _page(given.hazard, "merge")

    return given.carry_out("merge", hazardforms.merged(), act)


@router.post("/hazards/{hazard_id}/reopen")
def reopen(given: Given) -> Response:
    """It came back, or was never gone."""

    def act(form: dict[str, Any], person: Person) -> str:
        opened = directing.reopen(
            given.session, given.hazard, reason=form["reason"], person=person, now=given.now
        )
        return _page(opened, "reopen")

    return given.carry_out("reopen", hazardforms.reason(_("重新打开的理由")), act)


def _page(hazard: Hazard, did: str) -> str:
    return f"/hazards/{hazard.id}?did={did}"
