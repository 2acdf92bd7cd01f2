"""Who may complete a task: whose it is, who has it, and who did a step that bars them from this one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.among import among_given
from engine.exceptions import InstanceNotActive, SamePerson, TaskAssigned, TaskClosed, VersionConflict
from engine.models import UserTask
from engine.types import DelegationState, InstanceStatus, TaskStatus, Token
from engine.units import Unit

_T = UserTask.__table__
_ACTED: Final = select(_T.c.instance_id, _T.c.node, _T.c.actor, _T.c.on_behalf_of).where(
    among_given(_T.c.instance_id, "ids"), _T.c.status == TaskStatus.COMPLETED
)


def acted_in(session: Session, units: Iterable[Unit]) -> dict[tuple[int, str], set[str]]:
    """Who completed tasks and on whose behalf, by instance and node; only of units where it matters."""
    asked = [unit.id for unit in units if _bars_somebody(unit)]
    found: dict[tuple[int, str], set[str]] = {}
    for instance_id, node, *actors in session.execute(_ACTED, {"ids": asked}):
        found.setdefault((instance_id, node), set()).update(actor for actor in actors if actor is not None)
    return found


def _bars_somebody(unit: Unit) -> bool:
    return any("excludeActorsOf" in token.properties for token in unit.machine.tokens(unit.marking).values())


def checked(
    session: Session,
    task_id: int,
    task: Any,
    unit: Unit,
    acting: set[str],
    expected_version: int | None,
    acted: Mapping[tuple[int, str], set[str]] | None = None,
) -> Token:
    """The token of a task that those `acting` may complete.

    Raises TaskClosed, VersionConflict, InstanceNotActive, TaskAssigned (somebody else has it), SamePerson.
    """
    if task.status not in (TaskStatus.OPEN, TaskStatus.SUSPENDED):
        raise TaskClosed(task_id, task.closed_at, task.actor)
    if expected_version is not None and task.version != expected_version:
        raise VersionConflict(task_id=task_id, version=task.version, expected_version=expected_version)
    if unit.status is not InstanceStatus.ACTIVE:
        raise InstanceNotActive(unit.id, unit.status)
    if task.assignee not in (None, *acting) or task.delegation_state is DelegationState.PENDING:
        raise TaskAssigned(task_id, task.assignee)
    token = unit.machine.tokens(unit.marking)[task.token]
    excluded = token.properties.get("excludeActorsOf", "").split()
    if excluded and acting & _actors(session, unit.id, excluded, acted):
        raise SamePerson(task_id, task.node)
    return token


def _actors(
    session: Session, instance_id: int, nodes: Sequence[str], acted: Mapping[tuple[int, str], set[str]] | None
) -> set[str]:
    if acted is None:
        return actors_of(session, instance_id, nodes)
    return set().union(*(acted.get((instance_id, node), set()) for node in nodes))


def actors_of(session: Session, instance_id: int, nodes: Sequence[str]) -> set[str]:
    """Who has completed tasks at these nodes of the instance, and on whose behalf."""
    rows = session.execute(
        select(UserTask.actor, UserTask.on_behalf_of)
        .where(UserTask.instance_id == instance_id, UserTask.node.in_(nodes))
        .where(UserTask.status == TaskStatus.COMPLETED)
    )
    return {actor for row in rows for actor in row if actor is not None}
