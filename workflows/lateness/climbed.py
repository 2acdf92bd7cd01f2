"""Which step of the ladder what is late had reached at an instant.

Thousands took the same steps: they are counted by their path and the instant they were due, and each path is looked at
once. So no late obligation needs to look up its own last step.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.selectable import Subquery

from workflows.escalation import paths
from workflows.escalation.models import LadderPath
from workflows.lateness.rules import BUCKETS, cuts
from workflows.lateness.turns import Moment, View, arms

NO_STEP = "none"
MOMENTS = 100  # in one statement


@dataclass(frozen=True, slots=True)
class Group:
    """Late turns with the same path that were due at the same instant, and the step they had reached."""

    path_id: int | None
    moment: datetime
    step: str
    count: int


def groups(session: Session, *, view: View, moment: Moment) -> list[Group]:
    """All of a view, those due first, first; only those at its step if it names one."""
    keys = [(one.late.c.moment, one.late.c.path_id) for one in arms(view, moment)]
    counted = union_all(*(select(*key, func.count()).group_by(*key) for key in keys))
    found = session.execute(counted).all()
    known = paths.read(session, {path_id for _, path_id, _ in found})
    made = [
        Group(path_id, due, _step(known, path_id, due, moment.at), number) for due, path_id, number in found
    ]
    return sorted((one for one in made if view.step in (None, one.step)), key=lambda one: one.moment)


def matrix(session: Session, *, view: View, moment: Moment) -> dict[int | str | None, list[int]]:
    """Step -> how many are late in each bucket."""
    edges = cuts(view.kind, moment.calendar, at=moment.at)
    table: dict[int | str | None, list[int]] = defaultdict(lambda: [0] * len(BUCKETS))
    for one in groups(session, view=view, moment=moment):
        table[one.step][edges.bucket(one.moment)] += one.count
    return dict(table)


def page_of(found: Sequence[Group], offset: int, size: int) -> tuple[Sequence[Group], int]:
    """The groups that a page of so many rows is part of, and the offset of the page among them."""
    numbers: Counter[datetime] = Counter()
    for one in found:
        numbers[one.moment] += one.count
    wanted: set[datetime] = set()
    seen = 0
    for due, number in numbers.items():
        if not wanted and offset >= number:
            offset -= number
        elif seen < offset + size:
            wanted.add(due)
            seen += number
    return [one for one in found if one.moment in wanted], offset


def only(late: Subquery, found: Sequence[Group]) -> Iterator[ColumnElement[bool]]:
    """Conditions for what is in these groups, each with a part of them."""
    paths_at: dict[datetime, list[int | None]] = defaultdict(list)
    for one in found:
        paths_at[one.moment].append(one.path_id)
    moments = list(paths_at)
    for start in range(0, len(moments), MOMENTS):
        some = moments[start : start + MOMENTS]
        yield or_(*(and_(late.c.moment == at, _goes(late, paths_at[at])) for at in some))


def _goes(late: Subquery, path_ids: Sequence[int | None]) -> ColumnElement[bool]:
    known = late.c.path_id.in_([one for one in path_ids if one is not None])
    return or_(known, late.c.path_id.is_(None)) if None in path_ids else known


def _step(known: Mapping[int, Sequence[LadderPath]], path_id: int | None, due: datetime, at: datetime) -> str:
    path = () if path_id is None else known[path_id]
    return paths.reached(path, after=due, by=at) or NO_STEP
