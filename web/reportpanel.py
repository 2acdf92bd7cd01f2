"""What the form of a report shows beside its fields: the figures it starts with, and what it says of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from web.reportwords import report_sentence
from workflows.reports import queries
from workflows.reports.figures import count
from workflows.reports.reported import TEXT, reported
from workflows.reports.service import SYSTEM
from workflows.reports.snapshots import Figures, Reported
from workflows.taskview import TaskView
from workflows.times import day_of


@dataclass(frozen=True, slots=True)
class ReportPanel:
    """`sentences` are what the system wrote, of the oldest figures first; `taken_by` is None for figures that were only
    counted for this look. `drafted_on` is the day that is still to come on which they are drafted.
    """

    reported: Reported
    figures: Figures
    taken_by: str | None
    sentences: tuple[str, ...]
    drafted_on: date | None

    @property
    def by_system(self) -> bool:
        return self.taken_by == SYSTEM

    def begun(self, form: Mapping[str, Any]) -> Mapping[str, Any]:
        """The form with the newest sentence where nobody has written one of their own."""
        name = TEXT[self.reported.kind]
        return form if self.is_typed(form) else {**form, name: self.sentences[-1]}

    def is_typed(self, form: Mapping[str, Any]) -> bool:
        """Whether somebody has changed what the system wrote."""
        text = str(form.get(TEXT[self.reported.kind]) or "").strip()
        return bool(text) and text not in self.sentences


def report_panel(session: Session, view: TaskView, *, now: datetime) -> ReportPanel | None:
    """None unless a report is being written."""
    if not view.is_open or view.asked is not None:
        return None
    one = reported(session, view.row.subject, view.task.node)
    if one is None:
        return None
    taken = queries.taken(session, one.instance_id, one.node)
    shown = taken[-1].figures if taken else count(session, one, now=now)
    every = [each.figures for each in taken] or [shown]
    is_early = one.drafted_on is not None and day_of(now) < one.drafted_on and not taken
    return ReportPanel(
        reported=one, figures=shown, taken_by=taken[-1].taken_by if taken else None,
        sentences=tuple(report_sentence(one.kind, each) for each in every),
        drafted_on=one.drafted_on if is_early else None,
    )  # fmt: skip
