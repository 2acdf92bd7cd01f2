"""Where the work of a campaign stands: tokens per node, how long they have waited, and the list behind a number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, cast, func, null, or_, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance, UserTask, UtcDateTime
from engine.types import InstanceStatus, TaskStatus
from workflows.calendar.rules import WorkdayCalendar
from workflows.campaigns import figures
from workflows.campaigns.figures import Part
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
Key = tuple[Any, ...]
KEPT = ("obligation", "hazard")  # what large campaigns have thousands of
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


@dataclass(frozen=True, slots=True)
class Standing:
    """One obligation, hazard or unit task at a node; `since` its task there was opened, `who` has to do with it."""

    subject: Any
    who: str
    since: datetime | None


def places(session: Session, view: View, *, now: datetime) -> dict[str, dict[str, list[int]]]:
    """Process -> node -> [tokens that stand there, tasks among them that are overdue]."""
    return {key: _tokens(session, view, key, now) for key in DIAGRAMS}


def tokens(session: Session, view: View, key: str, *, now: datetime) -> dict[str, list[int]]:
    """The same of one process, without what only listens beside the work."""
    return working(_tokens(session, view, key, now))


def working(found: Mapping[str, list[int]]) -> dict[str, list[int]]:
    """Without the nodes that only listen beside the work of a round."""
    return {node: numbers for node, numbers in found.items() if node not in LISTENING}


def _tokens(session: Session, view: View, key: str, now: datetime) -> dict[str, list[int]]:
    found = figures.kept(session, view) if key in KEPT else None
    if found is None:
        return {node: numbers for (node,), numbers in count_tokens(session, view, key, now=now).items()}
    return {node: numbers for node, *numbers in found.rows(Part.TOKENS, key)}


def count_tokens(session: Session, view: View, key: str, *homes: Any, now: datetime) -> dict[Key, list[int]]:
    """Values of the columns `homes` of the process's table and a node -> tokens there, overdue tasks among them."""
    found: dict[Key, list[int]] = defaultdict(lambda: [0, 0])
    counts = session.execute(
        _instances(view, key, ProcessInstance.marking_id, ProcessInstance.status, *homes)
    )
    known = open_nodes_by_marking(session, key)
    for number, marking_id, status, *where in counts:
        ended = status is InstanceStatus.COMPLETED
        for node in {ENDS[key]} if ended else known.get(marking_id, frozenset()):
            found[(*where, node)][0] += number
    late = _tasks(view, key, *homes, UserTask.node).where(UserTask.due_at < now)
    for number, *where in session.execute(late):
        found[tuple(where)][1] = number
    return dict(found)


def waits(
    session: Session, view: View, key: str, *, calendar: WorkdayCalendar, today: date
) -> dict[str, list[int]]:
    """Node id -> open tasks there by the working days they have waited, a number for each of `WAITS`.

    Of a large campaign as it was when it was last counted. Raises CalendarMissing when the calendar does not reach back
    far enough.
    """
    found: dict[str, list[int]] = defaultdict(lambda: [0] * len(WAITS))
    kept = figures.kept(session, view) if key in KEPT else None
    if kept is None:
        for (node, waited), number in count_waits(session, view, key, calendar=calendar, today=today).items():
            found[node][waited] = number
    else:
        _thresholds(calendar, today)  # what the calendar does not reach, it did not reach then
        for node, waited, number in kept.rows(Part.WAITS, key):
            found[node][waited] = number
    return dict(found)


def count_waits(
    session: Session, view: View, key: str, *homes: Any, calendar: WorkdayCalendar, today: date
) -> dict[Key, int]:
    """Values of the columns `homes`, a node and the place in `WAITS` -> open tasks. Raises CalendarMissing."""
    whens = [
        (UserTask.created_at < before, n)
        for n, before in reversed(list(enumerate(_thresholds(calendar, today), start=1)))
    ]
    column = case(*whens, else_=0).label("waited")
    found = session.execute(_tasks(view, key, *homes, UserTask.node, column))
    return {tuple(where): number for number, *where in found}


def _thresholds(calendar: WorkdayCalendar, today: date) -> Sequence[datetime]:
    """What was opened before these instants has waited for as many working days as `WAITS` says, after the first."""
    last = today if calendar.is_workday(today) else calendar.add(today, -1)
    return [start_of_day(calendar.add(last, 1 - days)) for days in WAITS[1:]]


def standing_at(session: Session, view: View, key: str, node: str, *, offset: int = 0) -> list[Standing]:
    """A page of what stands at a node, the longest waiting first; one more than `PAGE` when there are others."""
    model = MODELS[key]
    found = _standing(session, view, key, node)
    found = found.outerjoin(Enterprise, Enterprise.id == model.enterprise_id)
    if model is UnitTask:
        found = found.outerjoin(Organization, Organization.id == UnitTask.body_id)
        found = found.add_columns(func.coalesce(Enterprise.name, Organization.name))
    else:
        found = found.add_columns(Enterprise.name)
    return [
        Standing(subject, name, since)
        for subject, since, name in session.execute(found.offset(offset).limit(PAGE + 1))
    ]


def _standing(session: Session, view: View, key: str, node: str) -> Select[Any]:
    """The subjects in view with the instant since when they wait, each kind of node along an index of its own."""
    if node == ENDS[key]:
        return _ended(view, MODELS[key])
    here = select(UserTask.id).where(UserTask.node == node, UserTask.closed_at.is_(None)).limit(1)
    if session.scalar(here) is not None:
        return _waiting(view, MODELS[key], node)
    return _passing(view, MODELS[key], markings_at(session, key, [node]))


def _ended(view: View, model: Any) -> Select[Any]:
    """What came to its end, not what was withdrawn."""
    completed = select(ProcessInstance.id).where(
        ProcessInstance.id == model.instance_id, ProcessInstance.status == InstanceStatus.COMPLETED
    )
    query = select(model, cast(null(), UtcDateTime)).where(model.closed_at.is_not(None), completed.exists())
    return query.where(*view.of(model)).order_by(
        model.closed_at, model.town_id, model.department_id, model.id
    )


def _waiting(view: View, model: Any, node: str) -> Select[Any]:
    """What waits for somebody; the campaign is that of the task, so that the tasks at the node are read first."""
    query = select(model, UserTask.created_at).join(UserTask, UserTask.instance_id == model.instance_id)
    of_it = UserTask.group_id == view.campaign_id, UserTask.node == node, UserTask.closed_at.is_(None)
    query = query.where(*of_it, *view.within(model))
    return query.order_by(UserTask.created_at, UserTask.instance_id)


def _passing(view: View, model: Any, markings: Sequence[int]) -> Select[Any]:
    """What waits for something else; the campaign is that of the process, so that the markings are read first."""
    query = select(model, cast(null(), UtcDateTime)).join(
        ProcessInstance, ProcessInstance.id == model.instance_id
    )
    of_it = ProcessInstance.group_id == view.campaign_id, ProcessInstance.marking_id.in_(markings), _GOES_ON
    return query.where(*of_it, *view.within(model)).order_by(ProcessInstance.id)


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
