"""The figures of a department's monthly progress report (002, 附件3): what stands, and what the month has added."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from workflows.campaigns.progress import progress
from workflows.campaigns.tallies import Tally
from workflows.campaigns.types import Duty, RecurrenceKind, TemplateRow
from workflows.campaigns.views import View
from workflows.duties.models import UnitTask
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.sight import Sight
from workflows.times import day_of, start_of_day


@dataclass(frozen=True, slots=True)
class Month:
    """How a department stands today, and what has come since `since`, the first of the report's month. Attachment 3
    was not published: these figures are ours [D].
    """

    since: date
    enterprises: int
    tally: Tally
    closed_new: int
    hazards: int
    hazards_new: int
    hazards_closed: int
    hazards_closed_new: int


def reports_monthly(row: TemplateRow | None, task: UnitTask | None) -> bool:
    """Whether a unit task is a department's report of each month."""
    is_monthly = isinstance(row, Duty) and row.recurrence.kind is RecurrenceKind.MONTHLY
    return is_monthly and task is not None and task.department_id is not None


def month_of(session: Session, task: UnitTask, *, now: datetime) -> Month:
    """The figures of the department whose report `task` is."""
    assert task.department_id is not None
    view = View(task.campaign_id, Sight(everything=False, department_ids=(task.department_id,)))
    first = day_of(task.due_at or now).replace(day=1)
    since, found = start_of_day(first), progress(session, view, now=now)
    ours, hazards = view.of(Obligation), view.of(Hazard)
    return Month(
        since=first, enterprises=found.enterprises, tally=found.whole,
        closed_new=_count(session, Obligation, *ours, Obligation.closed_at >= since),
        hazards=found.hazards, hazards_new=_count(session, Hazard, *hazards, Hazard.found_at >= since),
        hazards_closed=found.hazards - found.hazards_open,
        hazards_closed_new=_count(session, Hazard, *hazards, Hazard.closed_at >= since),
    )  # fmt: skip


def _count(session: Session, model: type[Obligation | Hazard], *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0
