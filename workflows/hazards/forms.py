"""What the schema of a hazard's form cannot know: which measures were taken, and when they can have been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from workflows.forms import FieldProblem
from workflows.hazards.models import Hazard
from workflows.subjects import Subject
from workflows.times import day_of

MEASURES: Final = ("evacuation", "cordon", "stoppage")  # 撤离人员、设置警戒、停产停用
DONE: Final = "done"


def interim_problems(
    session: Session, form: Mapping[str, Any], business_key: str, *, today: date
) -> Iterator[FieldProblem]:
    """At least one measure, and none before the hazard was found or after today."""
    taken = [name for name in MEASURES if form.get(name) == DONE]
    if not taken and not form.get("other_measures"):
        yield FieldProblem(MEASURES[0], "measure-none")
    found_on = day_of(session.get_one(Hazard, Subject.parse(business_key).id).found_at)
    for name in taken:
        day = date.fromisoformat(form[f"{name}_on"])
        if day < found_on:
            yield FieldProblem(f"{name}_on", "before-report")
        elif day > today:
            yield FieldProblem(f"{name}_on", "in-future")
