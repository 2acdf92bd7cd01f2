"""Which enterprises lack safety staff, and how many by town, department or industry; read from an index."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_
from sqlalchemy.orm import Session

from workflows.exceptions import NotFound
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus, Industry
from workflows.safetystaff.types import StaffState
from workflows.sight import Sight

PAGE = 50
AT_ONCE = 1000


class By(StrEnum):
    """What enterprises are counted by."""

    TOWN = "town"
    DEPARTMENT = "department"
    INDUSTRY = "industry"


_COLUMN: dict[By, Any] = {
    By.TOWN: Enterprise.town_id, By.DEPARTMENT: Enterprise.department_id, By.INDUSTRY: Enterprise.industry,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class View:
    """The part that is shown; `after` is the last enterprise of the page before."""

    state: StaffState = StaffState.SHORT
    by: By = By.TOWN
    town_id: int | None = None
    department_id: int | None = None
    industry: Industry | None = None
    after: int | None = None


def counts(session: Session, *, sight: Sight, by: By) -> dict[Any, dict[StaffState, int]]:
    """Town, department or industry -> state -> enterprises in operation."""
    column = _COLUMN[by]
    query = select(column, Enterprise.staff_state, func.count()).where(*_in_sight(sight))
    found: dict[Any, dict[StaffState, int]] = {}
    for key, state, number in session.execute(query.group_by(column, Enterprise.staff_state)):
        found.setdefault(key, dict.fromkeys(StaffState, 0))[state] = number
    return found


def listed(session: Session, *, sight: Sight, view: View, limit: int = PAGE + 1) -> list[Enterprise]:
    """One page, one more than `PAGE` when there are further ones. Raises NotFound for an `after` out of sight."""
    query = select(Enterprise).where(*_in_sight(sight), Enterprise.staff_state == view.state)
    for name in ("town_id", "department_id", "industry"):
        if (value := getattr(view, name)) is not None:
            query = query.where(getattr(Enterprise, name) == value)
    if view.after is not None:
        query = query.where(tuple_(Enterprise.town_id, Enterprise.id) > _place(session, sight, view.after))
    return list(session.scalars(query.order_by(Enterprise.town_id, Enterprise.id).limit(limit)))


def everyone(session: Session, *, sight: Sight, view: View) -> Iterator[Enterprise]:
    """All of them, a thousand at a time."""
    while some := listed(session, sight=sight, view=view, limit=AT_ONCE):
        view = replace(view, after=some[-1].id)
        yield from some


def _in_sight(sight: Sight) -> tuple[ColumnElement[bool], ...]:
    return Enterprise.status == EnterpriseStatus.OPERATING, sight.of(Enterprise, enterprise_id=Enterprise.id)


def _place(session: Session, sight: Sight, enterprise_id: int) -> tuple[int, int]:
    query = select(Enterprise.town_id).where(Enterprise.id == enterprise_id, *_in_sight(sight))
    town_id = session.scalar(query)
    if town_id is None:
        raise NotFound(what="enterprise", id=enterprise_id)
    return town_id, enterprise_id
