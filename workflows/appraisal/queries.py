"""Read what was reported, filed and frozen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.appraisal.library import indicators
from workflows.appraisal.models import Appraisal, EvaluationTask, IndicatorValue, SelfEvaluation
from workflows.appraisal.rules import find
from workflows.appraisal.types import Finding
from workflows.exceptions import NotFound
from workflows.organizations.models import Organization


def values(session: Session) -> dict[str, dict[int, Decimal]]:
    """Indicator -> year -> value: those of the plan, and over them the newest that was reported."""
    found: dict[str, dict[int, Decimal]] = defaultdict(dict)
    for one in indicators():
        found[one.code] |= one.values
    for reported in session.scalars(select(IndicatorValue).order_by(IndicatorValue.id)):
        found[reported.code][reported.year] = Decimal(reported.value)
    return dict(found)


def findings(session: Session, year: int) -> list[Finding]:
    """Every indicator in one year, in the order of the plan."""
    known = values(session)
    return [find(one, known[one.code], year) for one in indicators()]


def reported(session: Session, year: int) -> list[IndicatorValue]:
    """What was reported for a year, the newest first."""
    query = select(IndicatorValue).where(IndicatorValue.year == year).order_by(IndicatorValue.id.desc())
    return list(session.scalars(query))


def evaluations(session: Session, year: int) -> Sequence[tuple[SelfEvaluation, Organization]]:
    """The newest self-evaluation of each body that filed one."""
    query = select(SelfEvaluation, Organization).join(Organization, Organization.id == SelfEvaluation.body_id)
    rows = session.execute(query.where(SelfEvaluation.year == year).order_by(SelfEvaluation.id))
    return list({body.id: (one, body) for one, body in rows}.values())


def latest(session: Session, *, year: int, body_id: int) -> SelfEvaluation | None:
    """The newest self-evaluation of a body for a year."""
    query = select(SelfEvaluation).where(SelfEvaluation.year == year, SelfEvaluation.body_id == body_id)
    return session.scalars(query.order_by(SelfEvaluation.id.desc())).first()


def tasks(session: Session, year: int) -> list[tuple[EvaluationTask, Organization]]:
    """Who has to evaluate that year, the earliest date first."""
    query = select(EvaluationTask, Organization).join(Organization, Organization.id == EvaluationTask.body_id)
    order = EvaluationTask.due_at, EvaluationTask.id
    return [
        (task, body)
        for task, body in session.execute(query.where(EvaluationTask.year == year).order_by(*order))
    ]


def task(session: Session, number: int) -> EvaluationTask:
    """Raises NotFound."""
    found = session.get(EvaluationTask, number)
    if found is None:
        raise NotFound(what="self-evaluation", id=number)
    return found


def frozen(session: Session) -> list[Appraisal]:
    """The appraisals that were made."""
    return list(session.scalars(select(Appraisal).order_by(Appraisal.id)))


def get(session: Session, appraisal_id: int) -> Appraisal:
    """Raises NotFound."""
    found = session.get(Appraisal, appraisal_id)
    if found is None:
        raise NotFound(what="appraisal", id=appraisal_id)
    return found
