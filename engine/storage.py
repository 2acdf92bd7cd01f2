"""How units become rows: a fixed number of statements for any number of instances."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, bindparam, delete, insert, update
from sqlalchemy.orm import Session

from engine import due, markings
from engine.exceptions import VersionConflict
from engine.models import HistoryEntry, Incident, Job, MessageSubscription, ProcessInstance, UserTask
from engine.types import IncidentKind, InstanceStatus, JobStatus, TaskStatus, TokenKind
from engine.units import Pending, Unit

Rows = list[dict[str, Any]]
_HOME: Final[dict[type, str]] = {ProcessInstance: "id", UserTask: "instance_id", Job: "instance_id"}
_OVER: Final = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


_INSTANCE, _TASK, _JOB = _table(ProcessInstance), _table(UserTask), _table(Job)
_SUBSCRIPTION, _HISTORY = _table(MessageSubscription), _table(HistoryEntry)
_STATE: Final = (
    "marking_id", "variables", "timers", "next_timer_at", "status", "ended_at", "cancel_reason",
)  # fmt: skip

# A row is found again by what is unique among the new ones: asking for their order costs a statement per row on SQLite.
_INSERT_INSTANCE: Final = insert(_INSTANCE).returning(_INSTANCE.c.business_key, _INSTANCE.c.id)
_INSERT_NAMESAKES: Final = insert(_INSTANCE).returning(_INSTANCE.c.id, sort_by_parameter_order=True)
_INSERT_TASK: Final = insert(_TASK).returning(_TASK.c.instance_id, _TASK.c.token, _TASK.c.id)
_INSERT_JOB: Final = insert(_JOB)
_INSERT_SUBSCRIPTION: Final = insert(_SUBSCRIPTION)
_INSERT_INCIDENT: Final = insert(Incident).returning(Incident.id)
_INSERT_HISTORY: Final = insert(_HISTORY)
_UPDATE_INSTANCE: Final = (
    update(_INSTANCE)
    .where(_INSTANCE.c.id == bindparam("b_id"), _INSTANCE.c.version == bindparam("b_version"))
    .values(version=_INSTANCE.c.version + 1, **{name: bindparam(name) for name in _STATE})
)


def _of_token(table: Table) -> Any:
    return (table.c.instance_id == bindparam("b_instance")) & (table.c.token == bindparam("b_token"))


_CLOSE_TASK: Final = (
    update(_TASK)
    .where(_of_token(_TASK), _TASK.c.status == TaskStatus.OPEN)
    .values(
        status=bindparam("status"),
        closed_at=bindparam("closed_at"),
        actor=bindparam("actor"),
        version=_TASK.c.version + 1,
    )
)
_CLOSE_JOB: Final = (
    update(_JOB)
    .where(_of_token(_JOB), (_JOB.c.status == JobStatus.WAITING) | (_JOB.c.status == JobStatus.FAILED))
    .values(status=bindparam("status"), done_at=bindparam("done_at"))
)
_CLOSE_SUBSCRIPTION: Final = delete(_SUBSCRIPTION).where(_of_token(_SUBSCRIPTION))
_MOVE: Final = {
    TokenKind.USER: update(_TASK)
    .where(_of_token(_TASK), _TASK.c.status == TaskStatus.OPEN)
    .values(token=bindparam("token")),
    TokenKind.SERVICE: update(_JOB).where(_of_token(_JOB)).values(token=bindparam("token")),
    TokenKind.MESSAGE: update(_SUBSCRIPTION).where(_of_token(_SUBSCRIPTION)).values(token=bindparam("token")),
}


def write(session: Session, connection: Connection, units: Iterable[Unit]) -> None:
    """Write what is dirty. Raises VersionConflict when a row has changed since it was read."""
    dirty = [u for u in units if u.dirty]
    if not dirty:
        return
    ids = _marking_ids(connection, dirty)
    _insert_instances(connection, [u for u in dirty if not u.id], ids)
    _update_instances(connection, [u for u in dirty if u.version >= 0], ids)
    _close(connection, dirty)
    _move(connection, dirty)
    _open_tasks(connection, dirty)
    _execute(connection, _INSERT_JOB, _owned(dirty, "jobs"))
    _execute(connection, _INSERT_SUBSCRIPTION, _owned(dirty, "subscriptions"))
    history = _owned(dirty, "history")
    for row, unit in zip(history, _owners(dirty, "history"), strict=True):
        name = row.pop("marking")
        row["marking_id"] = ids[unit.definition_id, name] if name else None
    _execute(connection, _INSERT_HISTORY, history)
    for unit in dirty:
        unit.version += 1
        unit.dirty = False
        unit.pending = Pending()
    forget(session, {u.id for u in dirty})


def insert_incident(
    connection: Connection,
    instance_id: int,
    kind: IncidentKind,
    node: str | None,
    code: str,
    message: str,
    data: dict[str, Any],
    *,
    now: datetime,
) -> int:
    """Something that could not be done, and what to try again; its id."""
    row = {
        "instance_id": instance_id,
        "kind": kind,
        "node": node,
        "code": code[:100],
        "message": message[:4000],
        "data": data,
        "created_at": now,
    }
    return int(connection.execute(_INSERT_INCIDENT, row).scalar_one())


def forget(session: Session, instance_ids: set[int]) -> None:
    """Mapped objects of these instances are stale: let them be read again."""
    for each in session.identity_map.values():
        home = _HOME.get(type(each))
        if home is not None and each.__dict__.get(home) in instance_ids:
            session.expire(each)


def _marking_ids(connection: Connection, units: Sequence[Unit]) -> dict[tuple[int, str], int]:
    machines = {u.definition_id: u.machine for u in units}
    wanted: dict[int, set[str]] = {definition_id: set() for definition_id in machines}
    for unit in units:
        wanted[unit.definition_id] |= {
            unit.marking,
            *(h["marking"] for h in unit.pending.history if h["marking"]),
        }
    return {
        (definition_id, name): row_id
        for definition_id, names in wanted.items()
        for name, row_id in markings.intern(connection, definition_id, machines[definition_id], names).items()
    }


def _state(unit: Unit, ids: dict[tuple[int, str], int]) -> dict[str, Any]:
    return {
        "marking_id": ids[unit.definition_id, unit.marking],
        "variables": unit.variables,
        "timers": unit.timers,
        "next_timer_at": None if unit.status in _OVER else due.earliest(unit.timers.values()),
        "status": unit.status,
        "ended_at": unit.ended_at,
        "cancel_reason": unit.cancel_reason,
    }


def _insert_instances(connection: Connection, units: Sequence[Unit], ids: dict[tuple[int, str], int]) -> None:
    if not units:
        return
    rows = [
        {
            **_state(unit, ids),
            "definition_id": unit.definition_id,
            "group_id": unit.group_id,
            "business_key": unit.business_key,
            "version": 0,
            "started_at": unit.started_at,
        }
        for unit in units
    ]
    for unit, new_id in zip(units, _new_ids(connection, units, rows), strict=True):
        unit.id = new_id


def _new_ids(connection: Connection, units: Sequence[Unit], rows: Rows) -> Sequence[int]:
    if len({unit.business_key for unit in units}) < len(units):
        return connection.scalars(_INSERT_NAMESAKES, rows).all()
    by_key: dict[str, int] = dict(connection.execute(_INSERT_INSTANCE, rows).all())
    return [by_key[unit.business_key] for unit in units]


def _update_instances(connection: Connection, units: Sequence[Unit], ids: dict[tuple[int, str], int]) -> None:
    if not units:
        return
    rows = [{"b_id": u.id, "b_version": u.version, **_state(u, ids)} for u in units]
    changed = connection.execute(_UPDATE_INSTANCE, rows if len(rows) > 1 else rows[0]).rowcount
    if changed not in (len(rows), -1):
        raise VersionConflict(instance_ids=[u.id for u in units])


def _owners(units: Sequence[Unit], what: str) -> list[Unit]:
    return [u for u in units for _ in getattr(u.pending, what)]


def _owned(units: Sequence[Unit], what: str) -> Rows:
    return [{"instance_id": u.id, **row} for u in units for row in getattr(u.pending, what)]


def _execute(connection: Connection, statement: Any, rows: Rows) -> None:
    if rows:
        connection.execute(statement, rows if len(rows) > 1 else rows[0])


def _close(connection: Connection, units: Sequence[Unit]) -> None:
    tasks = [_keyed(u, row) for u in units for row in u.pending.closed_tasks]
    jobs = [_keyed(u, row) for u in units for row in u.pending.closed_jobs]
    gone = [{"b_instance": u.id, "b_token": key} for u in units for key in u.pending.closed_subscriptions]
    _execute(connection, _CLOSE_TASK, tasks)
    _execute(connection, _CLOSE_JOB, jobs)
    _execute(connection, _CLOSE_SUBSCRIPTION, gone)


def _keyed(unit: Unit, row: dict[str, Any]) -> dict[str, Any]:
    rest = {k: v for k, v in row.items() if k != "token"}
    return {"b_instance": unit.id, "b_token": row["token"], **rest}


def _move(connection: Connection, units: Sequence[Unit]) -> None:
    for unit in units:
        for old, new, kind in unit.pending.moved:
            row = {"b_instance": unit.id, "b_token": old, "token": new}
            connection.execute(_MOVE[kind], row)


def _open_tasks(connection: Connection, units: Sequence[Unit]) -> None:
    rows = _owned(units, "tasks")
    if not rows:
        return
    found = connection.execute(_INSERT_TASK, rows)
    new_ids = {(instance_id, token): new_id for instance_id, token, new_id in found}
    for unit, row in zip(_owners(units, "tasks"), rows, strict=True):
        unit.opened[row["token"]] = new_ids[unit.id, row["token"]]
