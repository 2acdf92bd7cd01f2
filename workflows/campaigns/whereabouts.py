"""Where the work of a campaign stands: tokens per node, how long they have waited, and the list behind a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask
from engine.types import InstanceStatus, TaskStatus
from workflows.calendar.rules import WorkdayCalendar
from workflows.campaigns.models import Campaign
from workflows.campaigns.views import View
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.markings import markings_at, open_nodes_by_marking
from workflows.obligations.models import Obligation
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.times import start_of_day

PAGE = 50
WAITS = (0, 1, 3, 6, 11)  # working days from which on each column of the table of waiting counts
DAY = timedelta(days=1)
MODELS: dict[str, Any] = {"obligation": Obligation, "unit_task": UnitTask, "hazard": Hazard}
DIAGRAMS = (*MODELS, "campaign")
ENDS = {
    "obligation": "closed",
    "unit_task": "closed",
    "hazard": "closed",
    "campaign": "archived",
}  # the end event of each
LISTENING = frozenset(  # beside the work of every open round, not its place
    {
        "extended", "wait", "await_calendar", "merged", "upgraded_planning", "upgraded_fixing", "upgraded_verifying",
        "reopened", "supervision_due",
    }
)  # fmt: skip
_GOES_ON = ProcessInstance.status.in_([InstanceStatus.ACTIVE, InstanceStatus.SUSPENDED])
_WAITS_FOR_SOMEBODY = UserTask.status.in_([TaskStatus.OPEN, TaskStatus.SUSPENDED])


@dataclass(frozen=True, slots=True)
class Standing:
    """One obligation, hazard or unit task at a node; `since` its task there was opened, `who` has to do with it."""

    subject: Any
    who: str
    since: datetime | None


def tokens(session: Session, view: View, key: str, *, now: datetime) -> dict[str, list[int]]:
    """Node id -> [tokens that stand there, tasks among them that are overdue], of one process of the campaign."""
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    nodes = open_nodes_by_marking(session, key)
    counts = _instances(view, key, ProcessInstance.marking_id, ProcessInstance.status)
    for number, marking_id, status in session.execute(counts):
        here = nodes[marking_id] if status is not InstanceStatus.COMPLETED else {ENDS[key]}
        for node in here - LISTENING:
            found[node][0] += number
    for number, node in session.execute(_tasks(view, key, UserTask.node).where(UserTask.due_at < now)):
        found[node][1] = number
    return dict(found)


def waits(
    session: Session, view: View, key: str, *, calendar: WorkdayCalendar, today: date
) -> dict[str, list[int]]:
    """Node id -> open tasks there by the working days they have waited, a number for each of `WAITS`.

    Raises CalendarMissing when the calendar does not reach back far enough.
    """
    whens = [
        (UserTask.created_at < before, n)
        for n, before in reversed(list(enumerate(_thresholds(calendar, today), start=1)))
    ]
    column = case(*whens, else_=0).label("waited")
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(WAITS))
    for number, node, waited in session.execute(_tasks(view, key, UserTask.node, column)):
        found[node][waited] = number
    return dict(found)


def _thresholds(calendar: WorkdayCalendar, today: date) -> Sequence[datetime]:
    """What was opened before these instants has waited for as many working days as `WAITS` says, after the first."""
    last = today if calendar.is_workday(today) else calendar.add(today, -1)
    return [start_of_day(calendar.add(last, 1 - days)) for days in WAITS[1:]]


def standing_at(session: Session, view: View, key: str, node: str, *, offset: int = 0) -> list[Standing]:
    """A page of what stands at a node, the longest waiting first; one more than `PAGE` when there are others."""
    model = MODELS[key]
    task = and_(UserTask.instance_id == model.instance_id, UserTask.node == node, _WAITS_FOR_SOMEBODY)
    who = func.coalesce(Enterprise.name, Organization.name)
    body = model.body_id if model is UnitTask else None
    query = (
        select(model, who, UserTask.created_at)
        .join(ProcessInstance, ProcessInstance.id == model.instance_id)
        .outerjoin(Enterprise, Enterprise.id == model.enterprise_id)
        .outerjoin(Organization, Organization.id == body)
        .outerjoin(UserTask, task)
        .where(*view.of(model), _is_at(session, key, node))
        .order_by(UserTask.created_at.is_(None), UserTask.created_at, model.id)
    )
    return [Standing(*row) for row in session.execute(query.offset(offset).limit(PAGE + 1))]


def _is_at(session: Session, key: str, node: str) -> ColumnElement[bool]:
    if node == ENDS[key]:
        return ProcessInstance.status == InstanceStatus.COMPLETED
    return and_(ProcessInstance.marking_id.in_(markings_at(session, key, [node])), _GOES_ON)


def _instances(view: View, key: str, *columns: Any) -> Any:
    """Count the instances of a process in view that go on or came to their end."""
    model = MODELS.get(key, Campaign)
    mine = (Campaign.id == view.campaign_id,) if model is Campaign else view.of(model)
    query = select(func.count(), *columns).join(model, model.instance_id == ProcessInstance.id)
    known = or_(_GOES_ON, ProcessInstance.status == InstanceStatus.COMPLETED)
    return query.where(*mine, known).group_by(*columns)


def _tasks(view: View, key: str, *columns: Any) -> Any:
    """Count the open user tasks of a process in view."""
    model = MODELS.get(key, Campaign)
    mine = (Campaign.id == view.campaign_id,) if model is Campaign else view.of(model)
    query = select(func.count(), *columns).join(model, model.instance_id == UserTask.instance_id)
    return query.where(*mine, UserTask.status == TaskStatus.OPEN).group_by(*columns)
