"""One enterprise's file (一企一档): what is known of it, what is still asked, what depends on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web import registerwords
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms import filefields
from web.inputs import RowId, Text
from web.people import is_enterprise, sight
from web.templating import render
from workflows import enterprisefile, filecounts
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.campaigns import filetasks
from workflows.exceptions import NotFound
from workflows.register import queries
from workflows.register.cells import tidy
from workflows.register.comparing import licences_of, value_of
from workflows.register.models import Enterprise
from workflows.register.types import ContactRole
from workflows.times import iso, parse_iso

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]
Editor = Annotated[Visitor, require(Permission.EDIT_FILE)]
Completer = Annotated[Visitor, require(Permission.COMPLETE_FILE)]


@router.get("/file")
def own_file(visitor: Completer) -> Response:
    """My own enterprise's file."""
    return RedirectResponse(f"/enterprises/{visitor.organization_id}", 303)


@router.get("/enterprises/{enterprise_id}")
def file_page(
    request: Request, enterprise_id: RowId, visitor: Reader, session: Db, now: Now, saved: Text = ""
) -> Response:
    """What do we know of this enterprise?"""
    firm = queries.find(session, enterprise_id, sight=sight(visitor))
    return _page(request, session, firm, visitor, saved=saved)


@router.post("/enterprises/{enterprise_id}")
def edit(
    request: Request, enterprise_id: RowId, visitor: Editor, session: Db, now: Now, fields: Fields
) -> Response:
    """Change what is known."""
    firm = queries.find(session, enterprise_id, sight=sight(visitor))
    names = (*filefields.EDITABLE, *filefields.LICENCES)
    values, problems = filefields.read(fields, names, filefields.directory(session))
    seen = _instant(str(fields.get("seen", "")))
    if problems or seen is None:
        typed = {name: str(fields[name]) for name in names if name in fields}
        return _page(request, session, firm, visitor, typed=typed, problems=problems)
    found = enterprisefile.edit(
        session, firm, filefields.wanted(firm, values), seen=seen, now=now, actor=visitor.actor
    )
    return _saved(enterprise_id, found)


@router.post("/enterprises/{enterprise_id}/answers")
def complete(
    request: Request, enterprise_id: RowId, visitor: Completer, session: Db, now: Now, fields: Fields
) -> Response:
    """The enterprise answers what is unknown; what applies is found out at once."""
    firm = _own(session, enterprise_id, visitor)
    asked = filetasks.open_questions(session, enterprise_id)
    values, problems = filefields.read(fields, asked, filefields.directory(session))
    if problems:
        typed = {name: str(fields[name]) for name in asked if name in fields}
        return _page(request, session, firm, visitor, typed=typed, problems=problems)
    found = enterprisefile.answer(session, firm, values, now=now, actor=visitor.actor)
    return _saved(enterprise_id, found)


@router.post("/enterprises/{enterprise_id}/contacts")
def add_contact(
    request: Request, enterprise_id: RowId, visitor: Editor, session: Db, now: Now, fields: Fields
) -> Response:
    """Add somebody to call."""
    firm = queries.find(session, enterprise_id, sight=sight(visitor))
    name, phone = (tidy(str(fields.get(part, ""))) for part in ("name", "phone"))
    role = {one.label: one for one in ContactRole}.get(str(fields.get("role", "")))
    if not name or not phone or role is None or len(name) > 200 or len(phone) > 40:
        typed = {"contact.name": name, "contact.phone": phone, "contact.role": role.label if role else ""}
        return _page(
            request, session, firm, visitor, typed=typed, problems={"contact": filefields.contact_flaw()}
        )
    enterprisefile.add_contact(session, firm, role=role, name=name, phone=phone, now=now, actor=visitor.actor)
    return RedirectResponse(f"/enterprises/{enterprise_id}#contacts", 303)


@router.post("/enterprises/{enterprise_id}/contacts/{contact_id}/remove")
def remove_contact(
    request: Request, enterprise_id: RowId, contact_id: RowId, visitor: Editor, session: Db, now: Now
) -> Response:
    """Take somebody off the list."""
    firm = queries.find(session, enterprise_id, sight=sight(visitor))
    enterprisefile.remove_contact(session, firm, contact_id, now=now, actor=visitor.actor)
    return RedirectResponse(f"/enterprises/{enterprise_id}#contacts", 303)


