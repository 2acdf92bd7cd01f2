"""The rows that service tasks are about, read in one statement for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from sqlalchemy import Select, inspect, select
from sqlalchemy.orm import Session

from engine.among import among_given
from engine.handlers import JobContext
from engine.models import Base
from workflows.subjects import Subject

Row = TypeVar("Row", bound=Base)


def rows_of(session: Session, model: type[Row], jobs: Sequence[JobContext]) -> list[Row]:
    """The row of each job's subject, in the order of `jobs`. Raises KeyError when one is missing."""
    ids = [Subject.parse(job.business_key).id for job in jobs]
    found = {inspect(row).identity: row for row in session.scalars(_query(model), {"ids": ids})}
    return [found[number,] for number in ids]


@cache
def _query(model: type[Row]) -> Select[Row]:
    [key] = inspect(model).primary_key
    return select(model).where(among_given(key, "ids"))
