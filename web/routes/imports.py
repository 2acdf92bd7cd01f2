"""Register files: sent, explained where a column is not known, looked at, brought in, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, File, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web import registerwords
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now, TheSettings
from web.inputs import RowId, plain
from web.templating import is_partial, render
from workflows import imports, spreadsheets
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.exceptions import NotFound
from workflows.register import queries, rejects
from workflows.register.columns import REGISTER
from workflows.register.models import RegisterImport
from workflows.register.problems import Problem, Severity, sentence
from workflows.register.tables import RejectedRow
from workflows.register.undoing import Reason

router = APIRouter()
Importer = Annotated[Visitor, require(Permission.IMPORT_REGISTER)]
SHOWN = 200  # problems on the page; the workbook has all of them


@router.get("/enterprises/import")
def import_page(request: Request, visitor: Importer, session: Db, now: Now) -> Response:
    """Which file do I send, and what became of the earlier ones?"""
    found = queries.imports(session)
    names = names_of(session, [one.actor for one in found])
    return render(request, "imports/index.html", files=found, names=names)


@router.post("/enterprises/import")
def upload(
    request: Request, visitor: Importer, session: Db, now: Now, settings: TheSettings,
    file: Annotated[UploadFile, File()],
) -> Response:  # fmt: skip
    """Keep the file; it is read in the background."""
    one = imports.upload(
        session, file.file.read(), file_name=plain(file.filename or ""), folder=settings.import_dir, now=now,
        actor=visitor.actor,
    )  # fmt: skip
    return _to(one.id)


@router.get("/enterprises/import/{import_id}")
def file_page(request: Request, import_id: RowId, visitor: Importer, session: Db, now: Now) -> Response:
    """Is this file right, and how far is it?"""
    return _page(request, session, import_id)


@router.post("/enterprises/import/{import_id}/columns")
def explain(
    request: Request, import_id: RowId, visitor: Importer, session: Db, now: Now, fields: Fields
) -> Response:
    """What the columns mean; remembered for files of the same headers."""
    one = queries.import_by_id(session, import_id)
    known = {column.name for column in REGISTER.columns}
    said = {
        layout["signature"]: {
            name: str(fields.get(f"m.{number}.{place}", ""))
            for place, name in enumerate(layout["names"])
            if name
        }
        for number, layout in enumerate(one.layouts)
    }
    problems = [registerwords.mapping_problem(columns) for columns in said.values()]
    if any(problems) or any(set(columns.values()) - known - {""} for columns in said.values()):
        return _page(request, session, import_id, said=said, flaws=[one for one in problems if one])
    imports.explain(session, import_id, said, now=now, actor=visitor.actor)
    return _to(import_id)


@router.post("/enterprises/import/{import_id}/accept")
def accept(request: Request, import_id: RowId, visitor: Importer, session: Db, now: Now) -> Response:
    """Bring in the rows that are right."""
    imports.accept(session, import_id, actor=visitor.actor)
    return _to(import_id)


@router.post("/enterprises/import/{import_id}/undo")
def take_back(import_id: RowId, visitor: Importer, session: Db) -> Response:
    """Take it back; the page says when it is done, or why it stays."""
    imports.take_back(session, import_id, actor=visitor.actor)
    return _to(import_id)


@router.post("/enterprises/import/{import_id}/again")
def try_again(import_id: RowId, visitor: Importer, session: Db) -> Response:
    """Go on with a file that failed."""
    imports.try_again(session, import_id)
    return _to(import_id)


@router.get("/enterprises/import/{import_id}/rejected.xlsx")
def rejected(import_id: RowId, visitor: Importer, session: Db) -> Response:
    """The rows that were not taken, with the problems beside them."""
    one = queries.import_by_id(session, import_id)
    if not one.problems:
        raise NotFound(what="import", id=import_id)
    rows = [RejectedRow(row["row"], tuple(row["cells"]), row.get("sheet")) for row in one.rejected]
    headers = {layout["sheet"]: layout["names"] for layout in one.layouts}
    body = rejects.workbook_of(headers, rows, _problems(one), sentence)
    name = f"rejected-{import_id}.xlsx"
    return Response(body, media_type=spreadsheets.MEDIA_TYPE, headers=spreadsheets.as_file(name))


def _to(import_id: int) -> Response:
    return RedirectResponse(f"/enterprises/import/{import_id}", 303)


def _problems(one: RegisterImport) -> list[Problem]:
    return [Problem.from_json(said) for said in one.problems]


def _page(
    request: Request, session: Session, import_id: int, *, said: dict[str, dict[str, str]] | None = None,
    flaws: Sequence[str] = (),
) -> Response:  # fmt: skip
    one = queries.import_by_id(session, import_id)
    problems = _problems(one)
    problems.sort(key=lambda problem: problem.severity is Severity.WARNING)
    context: dict[str, Any] = {
        "one": one, "problems": problems[:SHOWN], "problem_count": len(problems), "shown": SHOWN, "said": said or {},
        "flaws": flaws, "reasons": [Reason(**why) for why in one.kept_because],
        "columns": REGISTER.columns, "required": REGISTER.required,
        "names": names_of(session, [name for name in (one.actor, one.applied_by, one.undone_by) if name]),
        "places": registerwords.places(session),
    }  # fmt: skip
    name = "imports/_file.html" if is_partial(request) else "imports/file.html"
    return render(request, name, status=422 if flaws else 200, **context)
