"""Who does a task: claim, put back, hand over, delegate, be reminded; who stands in while one is away."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from web import listfilter
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms.uploads import take_in
from web.inputs import RowId, number_of, plain
from web.people import person_of
from web.templating import go_on
from workflows import inbox
from workflows.accounts.models import Account
from workflows.accounts.permissions import Permission
from workflows.accounts.types import Held
from workflows.assignments import service, standins
from workflows.inbox import Person
from workflows.processes import form_schema
from workflows.times import day_of
from workflows.worklist import REVIEW_NODES

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]
Step = Callable[[Session, int, Person, FormData, datetime], None]


def _note(fields: FormData) -> str:
    return plain(str(fields.get("note", ""))).strip()


STEPS: dict[str, Step] = {
    "claim": lambda s, task, who, _fields, now: service.claim(s, task, person=who, now=now),
    "unclaim": lambda s, task, who, _fields, now: service.unclaim(s, task, person=who, now=now),
    "take-back": lambda s, task, who, _fields, now: service.take_back(s, task, person=who, now=now),
    "hand-over": lambda s, task, who, fields, now: service.hand_over(
        s, task, to=number_of(fields.get("to", "")), note=_note(fields), person=who, now=now
    ),
    "delegate": lambda s, task, who, fields, now: service.delegate(
        s, task, to=number_of(fields.get("to", "")), note=_note(fields), person=who, now=now
    ),
    "urge": lambda s, task, who, _fields, now: service.urge(s, task, person=who, now=now),
    "remind": lambda s, task, who, fields, now: service.remind(
        s, task, on=None if fields.get("now") else _day(fields, "on") or date.min, person=who, now=now
    ),
}
LEAVES = ("hand-over", "delegate", "remind")  # afterwards it is not in one's own list


def _step(name: str) -> Callable[..., Response]:
    def act(
        request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
    ) -> Response:
        person = person_of(visitor, session, now)
        task = inbox.find(session, task_id, person)
        base = "/reviews" if task.node in REVIEW_NODES else "/inbox"
        STEPS[name](session, task_id, person, fields, now)
        chosen = None if name in LEAVES and not fields.get("now") else task_id
        wanted = listfilter.read(request.query_params, reviews=base == "/reviews")
        return go_on(request, f"{base}?{listfilter.write(wanted, task=chosen, did=name)}")

    return act


for _name in STEPS:
    router.add_api_route(f"/tasks/{{task_id}}/{_name}", _step(_name), methods=["POST"], name=f"task {_name}")


@router.post("/tasks/{task_id}/resolve")
def resolve(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """Give back what one was asked to prepare, with what was filled in."""
    person = person_of(visitor, session, now)
    task = inbox.find(session, task_id, person)
    base = "/reviews" if task.node in REVIEW_NODES else "/inbox"
    form, _problems = take_in(
        request, session, schema=form_schema(task.form_key), fields=fields, visitor=visitor, now=now
    )
    service.resolve(
        session, task_id, form=form, note=plain(str(fields.get("_note", ""))).strip(), person=person, now=now
    )
    return go_on(request, f"{base}?did=resolve")


@router.post("/me/stand-in")
def name_stand_in(request: Request, visitor: Worker, session: Db, now: Now, fields: Fields) -> Response:
    """Somebody does my assigned tasks while I am away."""
    absent = session.get_one(Account, visitor.account_id)
    group, _, colleague = str(fields.get("to", "")).partition("/")
    held: Held | None = next((one for one in absent.held if one.group == group), None)
    standins.name(
        session, absent, held=held, stand_in_id=number_of(colleague), from_on=_day(fields, "from_on"),
        to_on=_day(fields, "to_on"), today=day_of(now), now=now,
    )  # fmt: skip
    return go_on(request, "/me#stand-in")


@router.post("/me/stand-in/{stand_in_id}/end")
def end_stand_in(request: Request, stand_in_id: RowId, visitor: Worker, session: Db, now: Now) -> Response:
    """I am back."""
    standins.end(session, stand_in_id, absent=session.get_one(Account, visitor.account_id), now=now)
    return go_on(request, "/me#stand-in")


def _day(fields: FormData, name: str) -> date | None:
    try:
        return date.fromisoformat(str(fields.get(name, "")))
    except ValueError:
        return None
