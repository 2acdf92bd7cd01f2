"""Failing lists: which wait for a decision, who stands on one and why; strike, sign, object, print, export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web import failinglists
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.downloads import docx
from web.forms import schemas
from web.forms.reading import read_form
from web.forms.uploads import take_in, with_schema
from web.inputs import Count, RowId, Text
from web.people import is_enterprise, person_of, sight
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.documents.failinglist import circular_facts, list_facts
from workflows.documents.rendering import check_length
from workflows.documents.service import write
from workflows.documents.types import Kind
from workflows.exceptions import InvalidForm, NotFound
from workflows.failing import documents, objections, queries, service
from workflows.failing.rules import may_decide
from workflows.forms import FieldProblem, problems_of
from workflows.i18n import SOURCE, spoken
from workflows.settings import Settings
from workflows.spreadsheets import MEDIA_TYPE, as_file

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]
Decider = Annotated[Visitor, require(Permission.DECIDE_FAILING_LIST)]
Objector = Annotated[Visitor, require(Permission.OBJECT)]


@router.get("/failing-lists")
def lists_page(request: Request, visitor: Reader, session: Db, now: Now) -> Response:
    """Which lists wait for a decision? An enterprise: on which do we stand?"""
    if is_enterprise(visitor):
        found = queries.of_enterprise(session, visitor.organizations())
        return render(request, "failing/own.html", rows=found)
    return render(request, "failing/index.html", rows=queries.lists(session, sight=sight(visitor)))


@router.get("/failing-lists/lines/{entry_id}")
def line_page(
    request: Request, entry_id: RowId, visitor: Reader, session: Db, now: Now, done: Text = ""
) -> Response:
    """Why does this enterprise stand on the list, and what does it say to it?"""
    return _line(request, session, entry_id, visitor, now, done=done)


@router.post("/failing-lists/lines/{entry_id}/strike")
def strike(
    request: Request, entry_id: RowId, visitor: Decider, session: Db, now: Now, fields: Fields
) -> Response:
    """Take the enterprise off the draft."""
    _, entry = _find_line(session, entry_id, visitor)
    form = read_form(schemas.strike(), fields)
    if problems := list(problems_of(schemas.strike(), form)):
        return _line(request, session, entry_id, visitor, now, typed=form, problems=problems)
    person = person_of(visitor, session, now)
    service.strike(session, entry.id, reason=form["reason"], person=person, now=now)
    return RedirectResponse(f"/failing-lists/{entry.list_id}?struck={entry.id}", 303)


@router.post("/failing-lists/lines/{entry_id}/objections")
def object_to(
    request: Request, entry_id: RowId, visitor: Objector, session: Db, now: Now, fields: Fields
) -> Response:
    """The enterprise objects."""
    _, entry = _find_line(session, entry_id, visitor)
    schema = schemas.objection()
    form, problems = take_in(request, session, schema=schema, fields=fields, visitor=visitor, now=now)
    if problems := with_schema(problems, schema, form):
        return _line(request, session, entry_id, visitor, now, typed=form, problems=problems)
    objections.file(
        session, entry.id, text=form["text"], evidence=form.get("evidence", []),
        person=person_of(visitor, session, now), now=now,
    )  # fmt: skip
    return RedirectResponse(f"/failing-lists/lines/{entry.id}?done=objected", 303)


@router.get("/failing-lists/{list_id}")
def list_page(
    request: Request, list_id: RowId, visitor: Reader, session: Db, now: Now, offset: Count = 0,
    struck: Count = 0, signed: bool = False,
) -> Response:  # fmt: skip
    """Who stands on it, why, and what is still to be done before it is signed? An enterprise sees its own line."""
    listed = queries.find(session, list_id, sight=sight(visitor))
    if is_enterprise(visitor):
        return RedirectResponse(f"/failing-lists/lines/{_own_line(session, listed, visitor).id}", 303)
    context = failinglists.of_list(session, listed, visitor=visitor, now=now)
    context |= failinglists.lines(session, listed, visitor=visitor, offset=offset)
    context["struck"] = next((firm for entry, firm in context["rows"] if entry.id == struck), None)
    return render(request, "failing/list.html", signed=signed, **context)


@router.get("/failing-lists/{list_id}/sign")
def signing_page(request: Request, list_id: RowId, visitor: Decider, session: Db, now: Now) -> Response:
    """What does the signature mean, and for how many?"""
    return _signing(request, session, list_id, visitor, now)


@router.post("/failing-lists/{list_id}/sign")
def sign(
    request: Request, list_id: RowId, visitor: Decider, session: Db, now: Now, fields: Fields
) -> Response:
    """Sign it, for good."""
    listed = queries.find(session, list_id, sight=sight(visitor))
    schema = schemas.signature()
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return _signing(request, session, list_id, visitor, now, typed=form, problems=problems)
    try:
        person = person_of(visitor, session, now)
        service.sign(session, listed.id, opinion=form["opinion"], person=person, now=now)
    except InvalidForm as refused:
        wrong = refused.data["problems"]
        return _signing(request, session, list_id, visitor, now, typed=form, problems=wrong)
    return RedirectResponse(f"/failing-lists/{list_id}?signed=1", 303)


@router.get("/failing-lists/{list_id}/print")
def print_page(
    request: Request, list_id: RowId, visitor: Reader, session: Db, now: Now, part: Count = 1
) -> Response:
    """The list on paper, a long one in parts: names and facts, no phones, no numbers of persons."""
    listed = _whole(session, list_id, visitor)
    named = documents.named(session, listed, sight=sight(visitor))
    parts = documents.parts(len(named))
    shown = min(max(part, 1), parts)  # the list may have become shorter
    context: dict[str, Any] = {
        "rows": documents.part_of(session, listed, shown, sight=sight(visitor)),
        "part": shown, "parts": parts, "size": documents.PART, "code": documents.check_code(listed, named),
        **failinglists.of_list(session, listed, visitor=visitor, now=now),
    }  # fmt: skip
    return render(request, "failing/print.html", **context)


@router.get("/failing-lists/{list_id}/circular")
def circular_page(request: Request, list_id: RowId, visitor: Reader, session: Db, now: Now) -> Response:
    """The circular as it was signed, with the names of the list below it."""
    listed = _whole(session, list_id, visitor)
    if listed.circular is None:
        raise NotFound(what="circular", id=list_id)
    named = documents.named(session, listed, sight=sight(visitor))
    context = failinglists.of_list(session, listed, visitor=visitor, now=now)
    return render(
        request, "failing/circular.html", named=named, code=documents.check_code(listed, named), **context
    )


@router.get("/failing-lists/{list_id}/export.xlsx")
def export(list_id: RowId, visitor: Reader, session: Db, now: Now) -> Response:
    """The same as a workbook, one row per item."""
    listed = _whole(session, list_id, visitor)
    rows = documents.rows(session, listed, sight=sight(visitor))
    body = documents.workbook_of(rows)
    name = f"failing-list-{listed.id}-{listed.cutoff_on.isoformat()}.xlsx"
    return Response(body, media_type=MEDIA_TYPE, headers=as_file(name))


@router.get("/failing-lists/{list_id}/list.docx")
def list_document(list_id: RowId, visitor: Reader, session: Db, settings: TheSettings, now: Now) -> Response:
    """The same in Word, in the department's form."""
    return _document(session, list_id, visitor, settings, now, Kind.FAILING_LIST)


