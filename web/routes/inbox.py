"""The inbox and the review queue: a list of tasks, beside it the task that is being done."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session
from starlette.datastructures import FormData

from engine.models import UserTask
from web.auth import Visitor, require
from web.dependencies import Db, Fields, Now
from web.forms.reading import read_form
from web.forms.uploads import take_in
from web.people import person_of
from web.taskpanel import done_words, listing, panel
from web.templating import is_partial, render
from workflows import inbox, worklist
from workflows.accounts.permissions import Permission
from workflows.exceptions import InvalidForm
from workflows.processes import form_schema
from workflows.worklist import Filter, Urgency

router = APIRouter()
Worker = Annotated[Visitor, require(Permission.WORK)]
Group = Urgency | None


@router.get("/inbox")
def inbox_page(
    request: Request, visitor: Worker, session: Db, now: Now, task: int | None = None, group: Group = None,
    offset: int = 0, done: int | None = None,
) -> Response:  # fmt: skip
    """What do I do now?"""
    wanted = Filter(reviews=False, urgency=group, offset=max(0, offset))
    return _page(request, session, visitor, now, wanted=wanted, task=task, done=done)


@router.get("/reviews")
def reviews_page(
    request: Request, visitor: Annotated[Visitor, require(Permission.REVIEW)], session: Db, now: Now,
    task: int | None = None, group: Group = None, offset: int = 0, done: int | None = None,
) -> Response:  # fmt: skip
    """Is this proof enough?"""
    wanted = Filter(reviews=True, urgency=group, offset=max(0, offset))
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
    request: Request, task_id: int, visitor: Worker, session: Db, now: Now, group: Group = None
) -> Response:
    """One task: the whole page, or the panel for htmx."""
    task = inbox.find(session, task_id, person_of(visitor))
    return _panel(request, session, task, visitor, now, group=group)


@router.post("/tasks/{task_id}")
def complete(
    request: Request, task_id: int, visitor: Worker, session: Db, now: Now, fields: Fields, group: Group = None
) -> Response:  # fmt: skip
    """Complete it; what is wrong comes back beside its field with everything that was typed."""
    person = person_of(visitor)
    task = inbox.find(session, task_id, person)
    wanted = Filter(reviews=task.node in worklist.REVIEW_NODES, urgency=group)
    form = _form(request, session, task, visitor, now, fields)
    following = worklist.following(session, person, task_id, wanted=wanted, now=now)
    try:
        inbox.complete(session, task_id, form=form, person=person, now=now)
    except InvalidForm as refused:
        return _panel(
            request, session, task, visitor, now, group=group, form=form, problems=refused.data["problems"]
        )
    address = "/reviews" if wanted.reviews else "/inbox"
    if not is_partial(request):
        return RedirectResponse(f"{address}?done={task_id}", 303)
    return _next(request, session, visitor, now, wanted=wanted, done=task_id, following=following)


@router.post("/tasks/{task_id}/draft")
def save_draft(
    request: Request, task_id: int, visitor: Worker, session: Db, now: Now, fields: Fields
) -> Response:
    """Keep what has been typed so far."""
    person = person_of(visitor)
    task = inbox.find(session, task_id, person)
    form = _form(request, session, task, visitor, now, fields)
    inbox.save_draft(session, task_id, form=form, person=person, now=now)
    if is_partial(request):
        return render(request, "inbox/_saved.html", drafted_at=now)
    return RedirectResponse(f"{_home(task)}?task={task_id}", 303)


def _form(
    request: Request, session: Session, task: UserTask, visitor: Visitor, now: datetime, fields: FormData
) -> dict[str, Any]:
    """What was typed, with the files that came along."""
    schema = form_schema(task.form_key)
    form = read_form(schema, fields)
    take_in(request, session, schema=schema, fields=fields, form=form, visitor=visitor, now=now)
    return form


def _panel(
    request: Request, session: Session, task: UserTask, visitor: Visitor, now: datetime, *, group: Group,
    **typed: Any,
) -> Response:  # fmt: skip
    wanted = Filter(reviews=task.node in worklist.REVIEW_NODES, urgency=group)
    context = {
        "nav": "reviews" if wanted.reviews else "inbox", "base": _home(task), "wanted": wanted, "explicit": True,
    } | panel(session, task.id, visitor=visitor, now=now, **typed)  # fmt: skip
    name = "inbox/_panel.html" if is_partial(request) else "inbox/task.html"
    return render(request, name, status=422 if typed else 200, **context)


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
