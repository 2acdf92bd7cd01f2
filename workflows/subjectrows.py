"""The rows that service tasks are about, read in one statement for any number of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from engine.handlers import JobContext
from engine.models import Base
from workflows.subjects import Subject

Row = TypeVar("Row", bound=Base)


def rows_of(session: Session, model: type[Row], jobs: Sequence[JobContext]) -> list[Row]:
    """The row of each job's subject, in the order of `jobs`. Raises KeyError when one is missing."""
    ids = [Subject.parse(job.business_key).id for job in jobs]
    [key] = inspect(model).primary_key
    found = {inspect(row).identity: row for row in session.scalars(select(model).where(key.in_(ids)))}
    return [found[number,] for number in ids]
