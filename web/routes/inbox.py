"""The inbox and the review queue: a list of tasks, beside it the task that is being done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from engine.exceptions import EngineError, SamePerson, TaskAssigned, TaskClosed
from engine.models import UserTask
from engine.types import TaskStatus
from web import listfilter, messages, words
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.errors import status_of
from web.forms.uploads import take_in, with_schema
from web.inputs import Choice, RowId
from web.messages import Message
from web.people import is_enterprise, person_of, sight
from web.taskpanel import done_words, listing, panel
from web.templating import is_partial, render
from workflows import inbox, worklist
from workflows.accounts.permissions import Permission
from workflows.accounts.queries import names_of
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem
from workflows.lateness import board
from workflows.lateness.turns import Moment, View
from workflows.processes import form_schema
from workflows.sent import sent
from workflows.worklist import Filter

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]


@router.get("/inbox")
def inbox_page(
    request: Request, visitor: Worker, session: Db, now: Now, task: Choice = None, done: Choice = None
) -> Response:
    """What do I do now?"""
    return _page(request, session, visitor, now, reviews=False, task=task, done=done)


@router.get("/inbox/sent")
def sent_page(request: Request, visitor: Worker, session: Db, now: Now) -> Response:
    """Where is what I submitted?"""
    found = sent(session, person_of(visitor, session, now))
    names = names_of(session, [one.waits_at.assignee for one in found if one.waits_at])
    return render(request, "inbox/sent.html", found=found, names=names)


@router.get("/reviews")
def reviews_page(
    request: Request, visitor: Annotated[Visitor, require(Permission.REVIEW)], session: Db, now: Now,
    task: Choice = None, done: Choice = None,
) -> Response:  # fmt: skip
    """Is this proof enough?"""
    return _page(request, session, visitor, now, reviews=True, task=task, done=done)


def _page(
    request: Request, session: Session, visitor: Visitor, now: datetime, *, reviews: bool, task: int | None,
    done: int | None,
) -> Response:  # fmt: skip
    wanted = listfilter.read(request.query_params, reviews=reviews)
    context = listing(session, visitor=visitor, wanted=wanted, chosen=task, now=now)
    context |= {"explicit": task is not None, "done": done_words(session, done, visitor=visitor, now=now)}
    context["did"] = words.known(request.query_params.get("did"), "did")
    context["late"] = _late_elsewhere(session, visitor, context, now)
    if context["chosen"] is not None:
        context |= panel(session, context["chosen"], visitor=visitor, now=now)
    return render(request, "inbox/index.html", **context)


def _late_elsewhere(
    session: Session, visitor: Visitor, context: Mapping[str, Any], now: datetime
) -> list[board.Late]:
    """What of somebody's enterprise is late, when it lies with a colleague: nothing of it is in the list."""
    if not is_enterprise(visitor) or context["facets"].urgency.get("overdue"):
        return []
    moment = Moment.of(session, now, now=now, sight=sight(visitor), calendar=context["calendar"])
    return board.listed(session, view=View(), moment=moment)


@router.get("/tasks/{task_id}")
def task_page(request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now) -> Response:
    """One task: the whole page, or the panel for htmx."""
    task = inbox.find(session, task_id, person_of(visitor, session, now))
    return _panel(request, session, task, visitor, now)


