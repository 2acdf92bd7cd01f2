"""Typical cases for the summary: what bodies have filed, hazards that were closed, obligations that found and fixed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, literal_column, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.among import among
from workflows.duties.models import UnitTask
from workflows.duties.queries import FILE
from workflows.exceptions import NotFound
from workflows.hazards.models import Hazard
from workflows.hazards.rules import HazardLevel
from workflows.obligations.models import Obligation
from workflows.obligations.rules import Outcome
from workflows.organizations.models import Organization
from workflows.register.models import Enterprise
from workflows.subjects import Subject, SubjectKind
from workflows.submissions.models import Submission

SHOWN = 20  # of each kind; a search narrows it
# Said as in the index: a parameter keeps SQLite from it.
FIXED: ColumnElement[str] = literal_column(f"'{Outcome.DEFECTS_FIXED}'")
TITLE, PRACTICE = 80, 2000  # characters the form takes


@dataclass(frozen=True, slots=True)
class Case:
    """What may become a typical case: where it comes from, whose it is, what was done, and what it led to."""

    subject: Subject
    title: str
    unit: str
    practice: str
    result: str = ""

    def as_row(self) -> dict[str, str]:
        """A row of the summary's form, to be edited there."""
        row = {"title": self.title[:TITLE], "unit": self.unit[:100], "practice": self.practice[:PRACTICE]}
        return row | ({"result": self.result[:PRACTICE]} if self.result else {})


def offered(session: Session, campaign_id: int, search: str) -> list[Case]:
    """The newest of each kind, as far as title or name contain what is searched for."""
    return [
        *filed(
            session, UnitTask.campaign_id == campaign_id, *_like(search, UnitTask.title, Organization.name)
        ),
        *closed(session, Hazard.campaign_id == campaign_id, *_like(search, Hazard.title, Enterprise.name)),
        *fixed(
            session, Obligation.campaign_id == campaign_id, *_like(search, Obligation.title, Enterprise.name)
        ),
    ]


def find(session: Session, campaign_id: int, subject: Subject) -> Case:
    """One of them. Raises NotFound for what is no case of the campaign."""
    found: list[Case] = []
    if subject.kind is SubjectKind.UNIT_TASK:
        found = filed(session, UnitTask.campaign_id == campaign_id, UnitTask.id == subject.id)
    elif subject.kind is SubjectKind.HAZARD:
        found = closed(session, Hazard.campaign_id == campaign_id, Hazard.id == subject.id)
    elif subject.kind is SubjectKind.OBLIGATION:
        found = fixed(session, Obligation.campaign_id == campaign_id, Obligation.id == subject.id)
    if not found:
        raise NotFound(what="case", subject=str(subject))
    return found[0]


def filed(session: Session, *wanted: ColumnElement[bool]) -> list[Case]:
    """What bodies reported on their duties (U10, D9 ask for cases)."""
    query = (
        select(UnitTask, Organization.name)
        .join(Organization, Organization.id == UnitTask.body_id)
        .where(UnitTask.submitted_at.is_not(None), *wanted)
        .order_by(UnitTask.submitted_at.desc(), UnitTask.id)
        .limit(SHOWN)
    )
    rows = session.execute(query).all()
    said = _last(session, FILE, (task.instance_id for task, _ in rows))
    return [
        Case(
            Subject(SubjectKind.UNIT_TASK, task.id),
            task.title,
            name,
            _text(said, task.instance_id, "statement"),
        )
        for task, name in rows
    ]


def closed(session: Session, *wanted: ColumnElement[bool]) -> list[Case]:
    """Hazards that somebody else has seen to be gone, major ones first."""
    query = (
        select(Hazard, Enterprise.name)
        .join(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .where(Hazard.closed_at.is_not(None), *wanted)
        .order_by(Hazard.level != HazardLevel.MAJOR, Hazard.closed_at.desc(), Hazard.id)
        .limit(SHOWN)
    )
    rows = session.execute(query).all()
    said = _last(session, "fix", (hazard.instance_id for hazard, _ in rows))
    return [
        Case(
            Subject(SubjectKind.HAZARD, one.id), one.title, name, one.description,
            _text(said, one.instance_id, "correction", "prevention"),
        )
        for one, name in rows
    ]  # fmt: skip


def fixed(session: Session, *wanted: ColumnElement[bool]) -> list[Case]:
    """Obligations whose self-check found something that was put right."""
    query = (
        select(Obligation, Enterprise.name)
        .join(Enterprise, Enterprise.id == Obligation.enterprise_id)
        .where(Obligation.closed_at.is_not(None), Obligation.outcome == FIXED, *wanted)
        .order_by(Obligation.closed_at.desc(), Obligation.id)
        .limit(SHOWN)
    )
    rows = session.execute(query).all()
    said = _last(session, "self_check", (one.instance_id for one, _ in rows))
    return [
        Case(
            Subject(SubjectKind.OBLIGATION, one.id),
            one.title,
            name,
            _text(said, one.instance_id, "statement"),
        )
        for one, name in rows
    ]


def _like(search: str, *columns: InstrumentedAttribute[str]) -> list[ColumnElement[bool]]:
    return [or_(*(one.contains(search, autoescape=True) for one in columns))] if search else []


def _last(session: Session, node: str, instances: Iterable[int | None]) -> dict[int, Submission]:
    of = among(Submission.instance_id, [one for one in instances if one]), Submission.node == node
    return {
        one.instance_id: one for one in session.scalars(select(Submission).where(*of).order_by(Submission.id))
    }


def _text(said: dict[int, Submission], instance_id: int | None, *names: str) -> str:
    form = said[instance_id].form if instance_id in said else {}
    return "\n".join(str(form[name]) for name in names if form.get(name))
