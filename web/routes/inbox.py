"""The inbox and the review queue: a list of tasks, beside it the task that is being done."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from engine.exceptions import TaskClosed
from engine.models import UserTask
from engine.types import TaskStatus
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms.uploads import take_in, with_schema
from web.inputs import Choice, Count, RowId
from web.people import person_of
from web.taskpanel import done_words, listing, panel
from web.templating import is_partial, render
from workflows import inbox, worklist
from workflows.accounts.permissions import Permission
from workflows.exceptions import InvalidForm
from workflows.forms import FieldProblem
from workflows.processes import form_schema
from workflows.worklist import Filter, Urgency

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]
Group = Urgency | None


@router.get("/inbox")
def inbox_page(
    request: Request, visitor: Worker, session: Db, now: Now, task: Choice = None, group: Group = None,
    offset: Count = 0, done: Choice = None,
) -> Response:  # fmt: skip
    """What do I do now?"""
    wanted = Filter(reviews=False, urgency=group, offset=offset)
    return _page(request, session, visitor, now, wanted=wanted, task=task, done=done)


@router.get("/reviews")
def reviews_page(
    request: Request, visitor: Annotated[Visitor, require(Permission.REVIEW)], session: Db, now: Now,
    task: Choice = None, group: Group = None, offset: Count = 0, done: Choice = None,
) -> Response:  # fmt: skip
    """Is this proof enough?"""
    wanted = Filter(reviews=True, urgency=group, offset=offset)
    return _page(request, session, visitor, now, wanted=wanted, task=task, done=done)


def _page(
    request: Request, session: Session, visitor: Visitor, now: datetime, *, wanted: Filter, task: int | None,
    done: int | None,
) -> Response:  # fmt: skip
    context = listing(session, visitor=visitor, wanted=wanted, chosen=task, now=now)
    context |= {"explicit": task is not None, "done": done_words(session, done, visitor=visitor)}
    if context["chosen"] is not None:
        context |= panel(session, context["chosen"], visitor=visitor, now=now)
    return render(request, "inbox/index.html", **context)


@router.get("/tasks/{task_id}")
def task_page(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, group: Group = None
) -> Response:
    """One task: the whole page, or the panel for htmx."""
    task = inbox.find(session, task_id, person_of(visitor))
    return _panel(request, session, task, visitor, now, group=group)


@router.post("/tasks/{task_id}")
def complete(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields, group: Group = None
) -> Response:  # fmt: skip
    """Complete it; what is wrong comes back beside its field with everything that was typed."""
    person = person_of(visitor)
    task = inbox.find(session, task_id, person)
    wanted = Filter(reviews=task.node in worklist.REVIEW_NODES, urgency=group)
    form, problems = _form(request, session, task, visitor, now, fields)
    following = worklist.following(session, person, task_id, wanted=wanted, now=now)
    try:
        if problems and task.status == TaskStatus.OPEN:
            raise InvalidForm(problems=with_schema(problems, form_schema(task.form_key), form))
        inbox.complete(session, task_id, form=form, person=person, now=now)
    except InvalidForm as refused:
        problems = refused.data["problems"]
        return _panel(
            request, session, task, visitor, now, group=group, status=422, form=form, problems=problems
        )
    except TaskClosed:
        if is_partial(request):
            raise  # the notice comes beside the form, which stays as it is
        session.expire_all()
        return _panel(request, session, task, visitor, now, group=group, status=409, form=form, lost=True)
    address = "/reviews" if wanted.reviews else "/inbox"
    if not is_partial(request):
        return RedirectResponse(f"{address}?done={task_id}", 303)
    return _next(request, session, visitor, now, wanted=wanted, done=task_id, following=following)


@router.post("/tasks/{task_id}/draft")
def save_draft(
    request: Request, task_id: RowId, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """Keep what has been typed so far."""
    person = person_of(visitor)
    task = inbox.find(session, task_id, person)
    form, problems = _form(request, session, task, visitor, now, fields)
    inbox.save_draft(session, task_id, form=form, person=person, now=now)
    if is_partial(request):
        return render(request, "inbox/_saved.html", drafted_at=now)
    if problems:
        return _panel(
            request, session, task, visitor, now, group=None, status=422, form=form, problems=problems
        )
    return RedirectResponse(f"{_home(task)}?task={task_id}", 303)


def _form(
    request: Request, session: Session, task: UserTask, visitor: Visitor, now: datetime, fields: FormData
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """What was typed, with the files that came along, and what is wrong with those."""
    schema = form_schema(task.form_key)
    return take_in(request, session, schema=schema, fields=fields, visitor=visitor, now=now)


def _panel(
    request: Request, session: Session, task: UserTask, visitor: Visitor, now: datetime, *, group: Group,
    status: int = 200, lost: bool = False, **typed: Any,
) -> Response:  # fmt: skip
    wanted = Filter(reviews=task.node in worklist.REVIEW_NODES, urgency=group)
    context = {
        "nav": "reviews" if wanted.reviews else "inbox", "base": _home(task), "wanted": wanted, "explicit": True,
        "lost": lost,
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
    context |= {"explicit": chosen is not None, "done": done_words(session, done, visitor=visitor)}
    if chosen is not None:
        context |= panel(session, chosen, visitor=visitor, now=now)
    context["counts"] = request.app.state.counts(session, visitor, now)
    response = render(request, "inbox/_done.html", **context)
    group = f"&group={wanted.urgency}" if wanted.urgency else ""
    response.headers["HX-Push-Url"] = f"{base}?task={chosen}{group}" if chosen is not None else base
    return response


def _home(task: UserTask) -> str:
    """The list that a task belongs to."""
    return "/reviews" if task.node in worklist.REVIEW_NODES else "/inbox"
