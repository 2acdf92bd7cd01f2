"""Read the figures of reports, and the versions that were filed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.exceptions import NotFound
from workflows.reports.models import ReportFigures
from workflows.reports.snapshots import Figures
from workflows.submissions.models import Submission


@dataclass(frozen=True, slots=True)
class Taken:
    """Figures, who took them (`system` or an account), and their row."""

    id: int
    figures: Figures
    taken_by: str


@dataclass(frozen=True, slots=True)
class Version:
    """One filing of a report, the first is 1; its figures are those that were taken last before."""

    number: int
    submission: Submission
    taken: Taken | None


def taken(session: Session, instance_id: int, node: str) -> list[Taken]:
    """Every set of figures of a report, the oldest first."""
    return [_taken(row) for row in _rows(session, instance_id, node)]


def versions(session: Session, instance_id: int, node: str) -> list[Version]:
    """Every filing of a report, the oldest first."""
    of = Submission.instance_id == instance_id, Submission.node == node
    filed = session.scalars(select(Submission).where(*of).order_by(Submission.id)).all()
    rows = _rows(session, instance_id, node) if filed else []
    return [Version(number, one, _belonging(rows, one)) for number, one in enumerate(filed, start=1)]


def version(session: Session, instance_id: int, node: str, number: int | None) -> Version:
    """One filing, the newest unless a number is given. Raises NotFound where there is none."""
    found = versions(session, instance_id, node)
    wanted = len(found) if number is None else number
    if not 1 <= wanted <= len(found):
        raise NotFound(what="report_version", instance_id=instance_id, number=number)
    return found[wanted - 1]


def _rows(session: Session, instance_id: int, node: str) -> Sequence[ReportFigures]:
    of = ReportFigures.instance_id == instance_id, ReportFigures.node == node
    return session.scalars(select(ReportFigures).where(*of).order_by(ReportFigures.id)).all()


def _belonging(rows: Sequence[ReportFigures], submission: Submission) -> Taken | None:
    before = [row for row in rows if row.taken_at <= submission.submitted_at]
    return _taken(before[-1]) if before else None


def _taken(row: ReportFigures) -> Taken:
    return Taken(row.id, Figures.from_json(row.figures), row.taken_by)
