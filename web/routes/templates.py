"""Templates: which there are, one to read and print, and a page that makes a version of one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.datastructures import FormData

from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms.problems import flaw_words
from web.inputs import Text
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.campaigns import library
from workflows.campaigns.editing import Changes, RowChange, SetChange, apply
from workflows.campaigns.shifting import starting_in, year_of
from workflows.campaigns.templates import FlawAt, TemplateRefused
from workflows.campaigns.types import CampaignTemplate
from workflows.register.types import Industry

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_CAMPAIGNS)]
Editor = Annotated[Visitor, require(Permission.EDIT_TEMPLATES)]
IN_DRIVE = "in_drive"


@router.get("/templates")
def templates_page(request: Request, visitor: Reader, session: Db, now: Now) -> Response:
    """Which templates are there, and who changed which?"""
    found = library.offers(session)
    names = names_of(session, [one.version.saved_by for one in found if one.version])
    return render(request, "templates/index.html", offers=found, names=names)


@router.get("/templates/{key}")
def template_page(
    request: Request,
    key: Text,
    visitor: Reader,
    session: Db,
    now: Now,
    year: Text = "",
    saved: bool = False,
) -> Response:
    """Everything a template says: rows with their days, legal references and gaps; to read and to print."""
    offer = library.find(session, key)
    template = shifted(offer.template, year)
    return render(request, "templates/template.html", offer=offer, template=template, saved=saved)


@router.get("/templates/{key}/edit")
def edit_page(
    request: Request, key: Text, visitor: Editor, session: Db, now: Now, year: Text = ""
) -> Response:
    """Change it."""
    offer = library.find(session, key)
    template = shifted(offer.template, year)
    return _edit(request, key, template.data, year=template.starts_on.year)


@router.post("/templates/{key}/versions")
def save_version(
    request: Request, key: Text, visitor: Editor, session: Db, now: Now, fields: Fields
) -> Response:
    """Keep the changed template as a version of its own; what is broken is named by its row, nothing is lost."""
    year = str(fields.get("year", ""))
    template = shifted(library.find(session, key).template, year)
    data = apply(template.data, _changes(template.data, fields))
    try:
        offer = library.save(session, data, based_on=key, actor=visitor.actor, now=now)
    except TemplateRefused as refused:
        return _edit(request, key, data, refused.flaws, year=template.starts_on.year)
    return RedirectResponse(f"/templates/{offer.key}?saved=1", 303)


def shifted(template: CampaignTemplate, year: str) -> CampaignTemplate:
    """The template in another start year; a year that makes no sense is passed over."""
    wanted = year_of(year)
    return starting_in(template, wanted) if wanted else template


def _edit(
    request: Request, key: Text, data: Mapping[str, Any], flaws: Sequence[FlawAt] = (), *, year: int
) -> Response:
    words = [flaw_words(flaw) for flaw in flaws]
    return render(
        request, "templates/edit.html", status=422 if flaws else 200, key=key, data=data, flaws=words,
        industries=list(Industry), year=year,
    )  # fmt: skip


def _changes(data: Mapping[str, Any], fields: FormData) -> Changes:
    def text(name: str, before: object = "") -> str:
        return str(fields.get(name, before or "")).strip()

    rows = {
        row["code"]: RowChange(
            text(f"title.{row['code']}", row["title"]), _due(text(f"due.{row['code']}"), row["due"]),
            is_kept=f"keep.{row['code']}" in fields,
        )
        for group in ("items", "duties") for row in data[group]
    }  # fmt: skip
    return Changes(
        title=text("title", data["title"]),
        default_due_on=text("default_due_on", data["default_due_on"]),
        phases={
            one["code"]: (text(f"starts.{one['code']}"), text(f"ends.{one['code']}"))
            for one in data["phases"]
        },
        rows=rows,
        sets={one["code"]: _set(one["code"], fields) for one in data.get("sets", [])},
        parameters={one["code"]: _number(text(f"p.{one['code']}")) for one in data.get("parameters", [])},
    )


def _due(typed: str, before: str | None) -> str | None:
    """An empty day leaves what has no day as it was: undated, or due in the drive."""
    if typed:
        return typed
    return IN_DRIVE if before == IN_DRIVE else None


def _set(code: str, fields: FormData) -> SetChange:
    chosen = tuple(str(value) for value in fields.getlist(f"set.{code}"))
    undefined = f"open.{code}" in fields
    return SetChange(None if undefined else chosen, _number(str(fields.get(f"size.{code}", ""))))


def _number(typed: str) -> int | None:
    return int(typed) if typed.isascii() and typed.isdigit() else None
