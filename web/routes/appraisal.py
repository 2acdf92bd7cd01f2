"""The appraisal (003): indicators against their targets, self-evaluations of bodies, what was frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.appraisal import library, queries, rules, service
from workflows.forms import FieldProblem, problems_of
from workflows.organizations import queries as organizations
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Appraiser = Annotated[Visitor, require(Permission.APPRAISE)]
Body = Annotated[Visitor, require(Permission.SELF_EVALUATE)]
Year = Annotated[int, Field(ge=library.years().start, lt=library.years().stop)]
LAST = library.years()[-1]
BODIES = (OrganizationKind.DEPARTMENT, OrganizationKind.TOWN)


@router.get("/appraisal")
def appraisal_page(request: Request, visitor: Reader, session: Db, now: Now, year: Year = LAST) -> Response:
    """Are the targets met?"""
    return _page(request, session, visitor, year)


@router.post("/appraisal/{year}/values")
def report(
    request: Request, year: Year, visitor: Appraiser, session: Db, now: Now, fields: Fields
) -> Response:
    """What an indicator came to."""
    schema = forms.value(library.indicators())
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _page(request, session, visitor, year, chosen="value", typed=form, problems=problems)
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


@router.post("/appraisal/{year}/evaluation")
def evaluate(request: Request, year: Year, visitor: Body, session: Db, now: Now, fields: Fields) -> Response:
    """How my body sees its year."""
    schema = forms.evaluation()
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _page(request, session, visitor, year, chosen="evaluation", typed=form, problems=problems)
    service.evaluate(
        session,
        body_id=visitor.organization_id,
        year=year,
        statement=form["statement"],
        actor=visitor.actor,
        now=now,
    )
    return _to(year)


@router.post("/appraisal/{year}/evaluations/{evaluation_id}")
def check(
    request: Request,
    year: Year,
    evaluation_id: RowId,
    visitor: Appraiser,
    session: Db,
    now: Now,
    fields: Fields,
) -> Response:
    """Whether the lead office agrees."""
    schema = forms.check()
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        chosen = f"check-{evaluation_id}"
        return _page(request, session, visitor, year, chosen=chosen, typed=form, problems=problems)
    accepted = form["accepted"] == "1"
    service.check(
        session, evaluation_id, accepted=accepted, opinion=form["opinion"], actor=visitor.actor, now=now
    )
    return _to(year)


@router.post("/appraisal/{year}/freeze")
def freeze(
    request: Request, year: Year, visitor: Appraiser, session: Db, now: Now, fields: Fields
) -> Response:
    """Make the mid-term or the final appraisal of this year's figures."""
    schema = forms.freeze()
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _page(request, session, visitor, year, chosen="freeze", typed=form, problems=problems)
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
    request: Request, session: Session, visitor: Visitor, year: int, *, chosen: str = "",
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    found, values = queries.findings(session, year), queries.values(session)
    reported, evaluations = queries.reported(session, year), queries.evaluations(session, year)
    actors = [one.entered_by for one in reported]
    actors += [who for one, _body in evaluations for who in (one.filed_by, one.checked_by) if who]
    filed = {body.id: one for one, body in evaluations}
    context: dict[str, Any] = {
        "year": year, "years": library.years(), "findings": found, "score": rules.score(found), "values": values,
        "reported": reported, "evaluations": evaluations, "mine": filed.get(visitor.organization_id),
        "missing": [body for body in _bodies(session) if body.id not in filed], "made": queries.frozen(session),
        "names": names_of(session, actors), "chosen": chosen, "typed": typed or {}, "problems": problems,
        "schemas": {
            "value": forms.value(library.indicators()), "evaluation": forms.evaluation(), "check": forms.check(),
            "freeze": forms.freeze(),
        },
    }  # fmt: skip
    return render(request, "appraisal/index.html", status=422 if problems else 200, **context)


def _bodies(session: Session) -> list[Organization]:
    return [body for kind in BODIES for body in organizations.of_kind(session, kind)]
