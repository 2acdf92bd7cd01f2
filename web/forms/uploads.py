"""Files that come with a form itself, from a page without script."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from web.auth import Visitor
from web.forms.reading import add_file, files_sent
from workflows.evidence import service


def take_in(
    request: Request,
    session: Session,
    *,
    schema: Mapping[str, Any],
    fields: FormData,
    form: dict[str, Any],
    visitor: Visitor,
    now: datetime,
) -> None:
    """Store the files of the form's slots and name them in `form`. Raises what `evidence.service.store` raises."""
    for path, upload in files_sent(schema, fields):
        evidence = service.store(
            session,
            upload.file,
            filename=upload.filename or "",
            organization_id=visitor.organization_id,
            uploaded_by=visitor.actor,
            now=now,
            folder=request.app.state.settings.evidence_dir,
        )
        add_file(form, path, evidence.id)
