"""Who of several does an open task: claim it, put it back, hand it over, delegate it, be reminded of it later.

Camunda's words: assignee, owner, delegation state, follow-up date. Every command locks the instance, so that it and
a completion come one after the other; the caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from engine.entitlement import actors_of
from engine.exceptions import InstanceNotActive, SamePerson, TaskAssigned, TaskClosed
from engine.models import UserTask
from engine.types import DelegationState, InstanceStatus, TaskStatus
from engine.work import Work

_T = UserTask.__table__
_TASK: Final = select(_T).where(_T.c.id == bindparam("id"))
Change = Callable[[Any], Mapping[str, Any] | None]


def claim(session: Session, task_id: int, *, actor: str, now: datetime) -> None:
    """Take a task that nobody has; one's own again is harmless.

    Raises TaskAssigned when a colleague was quicker, SamePerson for who may not complete it, TaskClosed,
    InstanceNotActive, TaskNotFound; so do the other commands.
    """

    def change(task: Any) -> Mapping[str, Any] | None:
        _free(task, actor)
        return None if task.assignee == actor else {"assignee": actor}

    _change(session, task_id, "claimed", change, actor=actor, now=now, for_whom=actor)


def unclaim(session: Session, task_id: int, *, actor: str, now: datetime) -> None:
    """Put a task back for the whole group."""

    def change(task: Any) -> Mapping[str, Any] | None:
        _held(task, actor)
        return {"assignee": None, "owner": None, "delegation_state": None, "follow_up_at": None}

    _change(session, task_id, "unclaimed", change, actor=actor, now=now)


def hand_over(session: Session, task_id: int, *, to: str, note: str, actor: str, now: datetime) -> None:
    """Give a task to another person for good."""

    def change(task: Any) -> Mapping[str, Any] | None:
        _free(task, actor)
        return {"assignee": to, "owner": None, "delegation_state": None, "follow_up_at": None}

    _change(session, task_id, "assigned", change, actor=actor, now=now, for_whom=to, to=to, note=note)


def delegate(session: Session, task_id: int, *, to: str, note: str, actor: str, now: datetime) -> None:
    """Let another person prepare a task; it comes back by `resolve` or `take_back`."""

    def change(task: Any) -> Mapping[str, Any] | None:
        _free(task, actor)
        pending = DelegationState.PENDING
        return {"assignee": to, "owner": actor, "delegation_state": pending, "follow_up_at": None}

    _change(session, task_id, "delegated", change, actor=actor, now=now, to=to, note=note)


def take_back(session: Session, task_id: int, *, actor: str, now: datetime) -> None:
    """The owner has the task again; twice is harmless."""

    def change(task: Any) -> Mapping[str, Any] | None:
        if task.owner != actor:
            raise TaskAssigned(task.id, task.assignee)
        pending = task.delegation_state is DelegationState.PENDING
        return {"assignee": actor, "owner": None, "delegation_state": None} if pending else None

    _change(session, task_id, "taken_back", change, actor=actor, now=now)


def resolve(session: Session, task_id: int, *, note: str, actor: str, now: datetime) -> None:
    """The delegate is done: the owner has it again, to look at it and complete it."""

    def change(task: Any) -> Mapping[str, Any] | None:
        if task.assignee != actor or task.delegation_state is not DelegationState.PENDING:
            raise TaskAssigned(task.id, task.assignee)
        return {"assignee": task.owner, "delegation_state": DelegationState.RESOLVED}

    _change(session, task_id, "resolved", change, actor=actor, now=now, note=note)


def follow_up(session: Session, task_id: int, *, at: datetime | None, actor: str, now: datetime) -> None:
    """Be reminded of a task at an instant (None: from now on). Whoever puts it off has it: the group must know."""

    def change(task: Any) -> Mapping[str, Any] | None:
        _free(task, actor)
        return {"assignee": actor, "follow_up_at": at}

    until = at.isoformat() if at else ""
    _change(session, task_id, "follow_up", change, actor=actor, now=now, for_whom=actor, note=until)


def _free(task: Any, actor: str) -> None:
    """It is nobody's or this person's, and no delegate has it."""
    if task.assignee not in (None, actor) or task.delegation_state is DelegationState.PENDING:
        raise TaskAssigned(task.id, task.assignee)


def _held(task: Any, actor: str) -> None:
    if task.assignee != actor or task.delegation_state is DelegationState.PENDING:
        raise TaskAssigned(task.id, task.assignee)


def _change(
    session: Session, task_id: int, kind: str, change: Change, *, actor: str, now: datetime,
    for_whom: str | None = None, to: str = "", note: str = "",
) -> None:  # fmt: skip
    with Work(session, now=now, actor=actor) as work:
        unit = work.lock_of_task(task_id)
        task = work.connection.execute(_TASK, {"id": task_id}).one()
        if task.status not in (TaskStatus.OPEN, TaskStatus.SUSPENDED):
            raise TaskClosed(task_id, task.closed_at, task.actor)
        if unit.status is not InstanceStatus.ACTIVE:
            raise InstanceNotActive(unit.id, unit.status)
        values = change(task)
        if values is None:
            return
        barred = unit.machine.tokens(unit.marking)[task.token].properties.get("excludeActorsOf", "").split()
        if for_whom is not None and barred and for_whom in actors_of(session, unit.id, barred):
            raise SamePerson(task_id, task.node)
        session.execute(
            update(UserTask).where(UserTask.id == task_id).values(**values, version=UserTask.version + 1)
        )
        body = {"to": to, "note": note, "task_id": task_id}
        unit.record(kind, now=now, actor=actor, token=task.token, node=task.node, body=body)
        unit.dirty = True
        work.drain()
