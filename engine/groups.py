"""Stop, go on, withdraw for many instances at once: a fixed number of statements, however many there are.

`which` is a condition on `ProcessInstance`, e.g. `ProcessInstance.group_id == 7`. Not for handlers: a command that
is under way holds instances in memory.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal, null, select, update
from sqlalchemy.orm import Session

from engine import runtime
from engine.exceptions import EngineError
from engine.models import HistoryEntry, Incident, Job, MessageSubscription, ProcessInstance, UserTask
from engine.types import IncidentKind, InstanceStatus, JobStatus, TaskStatus
from engine.work import SUSPENDED, is_running

Which = ColumnElement[bool]
_ACTIVE = ProcessInstance.status == InstanceStatus.ACTIVE
_SUSPENDED = ProcessInstance.status == InstanceStatus.SUSPENDED
_NO_SYNC = {"synchronize_session": False}


def suspend(session: Session, which: Which, *, now: datetime, actor: str) -> int:
    """Stop the active ones: no completion, no timer, no job. Due dates stay. Returns how many there were."""
    chosen = _lock(session, which & _ACTIVE)
    _note(session, chosen, "suspended", now=now, actor=actor)
    _turn_tasks(session, chosen, TaskStatus.OPEN, status=TaskStatus.SUSPENDED)
    return _turn(session, chosen, status=InstanceStatus.SUSPENDED)


def resume(session: Session, which: Which, *, now: datetime, actor: str) -> int:
    """Let the suspended ones go on; what came due meanwhile fires at the next sweep, messages are delivered now."""
    chosen = _lock(session, which & _SUSPENDED)
    _note(session, chosen, "resumed", now=now, actor=actor)
    kept = select(Incident.id).where(
        Incident.instance_id.in_(chosen),
        Incident.kind == IncidentKind.MESSAGE,
        Incident.code == SUSPENDED,
        Incident.resolved_at.is_(None),
    )
    waiting = session.scalars(kept.order_by(Incident.id)).all()
    _turn_tasks(session, chosen, TaskStatus.SUSPENDED, status=TaskStatus.OPEN)
    changed = _turn(session, chosen, status=InstanceStatus.ACTIVE)
    for incident_id in waiting:
        runtime.retry(session, incident_id, now=now, actor=actor)
    return changed


def cancel(session: Session, which: Which, *, reason: str, now: datetime, actor: str) -> int:
    """Withdraw the active and the suspended ones with everything that is open in them."""
    chosen = _lock(session, which & (_ACTIVE | _SUSPENDED))
    _note(session, chosen, "cancelled", now=now, actor=actor, body={"reason": reason})
    for status in (TaskStatus.OPEN, TaskStatus.SUSPENDED):
        _turn_tasks(session, chosen, status, status=TaskStatus.CANCELLED, closed_at=now)
    undone = Job.instance_id.in_(chosen), Job.status.in_([JobStatus.WAITING, JobStatus.FAILED])
    session.execute(
        update(Job).where(*undone).values(status=JobStatus.CANCELLED, done_at=now), execution_options=_NO_SYNC
    )
    session.execute(
        delete(MessageSubscription).where(MessageSubscription.instance_id.in_(chosen)),
        execution_options=_NO_SYNC,
    )
    ended: dict[str, Any] = {"ended_at": now, "cancel_reason": reason, "timers": {}, "next_timer_at": None}
    return _turn(session, chosen, status=InstanceStatus.CANCELLED, **ended)


def _lock(session: Session, which: Which) -> Select[int]:
    """The ids, as a query that holds until the status changes; the rows stay locked until the transaction ends."""
    if is_running(session):
        raise EngineError(problem="a command on many instances cannot run inside a handler")
    session.flush()
    rows = select(ProcessInstance.id).where(which)
    locked = rows.order_by(ProcessInstance.id).with_for_update().subquery()
    session.execute(select(func.count()).select_from(locked))
    return rows


def _note(
    session: Session, chosen: Select[int], kind: str, *, now: datetime, actor: str, body: Any = None
) -> None:
    columns = HistoryEntry.__table__.c
    values = chosen.add_columns(
        literal(now, columns.at.type),
        literal(actor),
        literal(kind),
        literal(body, columns.body.type) if body is not None else null(),
    )
    session.execute(insert(HistoryEntry).from_select(["instance_id", "at", "actor", "kind", "body"], values))


def _turn_tasks(session: Session, chosen: Select[int], before: TaskStatus, **values: Any) -> None:
    change = update(UserTask).where(UserTask.instance_id.in_(chosen), UserTask.status == before)
    session.execute(change.values(version=UserTask.version + 1, **values), execution_options=_NO_SYNC)


def _turn(session: Session, chosen: Select[int], **values: Any) -> int:
    change = update(ProcessInstance).where(ProcessInstance.id.in_(chosen))
    changed = session.execute(
        change.values(version=ProcessInstance.version + 1, **values), execution_options=_NO_SYNC
    )
    session.expire_all()
    count: int = changed.rowcount  # type: ignore[attr-defined]
    return count
