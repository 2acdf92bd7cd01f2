"""Hazards: report one, see which are open, and where one is in the loop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web import extensions, hazardpage, words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.downloads import docx
from web.forms import schemas
from web.forms.uploads import take_in, with_schema
from web.inputs import Choice, Count, Day, RowId
from web.people import is_enterprise, person_of, sight
from web.templating import render
from workflows import inbox, seen
from workflows.accounts.permissions import Permission
from workflows.calendar.service import load
from workflows.campaigns import queries as campaigns
from workflows.documents.hazardpapers import facts_of
from workflows.documents.library import document
from workflows.documents.service import write
from workflows.documents.types import Kind
from workflows.evidence.queries import by_ids
from workflows.exceptions import NotFound
from workflows.forms import FieldProblem
from workflows.hazards import queries, reporting
from workflows.hazards.models import Hazard
from workflows.hazards.queries import Filter
from workflows.hazards.rules import Source
from workflows.i18n import SOURCE, spoken
from workflows.organizations.models import Organization
from workflows.register import queries as register
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind
from workflows.submissions import queries as submissions

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]
Reporter = Annotated[Visitor, require(Permission.REPORT_HAZARD)]


@router.get("/hazards")
def hazards_page(
    request: Request, visitor: Reader, session: Db, now: Now, enterprise: Choice = None, closed: bool = False,
    offset: Count = 0, campaign: Choice = None, department: Choice = None, found_from: Day = None,
    closed_from: Day = None, every: bool = False, did: str | None = None,
) -> Response:  # fmt: skip
    """Which are open, and at which step?"""
    which = None if every or found_from or closed_from else closed
    wanted = Filter(enterprise, which, offset, campaign, department, found_from, closed_from)
    found = queries.listed(session, wanted=wanted, sight=sight(visitor))
    context: dict[str, Any] = {
        "rows": found[: queries.PAGE], "more": len(found) > queries.PAGE, "wanted": wanted,
        "steps": queries.steps_of(session, [one for one, _ in found]), "calendar": load(session),
        "counts_of": queries.counts(session, sight=sight(visitor)), "is_enterprise": is_enterprise(visitor),
        "did": words.known(did, "did"),
        "enterprise": register.find(session, enterprise, sight=sight(visitor)) if enterprise else None,
        "campaign": campaigns.get(session, campaign) if campaign and visitor.may(Permission.SEE_CAMPAIGNS) else None,
        "department": session.get(Organization, department) if department else None,
    }  # fmt: skip
    return render(request, "hazards/index.html", **context)


@router.get("/hazards/new")
def report_page(
    request: Request,
    visitor: Reporter,
    session: Db,
    now: Now,
    enterprise: Choice = None,
    inspection: bool = False,
) -> Response:
    """What did you see?"""
    form = {"source": (Source.INSPECTION if inspection else Source.CHECK).value}
    if enterprise:
        form["enterprise"] = str(enterprise)
    return _report(request, session, _schema(_enterprises(session, visitor), visitor), form)


@router.post("/hazards")
def report(request: Request, visitor: Reporter, session: Db, now: Now, fields: Fields) -> Response:
    """Open the hazard; its report is the first task, which the enterprise goes on with."""
    choices = _enterprises(session, visitor)
    schema = _schema(choices, visitor)
    form, problems = take_in(request, session, schema=schema, fields=fields, visitor=visitor, now=now)
    if problems := with_schema(problems, schema, form):
        return _report(request, session, schema, form, problems)
    person = person_of(visitor, session, now)
    hazard = reporting.report(
        session, enterprise_id=int(form.get("enterprise", choices[0].id)), title=form["title"], place=form["place"],
        description=form.get("description", ""), photos=form.get("photos", []),
        source=Source(form.get("source", Source.REPORT)), person=person, now=now,
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
    return hazardpage.page(request, session, hazard, visitor, now, reported=reported, asked=asked)


@router.get("/hazards/{hazard_id}/papers/{kind}.docx")
def hazard_paper(
    hazard_id: RowId, kind: Kind, visitor: Annotated[Visitor, require(Permission.REVIEW)], session: Db,
    settings: TheSettings, now: Now,
) -> Response:  # fmt: skip
    """A paper of the body whose decision it is, in that body's form."""
    hazard = seen.find_to_read(session, Hazard, hazard_id, sight=sight(visitor))
    assert hazard.instance_id is not None
    entered = submissions.of_instance(session, hazard.instance_id)
    paper = next((one for one in hazardpage.papers_of(hazard, visitor, entered) if one.kind is kind), None)
    if paper is None:
        raise NotFound(what="document", kind=kind)
    with spoken(SOURCE):
        facts = facts_of(session, hazard, paper, entered)
    home, folder = paper.held.organization_id, settings.evidence_dir
    body = write(session, kind, facts, organization_id=home, folder=folder, now=now)
    return docx(body, f"{document(kind).title}（{hazard_id}）")


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
        return hazardpage.page(request, session, hazard, visitor, now, typed=form, problems=problems)
    return RedirectResponse(f"/hazards/{hazard_id}?asked=1#extension", 303)


def _report(
    request: Request, session: Session, schema: Mapping[str, Any], form: Mapping[str, Any],
    problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    ids = [number for number in form.get("photos", []) if isinstance(number, int)]
    return render(
        request, "hazards/new.html", status=422 if problems else 200, schema=schema, form=form, problems=problems,
        files=by_ids(session, ids),
    )  # fmt: skip


def _schema(enterprises: Sequence[Enterprise], visitor: Visitor) -> dict[str, Any]:
    return schemas.hazard(enterprises, official=not is_enterprise(visitor))


def _enterprises(session: Session, visitor: Visitor) -> list[Enterprise]:
    return reporting.enterprises(session, sight=sight(visitor))
