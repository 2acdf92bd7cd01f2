"""How far subjects have climbed after their date: the steps that each took, kept once for all that took the same."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from engine.among import among
from workflows.duties.models import UnitTask
from workflows.escalation.models import LadderPath
from workflows.hazards.models import Hazard
from workflows.obligations.models import Obligation
from workflows.subjects import SubjectKind

CLIMBING: Final[Mapping[str, Any]] = {
    SubjectKind.OBLIGATION: Obligation,
    SubjectKind.UNIT_TASK: UnitTask,
    SubjectKind.HAZARD: Hazard,
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step after its date that a subject took."""

    kind: str
    subject_id: int
    action: str


def lengthen(session: Session, taken: Iterable[Taken], *, at: datetime) -> None:
    """Write down steps that were taken at one instant, in their order: one statement for all that go the same way."""
    actions: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for one in taken:
        if one.kind in CLIMBING:
            before = actions[one.kind].get(one.subject_id, ())
            actions[one.kind][one.subject_id] = (*before, one.action)
    for kind, steps in actions.items():
        _lengthen(session, CLIMBING[kind], steps, at)


def _lengthen(session: Session, model: Any, steps: Mapping[int, tuple[str, ...]], at: datetime) -> None:
    connection = session.connection()
    same: dict[tuple[int | None, tuple[str, ...]], list[int]] = defaultdict(list)
    for number, path_id in connection.execute(select(model.id, model.path_id).where(among(model.id, steps))):
        same[(path_id, steps[number])].append(number)
    for (path_id, actions), ids in same.items():
        for action in actions:
            path_id = _after(session, path_id, action, at)
        connection.execute(update(model).where(among(model.id, ids)).values(path_id=path_id))


def _after(session: Session, parent_id: int | None, action: str, at: datetime) -> int:
    """The path that goes on from another one, which is made where nobody went it before."""
    connection = session.connection()
    same = LadderPath.parent_id == parent_id, LadderPath.action == action, LadderPath.acted_at == at
    known = connection.scalar(select(LadderPath.id).where(*same).limit(1))
    if known is not None:
        return known
    row = {"parent_id": parent_id, "action": action, "acted_at": at}
    return int(connection.execute(insert(LadderPath).returning(LadderPath.id), row).scalar_one())


def read(session: Session, path_ids: Iterable[int | None]) -> dict[int, Sequence[LadderPath]]:
    """The steps of each path, the last one first."""
    wanted = {one for one in path_ids if one is not None}
    known: dict[int, LadderPath] = {}
    missing = wanted
    while missing:
        query = select(LadderPath).where(among(LadderPath.id, missing))
        known |= {one.id: one for one in session.scalars(query)}
        missing = {one.parent_id for one in known.values() if one.parent_id is not None} - known.keys()
    return {number: _backwards(known, number) for number in wanted}


def _backwards(known: Mapping[int, LadderPath], number: int | None) -> Sequence[LadderPath]:
    found = []
    while number is not None:
        found.append(known[number])
        number = known[number].parent_id
    return found


def reached(path: Sequence[LadderPath], *, after: datetime, by: datetime) -> str | None:
    """The action of the last step of a path that was taken by an instant, if it was taken after another one."""
    last = next((step for step in path if step.acted_at <= by), None)
    return last.action if last is not None and last.acted_at > after else None
