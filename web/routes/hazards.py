"""Hazards: report one, see which are open, and where one is in the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from web import extensions, words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms import schemas
from web.forms.uploads import take_in, with_schema
from web.inputs import Choice, Count, Day, RowId
from web.people import is_enterprise, person_of, sight
from web.subjectpage import story
from web.templating import render
from web.timeline import hazard_steps
from workflows import inbox, seen, withdrawal
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.campaigns import queries as campaigns
from workflows.evidence.queries import by_ids
from workflows.forms import FieldProblem
from workflows.hazards import queries, reporting
from workflows.hazards.models import Hazard
from workflows.hazards.queries import Filter
from workflows.hazards.rules import HazardStep
from workflows.organizations.models import Organization
from workflows.register import queries as register
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]
Reporter = Annotated[Visitor, require(Permission.REPORT_HAZARD)]


@router.get("/hazards")
def hazards_page(
    request: Request, visitor: Reader, session: Db, now: Now, enterprise: Choice = None, closed: bool = False,
    offset: Count = 0, campaign: Choice = None, department: Choice = None, found_from: Day = None,
    closed_from: Day = None, every: bool = False,
) -> Response:  # fmt: skip
    """Which are open, and at which step?"""
    which = None if every or found_from or closed_from else closed
    wanted = Filter(enterprise, which, offset, campaign, department, found_from, closed_from)
    found = queries.listed(session, wanted=wanted, sight=sight(visitor))
    context: dict[str, Any] = {
        "rows": found[: queries.PAGE], "more": len(found) > queries.PAGE, "wanted": wanted,
        "steps": queries.steps_of(session, [one for one, _ in found]), "calendar": load(session),
        "counts_of": queries.counts(session, sight=sight(visitor)), "is_enterprise": is_enterprise(visitor),
        "enterprise": register.find(session, enterprise, sight=sight(visitor)) if enterprise else None,
        "campaign": campaigns.get(session, campaign) if campaign and visitor.may(Permission.SEE_CAMPAIGNS) else None,
        "department": session.get(Organization, department) if department else None,
    }  # fmt: skip
    return render(request, "hazards/index.html", **context)


@router.get("/hazards/new")
def report_page(
    request: Request, visitor: Reporter, session: Db, now: Now, enterprise: Choice = None
) -> Response:
    """What did you see?"""
    form = {"enterprise": str(enterprise)} if enterprise else {}
    return _report(request, session, schemas.hazard(_enterprises(session, visitor)), form)


@router.post("/hazards")
def report(request: Request, visitor: Reporter, session: Db, now: Now, fields: Fields) -> Response:
    """Open the hazard; its report is the first task, which the enterprise goes on with."""
    choices = _enterprises(session, visitor)
    schema = schemas.hazard(choices)
    form, problems = take_in(request, session, schema=schema, fields=fields, visitor=visitor, now=now)
    if problems := with_schema(problems, schema, form):
        return _report(request, session, schema, form, problems)
    person = person_of(visitor, session, now)
    hazard = reporting.report(
        session, enterprise_id=int(form.get("enterprise", choices[0].id)), title=form["title"], place=form["place"],
        description=form.get("description", ""), photos=form.get("photos", []), person=person, now=now,
    )  # fmt: skip
    assert hazard.instance_id is not None
    mine = inbox.open_in(session, hazard.instance_id, person)
    return RedirectResponse(f"/inbox?task={mine[0].id}" if mine else f"/hazards/{hazard.id}?reported=1", 303)


@router.get("/hazards/{hazard_id}")
def hazard_page(
    request: Request, hazard_id: RowId, visitor: Reader, session: Db, now: Now, reported: bool = False,
    asked: bool = False,
) -> Response:  # fmt: skip
    """Where is this one?"""
    hazard = seen.find_to_read(session, Hazard, hazard_id, sight=sight(visitor))
    return _page(request, session, hazard, visitor, now, reported=reported, asked=asked)


@router.post("/hazards/{hazard_id}/extension")
def ask_extension(
    request: Request, hazard_id: RowId, visitor: Annotated[Visitor, require(Permission.ASK_EXTENSION)],
    session: Db, now: Now, fields: Fields,
) -> Response:  # fmt: skip
    """Ask the department for more time to fix it."""
    hazard = seen.find(session, Hazard, hazard_id, sight=sight(visitor))
    subject = Subject(SubjectKind.HAZARD, hazard_id)
    form, problems = extensions.ask(session, subject, fields=fields, visitor=visitor, now=now)
    if problems:
        return _page(request, session, hazard, visitor, now, typed=form, problems=problems)
    return RedirectResponse(f"/hazards/{hazard_id}?asked=1#extension", 303)


def _page(
    request: Request, session: Session, hazard: Hazard, visitor: Visitor, now: datetime, *,
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (), reported: bool = False,
    asked: bool = False,
) -> Response:  # fmt: skip
    instance = session.get_one(ProcessInstance, hazard.instance_id)
    subject = Subject(SubjectKind.HAZARD, hazard.id)
    step = queries.steps_of(session, [hazard])[hazard.id]
    context: dict[str, Any] = {
        "hazard": hazard, "enterprise": session.get_one(Enterprise, hazard.enterprise_id), "reported": reported,
        "asked": asked, "did": words.known(request.query_params.get("did"), "did"),
    }  # fmt: skip
    person, waiting = person_of(visitor, session, now), withdrawal.waiting_task(session, hazard)
    context["may_withdraw"] = withdrawal.may_withdraw(session, hazard, waiting, person)
    still_moves = hazard.due_at is not None and step is HazardStep.FIX
    context |= extensions.card(
        session, subject, visitor=visitor, still_moves=still_moves, typed=typed, problems=problems
    )
    context |= story(session, instance, subject, visitor=visitor, now=now)
    context["stations"] = hazard_steps(step, context["submissions"], context["names"])
    return render(request, "hazards/hazard.html", status=422 if problems else 200, **context)


def _report(
    request: Request, session: Session, schema: Mapping[str, Any], form: Mapping[str, Any],
    problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    ids = [number for number in form.get("photos", []) if isinstance(number, int)]
    return render(
        request, "hazards/new.html", status=422 if problems else 200, schema=schema, form=form, problems=problems,
        files=by_ids(session, ids),
    )  # fmt: skip


def _enterprises(session: Session, visitor: Visitor) -> list[Enterprise]:
    return reporting.enterprises(session, sight=sight(visitor))
