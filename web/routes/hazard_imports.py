"""Workbooks of hazards: a template, the file sent, each row's verdict, what is right opened, the rest to be mended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse

from web.auth import Visitor, require
from web.dependencies import Db, Now, TheSettings
from web.inputs import Count, RowId, plain
from web.templating import is_partial, render
from workflows import spreadsheets
from workflows.accounts.permissions import Permission
from workflows.exceptions import NotFound
from workflows.hazardimports import queries, service
from workflows.hazardimports.models import HazardImport
from workflows.hazardimports.reading import MOST
from workflows.hazardimports.template import template
from workflows.register import rejects
from workflows.register.problems import Problem, Severity, sentence
from workflows.register.tables import RejectedRow

router = APIRouter()
Importer = Annotated[Visitor, require(Permission.IMPORT_HAZARDS)]
PAGE = 50


class Shown(StrEnum):
    """Which rows of a file are listed."""

    ALL = "all"
    NEW = "new"
    KNOWN = "known"
    REFUSED = "refused"


@router.get("/hazards/import")
def import_page(request: Request, visitor: Importer, session: Db, now: Now) -> Response:
    """Which file do I send, and what became of the earlier ones?"""
    found = queries.imports(session, actor=visitor.actor)
    return render(request, "hazard_imports/index.html", files=found, most=MOST)


@router.get("/hazards/import/template.xlsx")
def template_file(visitor: Importer) -> Response:
    """To be filled in."""
    headers = spreadsheets.as_file("hazards-template.xlsx")
    return Response(template(), media_type=spreadsheets.MEDIA_TYPE, headers=headers)


@router.post("/hazards/import")
def upload(
    request: Request, visitor: Importer, session: Db, now: Now, settings: TheSettings,
    file: Annotated[UploadFile, File()],
) -> Response:  # fmt: skip
    """Keep the file; it is read in the background."""
    one = service.upload(
        session, file.file.read(), file_name=plain(file.filename or ""), folder=settings.import_dir, now=now,
        actor=visitor.actor,
    )  # fmt: skip
    return _to(one.id)


@router.get("/hazards/import/{import_id}")
def file_page(
    request: Request, import_id: RowId, visitor: Importer, session: Db, now: Now, rows: Shown = Shown.ALL,
    offset: Count = 0,
) -> Response:  # fmt: skip
    """What would become of each row, and what did?"""
    one = queries.find(session, import_id, actor=visitor.actor)
    wanted = [row for row in one.verdicts if rows in (Shown.ALL, row["verdict"])]
    shown = [_dated(row) for row in wanted[offset : offset + PAGE]]
    problems = _problems(one)
    said: dict[tuple[str | None, int | None], list[Problem]] = {}
    for problem in problems:
        said.setdefault((problem.sheet, problem.row), []).append(problem)
    context: dict[str, Any] = {
        "one": one, "shown": shown, "said": said, "rows": rows.value, "offset": offset, "page": PAGE,
        "more": len(wanted) > offset + PAGE, "whole": [each for each in problems if each.severity is Severity.FILE],
        "passed_over": [each for each in problems if each.row is None and each.severity is Severity.WARNING],
        "hazards": queries.hazards_of(session, [row["mark"] for row in shown if row.get("mark")]),
    }  # fmt: skip
    name = "hazard_imports/_file.html" if is_partial(request) else "hazard_imports/file.html"
    return render(request, name, **context)


@router.post("/hazards/import/{import_id}/accept")
def accept(import_id: RowId, visitor: Importer, session: Db) -> Response:
    """Open the rows that are right."""
    service.accept(session, import_id, actor=visitor.actor)
    return _to(import_id)


@router.post("/hazards/import/{import_id}/again")
def try_again(import_id: RowId, visitor: Importer, session: Db) -> Response:
    """Go on with a file that failed."""
    service.try_again(session, import_id, actor=visitor.actor)
    return _to(import_id)


@router.get("/hazards/import/{import_id}/rejected.xlsx")
def rejected(import_id: RowId, visitor: Importer, session: Db) -> Response:
    """The rows that were not taken, with the problems beside them."""
    one = queries.find(session, import_id, actor=visitor.actor)
    if not one.rejected:
        raise NotFound(what="import", id=import_id)
    rows = [RejectedRow(row["row"], tuple(row["cells"]), row["sheet"]) for row in one.rejected]
    headers = {layout["sheet"]: layout["names"] for layout in one.headers}
    body = rejects.workbook_of(headers, rows, _problems(one), sentence)
    name = f"rejected-hazards-{import_id}.xlsx"
    return Response(body, media_type=spreadsheets.MEDIA_TYPE, headers=spreadsheets.as_file(name))


def _to(import_id: int) -> Response:
    return RedirectResponse(f"/hazards/import/{import_id}", 303)


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    """A verdict with its days as such."""
    days = {name: date.fromisoformat(row[name]) for name in ("found_on", "due_on") if row.get(name)}
    return {"due_on": None, **row, **days}


def _problems(one: HazardImport) -> list[Problem]:
    return [Problem.from_json(said) for said in one.problems]
