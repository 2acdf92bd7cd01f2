"""What the list of tasks and the task panel show; the same for the inbox, the review queue and a page of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from web import listfilter
from web.auth import Visitor
from web.people import is_enterprise, person_of
from web.reportpanel import report_panel
from web.staffwords import staff_for
from web.taskforms import step_name
from workflows import bulk, inbox, taskview, worklist
from workflows.accounts.queries import names_of
from workflows.assignments import queries as assignments
from workflows.calendar.service import load
from workflows.discussion import queries as discussion
from workflows.exceptions import NotFound
from workflows.facets import facets
from workflows.forms import FieldProblem
from workflows.i18n import gettext as _
from workflows.register.models import Enterprise
from workflows.safetystaff.types import Assessment
from workflows.savedfilters import service as savedfilters
from workflows.taskview import TaskView
from workflows.times import day_of
from workflows.titles import titled
from workflows.worklist import Filter


def listing(
    session: Session, *, visitor: Visitor, wanted: Filter, chosen: int | None, now: datetime
) -> dict[str, Any]:
    """The context of the list: its rows, the numbers beside its filters, and the task that is open (the first unless
    one is `chosen`)."""
    person = person_of(visitor, session, now)
    rows = worklist.rows(session, person, wanted=wanted, now=now)
    shown, more = rows[: worklist.PAGE], len(rows) > worklist.PAGE
    page = "reviews" if wanted.reviews else "inbox"
    return {
        "nav": page, "base": f"/{page}", "rows": shown, "wanted": wanted, "filters": listfilter.write(wanted),
        "more": listfilter.mark(worklist.place_of(shown[-1])) if more else None,
        "facets": facets(session, person, wanted=wanted, now=now),
        "saved": savedfilters.listed(
            session, account_id=visitor.account_id, organization_id=visitor.organization_id, page=page
        ),
        "chosen": chosen if chosen is not None else (rows[0].task_id if rows else None),
        "calendar": load(session), "is_enterprise": is_enterprise(visitor),
        "locked": {row.task_id for row in shown if bulk.is_locked(row)},
        "people": names_of(session, [one.assignee for one in shown]),
    }  # fmt: skip


def panel(
    session: Session, task_id: int, *, visitor: Visitor, now: datetime, form: Mapping[str, Any] | None = None,
    problems: Sequence[FieldProblem] = (),
) -> dict[str, Any]:  # fmt: skip
    """The context of `inbox/_panel.html`. Raises NotFound for somebody else's task."""
    person = person_of(visitor, session, now)
    view = taskview.view(session, task_id, person=person, form=form, now=now)
    report = report_panel(session, view, now=now)
    begun = report.begun(view.form) if report and form is None else view.form
    actors = [actor for one in view.submissions for actor in (one.actor, one.on_behalf_of)]
    team = assignments.team(session, view.task, person, now=now) if view.is_open else None
    actors += [f"account:{one.cosigner_id}" for one in view.cosignatures]
    actors += [view.asked.asked_by] if view.asked else []
    named = (
        discussion.around_task(session, view.task, own_organization=visitor.organization_id) if team else []
    )
    actors += [view.task.actor, view.task.on_behalf_of, view.task.assignee, view.task.owner, view.draft_by]
    actors += [report.taken_by] if report else []
    return {
        "view": view, "form": begun, "report": report,
        "problems": {p.path: p for p in problems}, "team": team,
        "names": names_of(session, actors), "calendar": load(session), "is_enterprise": is_enterprise(visitor),
        "staff": _staff(session, view),
        "named": [one for one in named if one.actor != visitor.actor],
        "away": assignments.away(session, team.account_ids, on=day_of(now)) if team else {},
    }  # fmt: skip


def _staff(session: Session, view: TaskView) -> Assessment | None:
    """The safety staff of the enterprise, when that is what the item is about."""
    if view.obligation is None:
        return None
    return staff_for(view.item, session.get_one(Enterprise, view.obligation.enterprise_id))


def done_words(session: Session, task_id: int | None, *, visitor: Visitor, now: datetime) -> str | None:
    """What was just done, for the notice above the list; None when it was nothing of this person's."""
    if task_id is None:
        return None
    try:
        task = inbox.find(session, task_id, person_of(visitor, session, now))
    except NotFound:
        return None
    row = worklist.row_of(session, task_id, now=task.created_at)
    if row is None or task.actor != visitor.actor:
        return None
    return _("已提交：%(step)s“%(title)s”。") % {"step": step_name(row), "title": titled(row.title)}
