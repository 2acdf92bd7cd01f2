"""More time, as the pages of an obligation and of a hazard ask for it: the card with the requests, and a new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from web.auth import Visitor
from web.forms import schemas
from web.forms.reading import read_form
from web.subjects import url_of_subject
from workflows.accounts.permissions import Permission
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem, problems_of
from workflows.obligations import extensions
from workflows.organizations.queries import office_id
from workflows.subjects import Subject


def ask(
    session: Session, subject: Subject, *, fields: FormData, visitor: Visitor, now: datetime
) -> tuple[dict[str, Any], Sequence[FieldProblem]]:
    """Request a later date with the posted fields; what was typed, and what is wrong with it (nothing: it is sent).

    Raises Conflict while another request is open or when the work is over.
    """
    schema = schemas.extension()
    form = read_form(schema, fields)
    if problems := list(problems_of(schema, form)):
        return form, problems
    try:
        extensions.request(
            session, subject, due_on=date.fromisoformat(form["due_on"]), reason=form["reason"],
            office_id=office_id(session), actor=visitor.actor, now=now,
        )  # fmt: skip
    except InvalidForm as refused:
        return form, refused.data["problems"]
    return form, ()


def card(
    session: Session, subject: Subject, *, visitor: Visitor, still_moves: bool,
    typed: Mapping[str, Any] | None, problems: Sequence[FieldProblem],
) -> dict[str, Any]:  # fmt: skip
    """What `components/_extension.html` needs; `still_moves` says whether a later date would change anything."""
    requests = extensions.of_subject(session, subject)
    return {
        "extensions": requests, "schema": schemas.extension(), "typed": typed or {}, "problems": problems,
        "extension_url": f"{url_of_subject(subject)}/extension",
        "may_ask": visitor.may(Permission.ASK_EXTENSION) and still_moves
        and all(one.decided_at for one in requests),
    }  # fmt: skip
