"""Report values and freeze an appraisal: each by a named person, and audited."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.appraisal import queries, rules
from workflows.appraisal.library import indicator, years
from workflows.appraisal.models import Appraisal, IndicatorValue
from workflows.appraisal.types import Finding
from workflows.audit import service as audit
from workflows.exceptions import Conflict, NotFound


class Kind(StrEnum):
    """The two appraisals of a plan (003); each is made once."""

    MIDTERM = "midterm"
    FINAL = "final"


def report(
    session: Session, *, code: str, year: int, value: Decimal, source: str, actor: str, now: datetime
) -> IndicatorValue:
    """What an indicator came to in a year. An earlier report of the same year stays on record."""
    if indicator(code) is None or year not in years():
        raise NotFound(what="indicator", code=code, year=year)
    one = IndicatorValue(
        code=code, year=year, value=str(value), source=source, entered_by=actor, entered_at=now
    )
    session.add(one)
    session.flush()
    detail = {"year": year, "value": str(value), "source": source}
    audit.record(
        session, at=now, actor=actor, action="appraisal.value", subject=f"indicator:{code}", detail=detail
    )
    return one


def freeze(session: Session, *, kind: Kind, year: int, opinion: str, actor: str, now: datetime) -> Appraisal:
    """The figures as they are now, scored; what is seriously behind is named in them. Raises Conflict when it was made.

    A later report changes nothing in it.
    """
    made = session.scalar(select(Appraisal).where(Appraisal.kind == kind))
    if made is not None:
        raise Conflict(what="appraisal", by=made.frozen_by, at=made.frozen_at)
    if year not in years():
        raise NotFound(what="appraisal", year=year)
    found = queries.findings(session, year)
    total = rules.score(found)
    one = Appraisal(
        kind=kind, year=year, score=None if total is None else str(total), findings=[_told(each) for each in found],
        opinion=opinion, frozen_by=actor, frozen_at=now,
    )  # fmt: skip
    session.add(one)
    session.flush()
    detail = {"kind": kind, "year": year, "score": one.score, "opinion": opinion}
    audit.record(
        session, at=now, actor=actor, action="appraisal.freeze", subject=f"appraisal:{one.id}", detail=detail
    )
    return one


def _told(found: Finding) -> dict[str, str | None]:
    numbers = {"actual": found.actual, "drop": found.drop, "required": found.required}
    texts = {name: None if number is None else str(number) for name, number in numbers.items()}
    kind = found.target.kind if found.target else None
    return {"code": found.indicator.code, "kind": kind, "verdict": found.verdict, **texts}