@router.post("/tasks/{task_id}")
def complete(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """Complete it; what is wrong comes back beside its field with everything that was typed."""
    person = person_of(visitor, session, now)
    task = inbox.find(session, task_id, person)
    wanted = _wanted(request, task)
    form, problems = _form(request, session, task, visitor, now, fields)
    following = worklist.following(session, person, task_id, wanted=wanted, now=now)
    try:
        if problems and task.status == TaskStatus.OPEN:
            raise InvalidForm(problems=with_schema(problems, form_schema(task.form_key), form))
        inbox.complete(session, task_id, form=form, person=person, now=now)
    except InvalidForm as refused:
        problems = refused.data["problems"]
        return _panel(request, session, task, visitor, now, status=422, form=form, problems=problems)
    except TaskClosed:
        if is_partial(request):
            raise  # the notice comes beside the form, which stays as it is
        session.expire_all()
        return _panel(request, session, task, visitor, now, status=409, form=form, lost=True)
    except (SamePerson, TaskAssigned) as refused:
        if is_partial(request):
            raise
        session.expire_all()
        said = messages.of(refused.code, refused.data, today=now, names=_names(session, refused))
        status = status_of(refused)
        return _panel(request, session, task, visitor, now, status=status, form=form, lost=True, said=said)
    if not is_partial(request):
        return RedirectResponse(f"{_home(task)}?{listfilter.write(wanted, done=task_id)}", 303)
    return _next(request, session, visitor, now, wanted=wanted, done=task_id, following=following)


@router.post("/tasks/{task_id}/draft")
def save_draft(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """Keep what has been typed so far."""
    person = person_of(visitor, session, now)
    task = inbox.find(session, task_id, person)
    form, problems = _form(request, session, task, visitor, now, fields)
    inbox.save_draft(session, task_id, form=form, person=person, now=now)
    if is_partial(request):
        return render(request, "inbox/_saved.html", drafted_at=now)
    if problems:
        return _panel(request, session, task, visitor, now, status=422, form=form, problems=problems)
    return RedirectResponse(f"{_home(task)}?task={task_id}", 303)


def _names(session: Session, refused: EngineError) -> Mapping[str, str]:
    return names_of(session, [str(refused.data.get("actor"))])


def _form(
    request: Request, session: Session, task: UserTask, visitor: Visitor, now: datetime, fields: FormData
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """What was typed, with the files that came along, and what is wrong with those."""
    schema = form_schema(task.form_key)
    return take_in(request, session, schema=schema, fields=fields, visitor=visitor, now=now)


def _panel(
    request: Request, session: Session, task: UserTask, visitor: Visitor, now: datetime, *, status: int = 200,
    lost: bool = False, said: Message | None = None, **typed: Any,
) -> Response:  # fmt: skip
    wanted = _wanted(request, task)
    context = {
        "nav": "reviews" if wanted.reviews else "inbox", "base": _home(task), "wanted": wanted, "explicit": True,
        "lost": lost, "said": said, "filters": listfilter.write(wanted),
    } | panel(session, task.id, visitor=visitor, now=now, **typed)  # fmt: skip
    name = "inbox/_panel.html" if is_partial(request) else "inbox/task.html"
    return render(request, name, status=status, **context)


def _next(
    request: Request, session: Session, visitor: Visitor, now: datetime, *, wanted: Filter, done: int,
    following: int | None,
) -> Response:  # fmt: skip
    """The next task's panel with the list without the one that is done, for htmx."""
    context = listing(session, visitor=visitor, wanted=wanted, chosen=following, now=now)
    chosen, base = context["chosen"], context["base"]
    context |= {
        "explicit": chosen is not None,
        "done": done_words(session, done, visitor=visitor, now=now),
    }
    if chosen is not None:
        context |= panel(session, chosen, visitor=visitor, now=now)
    context["left"] = request.app.state.counts(session, visitor, now)
    response = render(request, "inbox/_done.html", **context)
    query = listfilter.write(wanted, task=chosen)
    response.headers["HX-Push-Url"] = f"{base}?{query}" if query else base
    return response


def _wanted(request: Request, task: UserTask) -> Filter:
    """The list that a task belongs to, filtered as the address says."""
    return listfilter.read(request.query_params, reviews=task.node in worklist.REVIEW_NODES)


def _home(task: UserTask) -> str:
    """The address of the list that a task belongs to."""
    return "/reviews" if task.node in worklist.REVIEW_NODES else "/inbox"
