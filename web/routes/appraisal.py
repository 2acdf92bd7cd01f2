"""The appraisal (003): indicators against their targets, self-evaluations of bodies, what was frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import Field
from sqlalchemy.orm import Session

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms import appraisal as forms
from web.forms.reading import read_form
from web.inputs import RowId
from web.people import person_of
from web.templating import render
from workflows import inbox
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.appraisal import evaluations, library, queries, rules, service
from workflows.calendar.service import load
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem, problems_of

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Appraiser = Annotated[Visitor, require(Permission.APPRAISE)]
Year = Annotated[int, Field(ge=library.years().start, lt=library.years().stop)]
LAST = library.years()[-1]


@router.get("/appraisal")
def appraisal_page(request: Request, visitor: Reader, session: Db, now: Now, year: Year = LAST) -> Response:
    """Are the targets met?"""
    return _page(request, session, visitor, year, now)


@router.post("/appraisal/{year}/values")
def report(
    request: Request, year: Year, visitor: Appraiser, session: Db, now: Now, fields: Fields
) -> Response:
    """What an indicator came to."""
    schema = forms.value(library.indicators())
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _page(request, session, visitor, year, now, chosen="value", typed=form, problems=problems)
    value = Decimal(form["value"])
    service.report(
        session,
        code=form["code"],
        year=year,
        value=value,
        source=form["source"],
        actor=visitor.actor,
        now=now,
    )
    return _to(year)


@router.post("/appraisal/{year}/evaluations")
def set_evaluations(
    request: Request, year: Year, visitor: Appraiser, session: Db, now: Now, fields: Fields
) -> Response:
    """Have every body evaluate its year, until a day."""
    schema = forms.due()
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _page(request, session, visitor, year, now, chosen="due", typed=form, problems=problems)
    try:
        due_on = date.fromisoformat(form["due_on"])
        evaluations.set_year(session, year=year, due_on=due_on, actor=visitor.actor, now=now)
    except InvalidForm as refused:
        return _page(
            request, session, visitor, year, now, chosen="due", typed=form, problems=refused.data["problems"]
        )
    return RedirectResponse(f"/appraisal?year={year}#evaluations", 303)


@router.get("/appraisal/evaluations/{number}")
def evaluation(number: RowId, visitor: Reader, session: Db) -> Response:
    """Where a notice about a self-evaluation leads."""
    return RedirectResponse(f"/appraisal?year={queries.task(session, number).year}#evaluations", 303)


@router.post("/appraisal/{year}/freeze")
def freeze(
    request: Request, year: Year, visitor: Appraiser, session: Db, now: Now, fields: Fields
) -> Response:
    """Make the mid-term or the final appraisal of this year's figures."""
    schema = forms.freeze()
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _page(request, session, visitor, year, now, chosen="freeze", typed=form, problems=problems)
    kind = service.Kind(form["kind"])
    made = service.freeze(
        session, kind=kind, year=year, opinion=form["opinion"], actor=visitor.actor, now=now
    )
    return RedirectResponse(f"/appraisal/made/{made.id}", 303)


@router.get("/appraisal/made/{appraisal_id}")
def made_page(request: Request, appraisal_id: RowId, visitor: Reader, session: Db, now: Now) -> Response:
    """What was found, to print."""
    made = queries.get(session, appraisal_id)
    indicators = {one.code: one for one in library.indicators()}
    names = names_of(session, [made.frozen_by])
    return render(request, "appraisal/made.html", made=made, indicators=indicators, names=names)


def _to(year: int) -> Response:
    return RedirectResponse(f"/appraisal?year={year}", 303)


def _page(
    request: Request, session: Session, visitor: Visitor, year: int, now: datetime, *, chosen: str = "",
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    found, values = queries.findings(session, year), queries.values(session)
    reported, filed = queries.reported(session, year), queries.evaluations(session, year)
    actors = [one.entered_by for one in reported]
    actors += [who for one, _body in filed for who in (one.filed_by, one.checked_by) if who]
    tasks = queries.tasks(session, year)
    own = inbox.open_in_each(
        session, [task.instance_id for task, _ in tasks], person_of(visitor, session, now)
    )
    context: dict[str, Any] = {
        "year": year, "years": library.years(), "findings": found, "score": rules.score(found), "values": values,
        "reported": reported, "tasks": tasks, "own": own, "filed": {body.id: one for one, body in filed},
        "unset": len(evaluations.bodies(session)) - len(tasks), "made": queries.frozen(session),
        "calendar": load(session),
        "names": names_of(session, actors), "chosen": chosen, "typed": typed or {}, "problems": problems,
        "schemas": {
            "value": forms.value(library.indicators()), "due": forms.due(), "freeze": forms.freeze(),
        },
    }  # fmt: skip
    return render(request, "appraisal/index.html", status=422 if problems else 200, **context)
