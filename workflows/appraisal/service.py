"""Report values, file and check self-evaluations, freeze an appraisal: each by a named person, and audited."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.appraisal import queries, rules
from workflows.appraisal.library import indicator, years
from workflows.appraisal.models import Appraisal, IndicatorValue, SelfEvaluation
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


def evaluate(
    session: Session, *, body_id: int, year: int, statement: str, actor: str, now: datetime
) -> SelfEvaluation:
    """A body files how it sees its year. Raises Conflict while an earlier one waits or was accepted."""
    query = select(SelfEvaluation).where(SelfEvaluation.body_id == body_id, SelfEvaluation.year == year)
    last = session.scalars(query.order_by(SelfEvaluation.id.desc())).first()
    if last is not None and last.accepted is not False:
        raise Conflict(what="self-evaluation", by=last.filed_by, at=last.filed_at)
    one = SelfEvaluation(body_id=body_id, year=year, statement=statement, filed_by=actor, filed_at=now)
    session.add(one)
    session.flush()
    _note(session, one, "filed", actor, now)
    return one


def check(
    session: Session, evaluation_id: int, *, accepted: bool, opinion: str, actor: str, now: datetime
) -> SelfEvaluation:
    """The lead office accepts it or sends it back. Never by who filed it, and once."""
    one = session.get(SelfEvaluation, evaluation_id, with_for_update=True)
    if one is None:
        raise NotFound(what="self-evaluation", id=evaluation_id)
    if one.checked_by is not None:
        raise Conflict(what="self-evaluation", by=one.checked_by, at=one.checked_at)
    if one.filed_by == actor:
        raise Conflict(what="own-self-evaluation")
    one.accepted, one.opinion, one.checked_by, one.checked_at = accepted, opinion, actor, now
    session.flush()
    _note(session, one, "accepted" if accepted else "returned", actor, now)
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


def _note(session: Session, one: SelfEvaluation, what: str, actor: str, now: datetime) -> None:
    detail = {"body": one.body_id, "year": one.year, "opinion": one.opinion}
    subject = f"self-evaluation:{one.id}"
    audit.record(session, at=now, actor=actor, action=f"appraisal.{what}", subject=subject, detail=detail)
