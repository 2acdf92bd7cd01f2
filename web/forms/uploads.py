"""What was sent for a form: its values, and the files that a page without script sends along."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from fastapi import Request
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from web.auth import Visitor
from web.forms.reading import add_file, files_sent, read_form, slots_of
from workflows.evidence import queries, service
from workflows.evidence.exceptions import EmptyFile, FileTooLarge, FileTypeLies, FileTypeRefused
from workflows.forms import FieldProblem, problems_of

Refused = (EmptyFile, FileTooLarge, FileTypeRefused, FileTypeLies)


def take_in(
    request: Request,
    session: Session,
    *,
    schema: Mapping[str, Any],
    fields: FormData,
    visitor: Visitor,
    now: datetime,
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """The values, with the files stored and named in them; and what is wrong with files.

    A file that is refused, and evidence that another organisation uploaded, are left out.
    """
    form = read_form(schema, fields)
    problems = list(_drop_foreign(session, schema, form, visitor))
    for path, upload in files_sent(schema, fields):
        try:
            evidence = service.store(
                session,
                upload.file,
                filename=upload.filename or "",
                organization_id=visitor.organization_id,
                uploaded_by=visitor.actor,
                now=now,
                folder=request.app.state.settings.evidence_dir,
            )
        except Refused as refused:
            problems.append(FieldProblem(path, refused.code, refused.data))
        else:
            add_file(form, path, evidence.id)
    return form, problems


def with_schema(
    problems: list[FieldProblem], schema: Mapping[str, Any], form: Mapping[str, Any]
) -> list[FieldProblem]:
    """The problems with files and, of the other fields, what the schema finds wrong."""
    told = {one.path for one in problems}
    return problems + [one for one in problems_of(schema, form) if one.path not in told]


def _drop_foreign(
    session: Session, schema: Mapping[str, Any], form: dict[str, Any], visitor: Visitor
) -> Iterator[FieldProblem]:
    slots = list(slots_of(schema, form))
    named = {one for _, ids in slots for one in ids if isinstance(one, int)}
    found = queries.by_ids(session, named) if named else {}
    own = {one.id for one in found.values() if one.organization_id == visitor.organization_id}
    for path, ids in slots:
        if not own.issuperset(ids):
            ids[:] = [one for one in ids if one in own]
            yield FieldProblem(path, "evidence-unknown")
