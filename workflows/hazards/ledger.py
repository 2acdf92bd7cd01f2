"""The ledger of hazards: a row each, with every date, mark and measure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from engine.models import ProcessInstance
from engine.types import InstanceStatus
from workflows.exceptions import Conflict
from workflows.hazards.analysis import Cohort, part_of
from workflows.hazards.models import Hazard
from workflows.hazards.rates import Part
from workflows.hazards.rules import HazardStep, step_of
from workflows.markings import open_nodes_by_marking
from workflows.register.models import Enterprise

LARGEST = 50_000  # rows of one file: more than anybody reads
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """One hazard, its enterprise, its step now, whether it was late as of the cohort's instant."""

    hazard: Hazard
    enterprise: Enterprise
    step: HazardStep
    overdue: bool


def entries(session: Session, cohort: Cohort, part: Part) -> Iterator[Entry]:
    """In the order in which they were found. Raises Conflict when there are more than `LARGEST`."""
    wanted = (*cohort.conditions(), part_of(part, cohort.at))
    number = session.scalar(select(func.count()).select_from(Hazard).where(*wanted)) or 0
    if number > LARGEST:
        raise Conflict(what="hazard-ledger-too-large", number=number, largest=LARGEST)
    return _entries(session, cohort, wanted)


def _entries(session: Session, cohort: Cohort, wanted: Sequence[ColumnElement[bool]]) -> Iterator[Entry]:
    known = open_nodes_by_marking(session, "hazard")
    late = part_of(Part.LATE_OPEN, cohort.at)
    query = (
        select(Hazard, Enterprise, ProcessInstance.marking_id, ProcessInstance.status, late)
        .join(Enterprise, Enterprise.id == Hazard.enterprise_id)
        .join(ProcessInstance, ProcessInstance.id == Hazard.instance_id)
        .where(*wanted)
        .order_by(Hazard.found_at, Hazard.id)
    )
    for hazard, firm, marking_id, status, overdue in session.execute(
        query.execution_options(yield_per=_AT_ONCE)
    ):
        nodes = known.get(marking_id or 0, frozenset())
        step = step_of(nodes, ended=status == InstanceStatus.COMPLETED)
        yield Entry(hazard, firm, step, bool(overdue))
