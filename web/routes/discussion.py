"""What is said about a file, to whom it is copied, who signs beside; and what an enterprise takes back or urges."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from web.auth import Visitor, require, safe_next
from web.dependencies import Db, Fields, Now
from web.inputs import RowId, number_of, plain
from web.people import person_of, sight
from web.templating import go_on
from workflows import inbox, seen, withdrawal
from workflows.accounts.models import Account
from workflows.accounts.permissions import Permission
from workflows.cosigning import service as cosigning
from workflows.discussion import queries, service
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.seen import File
from workflows.subjects import Subject
from workflows.worklist import REVIEW_NODES

router = APIRouter()
Reader = Annotated[Visitor, require(Permission.SEE_OWN_FILE)]
Worker = Annotated[Visitor, require(Permission.WORK)]


class Kind(StrEnum):
    """The first half of a file's address."""

    OBLIGATIONS = "obligations"
    HAZARDS = "hazards"
    DUTIES = "duties"


MODELS: Mapping[Kind, type[File]] = {
    Kind.OBLIGATIONS: Obligation, Kind.HAZARDS: Hazard, Kind.DUTIES: UnitTask,
}  # fmt: skip


@router.post("/{kind}/{number}/comments")
def comment(
    request: Request, kind: Kind, number: RowId, visitor: Reader, session: Db, now: Now, fields: Fields
) -> Response:
    """Say something; who is named is told."""
    about, subject = _about(session, kind, number, visitor)
    among = queries.people(session, about, own_organization=visitor.organization_id)
    service.comment(
        session,
        subject,
        body=_text(fields, "body"),
        title=about.title,
        among=among,
        actor=visitor.actor,
        now=now,
    )
    return go_on(
        request, safe_next(_text(fields, "back")) if fields.get("back") else f"/{kind}/{number}#said"
    )


@router.post("/{kind}/{number}/copies")
def copy(
    request: Request, kind: Kind, number: RowId, visitor: Reader, session: Db, now: Now, fields: Fields
) -> Response:
    """Let somebody read the file."""
    about, subject = _about(session, kind, number, visitor)
    among = queries.people(session, about, own_organization=visitor.organization_id)
    service.copy_to(
        session, subject, account=_chosen(among, fields), title=about.title, note=_text(fields, "note"),
        actor=visitor.actor, now=now,
    )  # fmt: skip
    return go_on(
        request, safe_next(_text(fields, "back")) if fields.get("back") else f"/{kind}/{number}#said"
    )


@router.post("/tasks/{task_id}/cosign")
def cosign(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """Somebody signs before this goes on."""
    person = person_of(visitor, session, now)
    task = inbox.find(session, task_id, person)
    among = queries.around_task(session, task, own_organization=visitor.organization_id)
    cosigning.ask(
        session,
        task_id,
        cosigner=_chosen(among, fields),
        question=_text(fields, "note"),
        person=person,
        now=now,
    )
    return go_on(request, f"{'/reviews' if task.node in REVIEW_NODES else '/inbox'}?task={task_id}")


@router.post("/cosignatures/{cosignature_id}/take-back")
def take_back_cosigning(
    request: Request, cosignature_id: RowId, visitor: Worker, session: Db, now: Now
) -> Response:
    """The signature is not needed after all."""
    person = person_of(visitor, session, now)
    asked = cosigning.take_back(session, cosignature_id, person=person, now=now)
    return go_on(request, f"/inbox?task={asked.task_id}")


@router.post("/{kind}/{number}/withdraw")
def withdraw(request: Request, kind: Kind, number: RowId, visitor: Worker, session: Db, now: Now) -> Response:
    """Take back what was submitted; whose it is to take back, the work itself says."""
    about = seen.find(session, MODELS[kind], number, sight=sight(visitor))
    withdrawal.withdraw(session, about, person=person_of(visitor, session, now), now=now)
    return go_on(request, f"/{kind}/{number}?did=withdraw")


@router.post("/obligations/{obligation_id}/urge")
def urge(
    request: Request, obligation_id: RowId, visitor: Annotated[Visitor, require(Permission.URGE)], session: Db,
    now: Now,
) -> Response:  # fmt: skip
    """Remind whoever has it."""
    obligation = seen.find(session, Obligation, obligation_id, sight=sight(visitor))
    withdrawal.urge(session, obligation, person=person_of(visitor, session, now), now=now)
    return go_on(request, f"/obligations/{obligation_id}?did=urge")


def _about(session: Session, kind: Kind, number: int, visitor: Visitor) -> tuple[File, Subject]:
    about = seen.find_to_read(session, MODELS[kind], number, sight=sight(visitor))
    return about, seen.subject_of(about)


def _chosen(among: list[Account], fields: FormData) -> Account | None:
    wanted = number_of(fields.get("to", ""))
    return next((one for one in among if one.id == wanted), None)


def _text(fields: FormData, name: str) -> str:
    return plain(str(fields.get(name, ""))).strip()