@router.post("/enterprises/{enterprise_id}/decisions/{adjustment_id}")
def decide(
    request: Request, enterprise_id: RowId, adjustment_id: RowId, visitor: Editor, session: Db, now: Now,
    fields: Fields,
) -> Response:  # fmt: skip
    """Go on with an obligation that may no longer apply, or end it."""
    firm = queries.find(session, enterprise_id, sight=sight(visitor))
    decision, note = str(fields.get("decision", "")), tidy(str(fields.get("note", "")))[:500]
    if decision not in (enterprisefile.KEEP, enterprisefile.WITHDRAW):
        raise NotFound(what="decision", id=adjustment_id)
    if decision == enterprisefile.WITHDRAW and not note:
        typed = {f"decision.{adjustment_id}": note}
        return _page(request, session, firm, visitor, typed=typed, problems={f"decision.{adjustment_id}": ""})
    enterprisefile.decide(
        session, firm, adjustment_id, decision=decision, note=note, now=now, actor=visitor.actor
    )
    return RedirectResponse(f"/enterprises/{enterprise_id}?saved=decided", 303)


def _own(session: Session, enterprise_id: int, visitor: Visitor) -> Enterprise:
    """Their own enterprise; any other is not theirs to complete."""
    if enterprise_id not in sight(visitor).enterprise_ids:
        raise NotFound(what="enterprise", id=enterprise_id)
    return queries.find(session, enterprise_id, sight=sight(visitor))


def _instant(text: str) -> datetime | None:
    try:
        return parse_iso(text)
    except ValueError:
        return None


def _saved(enterprise_id: int, found: Any) -> Response:
    told = "-".join(str(getattr(found, name)) for name in found.__slots__)
    return RedirectResponse(f"/enterprises/{enterprise_id}?saved={told}", 303)


def _page(
    request: Request, session: Session, firm: Enterprise, visitor: Visitor, *, saved: str = "",
    typed: Mapping[str, str] | None = None, problems: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    held = licences_of(session, [firm.id])
    places = registerwords.places(session)
    within = filefields.directory(session)
    changes, adjusted = queries.changes(session, firm.id), enterprisefile.adjustments(session, firm.id)
    mine = visitor.may(Permission.COMPLETE_FILE) and firm.id in sight(visitor).enterprise_ids
    actors = {one.actor for one in changes} | {one.decided_by for one, _ in adjusted if one.decided_by}
    context: dict[str, Any] = {
        "firm": firm, "places": places, "licences": queries.licences(session, firm.id), "changes": changes,
        "contacts": queries.contacts(session, firm.id), "questions": filetasks.open_questions(session, firm.id),
        "undecided": enterprisefile.undecided(session, firm.id), "adjusted": adjusted, "mine": mine,
        "counted": filecounts.of_enterprise(session, firm.id), "names": names_of(session, sorted(actors)),
        "values": {
            name: filefields.text_of(name, _value(firm, name, held), places)
            for name in (*filefields.EDITABLE, *filefields.LICENCES)
        },
        "counted_fields": filefields.COUNTED,
        "fields": filefields.EDITABLE, "licence_fields": filefields.LICENCES, "always": filefields.ALWAYS,
        "options": {name: filefields.options(name, within) for name in filefields.EDITABLE},
        "typed": typed or {}, "problems": problems or {}, "seen": iso(firm.updated_at), "roles": list(ContactRole),
        "may_edit": visitor.may(Permission.EDIT_FILE), "saved": _told(saved), "is_firm": is_enterprise(visitor),
    }  # fmt: skip
    return render(request, "enterprises/file.html", status=422 if problems else 200, **context)


def _value(firm: Enterprise, name: str, held: Mapping[Any, Any]) -> Any:
    known = hasattr(firm, name) or name in filefields.LICENCES
    return value_of(firm, name, held) if known else firm.flags.get(name)


def _told(saved: str) -> dict[str, int] | None:
    """What a saved change brought, from the address it led to; an empty one for a saved decision."""
    parts = saved.split("-")
    if len(parts) == 5 and all(part.isascii() and part.isdigit() and len(part) < 6 for part in parts):
        names = ("opened", "reopened", "withdrawn", "moved", "asked")
        return {name: int(part) for name, part in zip(names, parts, strict=True) if int(part)}
    return {} if saved else None
