"""What the list of tasks and the task panel show; the same for the inbox, the review queue and a page of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from web.auth import Visitor
from web.people import is_enterprise, person_of
from web.taskforms import step_name
from workflows import inbox, taskview, worklist
from workflows.accounts.queries import names_of
from workflows.calendar.service import load
from workflows.exceptions import NotFound
from workflows.forms import FieldProblem
from workflows.i18n import gettext as _
from workflows.worklist import Filter


def listing(
    session: Session, *, visitor: Visitor, wanted: Filter, chosen: int | None, now: datetime
) -> dict[str, Any]:
    """The context of the list: its rows, the numbers of its groups, and the task that is open (the first unless
    one is `chosen`)."""
    person = person_of(visitor)
    rows = worklist.rows(session, person, wanted=wanted, now=now)
    return {
        "nav": "reviews" if wanted.reviews else "inbox", "base": "/reviews" if wanted.reviews else "/inbox",
        "rows": rows[: worklist.PAGE], "more": len(rows) > worklist.PAGE, "wanted": wanted,
        "groups": worklist.counts(session, person, reviews=wanted.reviews, now=now),
        "chosen": chosen if chosen is not None else (rows[0].task_id if rows else None),
        "calendar": load(session), "is_enterprise": is_enterprise(visitor),
    }  # fmt: skip


def panel(
    session: Session, task_id: int, *, visitor: Visitor, now: datetime, form: Mapping[str, Any] | None = None,
    problems: Sequence[FieldProblem] = (),
) -> dict[str, Any]:  # fmt: skip
    """The context of `inbox/_panel.html`. Raises NotFound for somebody else's task."""
    view = taskview.view(session, task_id, person=person_of(visitor), form=form, now=now)
    actors = [one.actor for one in view.submissions] + [view.task.actor]
    return {
        "view": view, "form": view.form, "problems": {p.path: p for p in problems},
        "names": names_of(session, actors), "calendar": load(session), "is_enterprise": is_enterprise(visitor),
    }  # fmt: skip


def done_words(session: Session, task_id: int | None, *, visitor: Visitor) -> str | None:
    """What was just done, for the notice above the list; None when it was nothing of this person's."""
    if task_id is None:
        return None
    try:
        task = inbox.find(session, task_id, person_of(visitor))
    except NotFound:
        return None
    row = worklist.row_of(session, task_id, now=task.created_at)
    if row is None or task.actor != visitor.actor:
        return None
    return _("已提交：%(step)s“%(title)s”。") % {"step": step_name(row), "title": row.title}
