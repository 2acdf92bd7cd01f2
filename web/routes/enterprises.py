"""The register: which enterprises there are, and bringing in a file after a dry run."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from web.auth import Visitor, require
from web.dependencies import Db, Now, TheSettings
from web.inputs import Choice, Count, Text
from web.people import sight
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.organizations import queries as organizations
from workflows.organizations.types import OrganizationKind
from workflows.register import importing, queries, service, uploads

router = APIRouter()
Importer = Annotated[Visitor, require(Permission.IMPORT_REGISTER)]
LONGEST_NAME = 200  # as the record of imports holds it
SHOWN = 200  # problems on the page; the import keeps all of them


@router.get("/enterprises")
def enterprises_page(
    request: Request,
    visitor: Annotated[Visitor, require(Permission.SEE_ENTERPRISES)],
    session: Db,
    now: Now,
    q: Text = "",
    town: Choice = None,
    offset: Count = 0,
    imported: Count | None = None,
) -> Response:
    """Which enterprises are registered?"""
    found = queries.search(session, sight=sight(visitor), text=q.strip(), town_id=town, offset=offset)
    context: dict[str, Any] = {
        "rows": found[: queries.PAGE],
        "more": len(found) > queries.PAGE,
        "offset": offset,
        "q": q,
        "town": town,
        "towns": {one.id: one.name for one in organizations.of_kind(session, OrganizationKind.TOWN)},
        "imported": imported,
    }
    return render(request, "enterprises/index.html", nav="enterprises", **context)


@router.get("/enterprises/import")
def import_page(request: Request, visitor: Importer, session: Db, now: Now) -> Response:
    """Is this file right?"""
    return _page(request)


@router.post("/enterprises/import")
def dry_run(
    request: Request,
    visitor: Importer,
    session: Db,
    now: Now,
    settings: TheSettings,
    file: Annotated[UploadFile, File()],
) -> Response:
    """Read the file and say what an import would do; nothing is written to the register."""
    content = file.file.read()
    sha256 = uploads.keep(settings.data_dir / "imports", content)
    return _page(request, **_checked(session, content), sha256=sha256, file_name=file.filename or "")


@router.post("/enterprises/import/{sha256}")
def apply(
    request: Request,
    sha256: Text,
    visitor: Importer,
    session: Db,
    now: Now,
    settings: TheSettings,
    file_name: Annotated[Text, Form()] = "",
) -> Response:
    """Import the rows that are right."""
    content = uploads.kept(settings.data_dir / "imports", sha256)
    parsed = importing.read_csv(content, queries.directory(session))
    done = service.apply(session, parsed, now=now, actor=visitor.actor, file_name=file_name[:LONGEST_NAME])
    return RedirectResponse(f"/enterprises?imported={done.inserted + done.updated}", 303)


def _checked(session: Session, content: bytes) -> dict[str, Any]:
    parsed = importing.read_csv(content, queries.directory(session))
    return {"parsed": parsed, "plan": service.plan(session, parsed)}


def _page(request: Request, **context: Any) -> Response:
    parsed = context.get("parsed")
    wrong = parsed is not None and bool(parsed.problems)
    return render(
        request,
        "enterprises/import.html",
        status=422 if wrong else 200,
        nav="enterprises",
        shown=SHOWN,
        **context,
    )
