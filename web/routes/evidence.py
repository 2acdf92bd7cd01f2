"""Upload a file of evidence, open one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.responses import FileResponse

from web.auth import Visitor, require
from web.dependencies import Db, Now, TheSettings
from web.inputs import RowId, Text
from web.people import sight
from web.templating import render
from workflows.accounts.permissions import Permission
from workflows.evidence import queries, service, storage
from workflows.evidence.earlier import earlier

router = APIRouter()
SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; sandbox"


@router.post("/evidence")
def upload(
    request: Request,
    visitor: Annotated[Visitor, require(Permission.UPLOAD_EVIDENCE)],
    session: Db,
    now: Now,
    settings: TheSettings,
    file: Annotated[UploadFile, File()],
    name: Annotated[Text, Form()],
) -> Response:
    """Keep the file; the answer is its picture in the slot `name` of a form."""
    evidence = service.store(
        session,
        file.file,
        filename=file.filename or "",
        organization_id=visitor.organization_id,
        uploaded_by=visitor.actor,
        now=now,
        folder=settings.evidence_dir,
    )
    return render(request, "components/_thumb.html", status=201, file=evidence, name=name)


@router.get("/evidence/earlier")
def earlier_files(
    request: Request, visitor: Annotated[Visitor, require(Permission.UPLOAD_EVIDENCE)], session: Db, now: Now,
    slot: Text = "",
) -> Response:  # fmt: skip
    """What one's own enterprise has shown before in slots like `slot` (`evidence.licences`)."""
    files = earlier(session, enterprise_id=visitor.organization_id, slot=slot.removeprefix("evidence."))
    return render(request, "inbox/_earlier.html", files=files, name=slot)


@router.get("/evidence/{evidence_id}")
def show(
    evidence_id: RowId,
    visitor: Annotated[Visitor, require(Permission.SEE_OWN_FILE)],
    session: Db,
    settings: TheSettings,
    download: bool = False,
) -> Response:
    """The file itself, with the type its content has: pictures in place, everything else as a download."""
    evidence = queries.readable(
        session, evidence_id, organization_ids=visitor.organizations(), sight=sight(visitor)
    )
    inline = evidence.is_shown and not download
    return FileResponse(
        storage.path_of(settings.evidence_dir, evidence.sha256),
        media_type=evidence.media_type,
        filename=evidence.original_name,
        content_disposition_type="inline" if inline else "attachment",
        headers={
            "Content-Security-Policy": SANDBOX,
            "Cache-Control": "private, max-age=3600",
            "Vary": "Cookie",
        },
    )