@router.get("/failing-lists/{list_id}/circular.docx")
def circular_document(
    list_id: RowId, visitor: Reader, session: Db, settings: TheSettings, now: Now
) -> Response:
    """The signed circular in Word."""
    return _document(session, list_id, visitor, settings, now, Kind.CIRCULAR)


def _document(
    session: Session, list_id: int, visitor: Visitor, settings: Settings, now: datetime, kind: Kind
) -> Response:
    listed = _whole(session, list_id, visitor)
    if kind is Kind.CIRCULAR and listed.circular is None:
        raise NotFound(what="circular", id=list_id)
    named = documents.named(session, listed, sight=sight(visitor))
    check_length(len(named))
    rows = documents.rows(session, listed, sight=sight(visitor))
    facts_of = circular_facts if kind is Kind.CIRCULAR else list_facts
    with spoken(SOURCE):
        facts = facts_of(session, listed, rows, code=documents.check_code(listed, named))
    body = write(
        session, kind, facts, organization_id=listed.department_id, folder=settings.evidence_dir, now=now
    )
    return docx(body, f"{'通报' if kind is Kind.CIRCULAR else '未达标企业名单'}{listed.cutoff_on:%Y%m%d}")


def _whole(session: Session, list_id: int, visitor: Visitor) -> FailingList:
    """A list for authorities; an enterprise has its line."""
    if is_enterprise(visitor):
        raise NotFound(what="failing_list", id=list_id)
    return queries.find(session, list_id, sight=sight(visitor))


def _own_line(session: Session, listed: FailingList, visitor: Visitor) -> FailingListEntry:
    return queries.lines(session, listed.id, sight=sight(visitor), limit=1)[0][0]


def _find_line(session: Session, entry_id: int, visitor: Visitor) -> tuple[FailingList, FailingListEntry]:
    entry = queries.find_line(session, entry_id, sight=sight(visitor))
    return session.get_one(FailingList, entry.list_id), entry


def _line(
    request: Request, session: Session, entry_id: int, visitor: Visitor, now: datetime, *, done: str = "",
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    listed, entry = _find_line(session, entry_id, visitor)
    context = failinglists.line(
        session, listed, entry, visitor=visitor, now=now, typed=typed, problems=problems
    )
    return render(request, "failing/line.html", status=422 if problems else 200, done=done, **context)


def _signing(
    request: Request, session: Session, list_id: int, visitor: Visitor, now: datetime, *,
    typed: Mapping[str, Any] | None = None, problems: Sequence[FieldProblem] = (),
) -> Response:  # fmt: skip
    listed = queries.find(session, list_id, sight=sight(visitor))
    if not may_decide(visitor.groups, department_id=listed.department_id):
        raise NotFound(what="failing_list", id=list_id)
    service.check_draft(listed)
    context = failinglists.of_list(session, listed, visitor=visitor, now=now)
    context |= {"schema": schemas.signature(), "typed": typed or {}, "problems": problems}
    return render(request, "failing/sign.html", status=422 if problems else 200, **context)
