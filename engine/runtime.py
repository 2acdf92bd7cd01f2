"""What can be done to an instance: start, complete a task, correlate a message, change, stop, go on, retry.

The caller owns the transaction; a command writes and flushes, it never commits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from engine import deployment, due
from engine.among import among_given
from engine.entitlement import acted_in, checked
from engine.exceptions import (
    IncidentNotFound,
    IncidentRaised,
    InstanceNotActive,
    TaskNotFound,
    TransitionFailed,
)
from engine.machines import machine_of
from engine.models import Incident, Job, MessageSubscription, ProcessInstance, UserTask
from engine.types import (
    Completion,
    FilledTask,
    IncidentKind,
    InstanceStatus,
    JobStatus,
    Json,
    Message,
    NewInstance,
    TaskStatus,
    Token,
)
from engine.units import PendingJob, Unit
from engine.values import check_variables
from engine.work import SYSTEM, Work

_T = UserTask.__table__
_TASK_COLUMNS: Final = (
    _T.c.id,
    _T.c.instance_id,
    _T.c.token,
    _T.c.node,
    _T.c.status,
    _T.c.version,
    _T.c.closed_at,
    _T.c.actor,
    _T.c.assignee,
    _T.c.delegation_state,
)
_TASK: Final = select(*_TASK_COLUMNS).where(_T.c.id == bindparam("id"))
_TASKS: Final = select(*_TASK_COLUMNS).where(among_given(_T.c.id, "ids"))
_FINAL: Final = (InstanceStatus.COMPLETED, InstanceStatus.CANCELLED)


def start(
    session: Session,
    *,
    key: str,
    business_key: str,
    group_id: int | None = None,
    variables: Mapping[str, Json],
    now: datetime,
    actor: str = SYSTEM,
) -> ProcessInstance:
    """Start one instance of the latest version. Raises UnknownDefinition, InvalidValues, TransitionFailed."""
    new = [NewInstance(business_key, variables)]
    [instance_id] = _start(session, key=key, instances=new, group_id=group_id, now=now, actor=actor)
    return session.get_one(ProcessInstance, instance_id)


def start_many(
    session: Session,
    *,
    key: str,
    instances: Sequence[NewInstance],
    group_id: int | None,
    now: datetime,
    actor: str = SYSTEM,
) -> list[int]:
    """Start many instances in one transaction with few statements; returns their ids in the given order."""
    return _start(session, key=key, instances=instances, group_id=group_id, now=now, actor=actor)


def _start(
    session: Session,
    *,
    key: str,
    instances: Sequence[NewInstance],
    group_id: int | None,
    now: datetime,
    actor: str,
) -> list[int]:
    with Work(session, now=now, actor=actor) as work:
        definition_id, content = deployment.latest_version(session, key)
        machine = machine_of(session, definition_id, content)
        units = []
        for new in instances:
            unit = Unit(
                id=0,
                definition_id=definition_id,
                machine=machine,
                group_id=group_id,
                business_key=new.business_key,
                marking="",
                variables=check_variables(new.variables),
                timers={},
                status=InstanceStatus.ACTIVE,
                version=-1,
                started_at=now,
            )
            work.send(unit.fire(("start",), now=now, actor=new.actor or actor))
            units.append(unit)
        work.add(units)
        work.drain()
        return [unit.id for unit in units]


def complete(
    session: Session,
    *,
    task_id: int,
    form: Mapping[str, Json],
    actor: str,
    now: datetime,
    expected_version: int | None = None,
    on_behalf_of: str | None = None,
) -> Completion:
    """Complete a user task: write the form, take the transition, run the jobs that follow.

    `on_behalf_of` is the assignee whom `actor` stands in for. Raises TaskNotFound, TaskClosed, TaskAssigned
    (somebody else has it), VersionConflict (when `expected_version` is not the task's version any
    more), InstanceNotActive, SamePerson, InvalidValues; IncidentRaised when the process itself fails. Fires
    no timer.
    """
    with Work(session, now=now, actor=actor) as work:
        unit = work.lock_of_task(task_id)
        task = work.connection.execute(_TASK, {"id": task_id}).one()
        acting = {actor} if on_behalf_of is None else {actor, on_behalf_of}
        token = checked(session, task_id, task, unit, acting, expected_version)
        values, local = _split(check_variables(form), token, unit)
        before = unit.snapshot()
        try:
            work.fire(unit, ("complete", token.key, local), values=values, body={"values": dict(form)})
        except TransitionFailed as exc:
            unit.restore(before)
            data = {"event": ["complete", token.key]}
            incident_id = work.incident(unit, IncidentKind.TRANSITION, token.key, exc.code, exc.message, data)
            work.flush()
            raise IncidentRaised(incident_id, exc.message) from exc
        work.drain()
        if on_behalf_of is not None:
            session.execute(update(UserTask).where(UserTask.id == task_id).values(on_behalf_of=on_behalf_of))
        return Completion(unit.id, list(unit.opened.values()), unit.status is InstanceStatus.COMPLETED)


def complete_many(session: Session, filled: Sequence[FilledTask], *, now: datetime) -> list[Completion]:
    """Complete user tasks of different instances in few statements, answers in the given order.

    All or nothing: raises for the first that cannot be completed what `complete` raises, TransitionFailed when
    its process fails. The same as completing them one after the other.
    """
    with Work(session, now=now, actor=None) as work:
        query = select(_T.c.id, _T.c.instance_id).where(_T.c.id.in_([one.task_id for one in filled]))
        homes = {row.id: row.instance_id for row in work.connection.execute(query)}
        if len(set(homes.values())) < len(filled):
            unknown = [one.task_id for one in filled if one.task_id not in homes]
            if unknown:
                raise TaskNotFound(task_id=unknown[0])
            raise ValueError("two tasks of one instance")
        units = work.lock_all(sorted(homes.values()))
        by_id = {task.id: task for task in work.connection.execute(_TASKS, {"ids": list(homes)})}
        acted = acted_in(session, units.values())
        done = []
        for one in filled:
            unit = units[homes[one.task_id]]
            acting = {one.actor} if one.on_behalf_of is None else {one.actor, one.on_behalf_of}
            token = checked(session, one.task_id, by_id[one.task_id], unit, acting, None, acted)
            values, local = _split(check_variables(one.form), token, unit)
            event = ("complete", token.key, local)
            work.fire(unit, event, values=values, actor=one.actor, body={"values": dict(one.form)})
            done.append(unit)
        work.drain()
        behalf = [
            {"id": one.task_id, "on_behalf_of": one.on_behalf_of}
            for one in filled
            if one.on_behalf_of is not None
        ]
        if behalf:
            session.execute(update(UserTask), behalf)
        return [
            Completion(unit.id, list(unit.opened.values()), unit.status is InstanceStatus.COMPLETED)
            for unit in done
        ]


def _split(values: dict[str, Json], token: Token, unit: Unit) -> tuple[dict[str, Json], str]:
    """Items of a multi-instance activity stay with their token; everything else belongs to the instance."""
    local_names = unit.machine.definition.locals
    if not local_names or "[" not in token.key:
        return values, ""
    local = {name: values.pop(name) for name in sorted(local_names & values.keys())}
    return values, orjson.dumps(local, option=orjson.OPT_SORT_KEYS).decode() if local else ""


def correlate(
    session: Session,
    *,
    name: str,
    correlation_key: str,
    payload: Mapping[str, Json],
    now: datetime,
    actor: str = SYSTEM,
) -> int:
    """Deliver a message to every instance that waits for it; returns how many took it (0 is no error).

    An instance that fails or is suspended gets an incident, whose retry delivers the message again.
    """
    with Work(session, now=now, actor=actor) as work:
        count = work.deliver(name, correlation_key, payload)
        work.drain()
        return count


def correlate_many(
    session: Session, messages: Iterable[Message], *, now: datetime, actor: str = SYSTEM
) -> int:
    """Deliver messages of which none waits for what another one does, in one command; returns how many were taken."""
    with Work(session, now=now, actor=actor) as work:
        count = sum(work.deliver(one.name, one.correlation_key, one.payload) for one in messages)
        work.drain()
        return count


def set_variables(
    session: Session, instance_id: int, values: Mapping[str, Json], *, now: datetime, actor: str
) -> None:
    """Write variables of a running or suspended instance. Armed timers keep the instant they were armed
    with.
    """
    set_variables_many(session, {instance_id: values}, now=now, actor=actor)


def set_variables_many(
    session: Session, values: Mapping[int, Mapping[str, Json]], *, now: datetime, actor: str
) -> None:
    """The same for many instances, by id."""
    with Work(session, now=now, actor=actor) as work:
        work.lock_all(sorted(values))
        for instance_id, new in values.items():
            unit = _lock_open(work, instance_id)
            checked = check_variables(new)
            unit.variables.update(checked)
            unit.dirty = True
            unit.record("variables_set", now=now, actor=actor, body={"values": checked})
        work.drain()


def _lock_open(work: Work, instance_id: int) -> Unit:
    unit = work.lock(instance_id)
    if unit.status in _FINAL:
        raise InstanceNotActive(instance_id, unit.status)
    return unit


def cancel(session: Session, instance_id: int, *, reason: str, now: datetime, actor: str) -> None:
    """Withdraw an instance with everything that is open in it."""
    with Work(session, now=now, actor=actor) as work:
        unit = _lock_open(work, instance_id)
        unit.status, unit.ended_at, unit.cancel_reason = InstanceStatus.CANCELLED, now, reason
        unit.timers, unit.jobs, unit.rowless, unit.dirty = {}, [], set(), True
        unit.record("cancelled", now=now, actor=actor, body={"reason": reason})
        work.drain()
        session.execute(
            update(UserTask)
            .where(UserTask.instance_id == instance_id)
            .where(UserTask.status.in_([TaskStatus.OPEN, TaskStatus.SUSPENDED]))
            .values(status=TaskStatus.CANCELLED, closed_at=now, version=UserTask.version + 1)
        )
        session.execute(
            update(Job)
            .where(Job.instance_id == instance_id, Job.status.in_([JobStatus.WAITING, JobStatus.FAILED]))
            .values(status=JobStatus.CANCELLED, done_at=now)
        )
        session.execute(delete(MessageSubscription).where(MessageSubscription.instance_id == instance_id))


def suspend(session: Session, instance_id: int, *, now: datetime, actor: str) -> None:
    """Stop an instance: no completion, no timer, no job. Due dates stay as they are."""
    with Work(session, now=now, actor=actor) as work:
        unit = work.lock_active(instance_id)
        unit.status, unit.dirty = InstanceStatus.SUSPENDED, True
        unit.record("suspended", now=now, actor=actor)
        work.drain()
        _turn_tasks(session, instance_id, TaskStatus.OPEN, TaskStatus.SUSPENDED)


def resume(session: Session, instance_id: int, *, now: datetime, actor: str) -> None:
    """Let a suspended instance go on; timers that came due meanwhile fire at the next sweep."""
    with Work(session, now=now, actor=actor) as work:
        unit = work.lock(instance_id)
        if unit.status is not InstanceStatus.SUSPENDED:
            raise InstanceNotActive(instance_id, unit.status)
        unit.status, unit.dirty = InstanceStatus.ACTIVE, True
        unit.record("resumed", now=now, actor=actor)
        _turn_tasks(session, instance_id, TaskStatus.SUSPENDED, TaskStatus.OPEN)
        work.drain()


def _turn_tasks(session: Session, instance_id: int, before: TaskStatus, after: TaskStatus) -> None:
    change = update(UserTask).where(UserTask.instance_id == instance_id, UserTask.status == before)
    session.execute(change.values(status=after, version=UserTask.version + 1))


def retry(session: Session, incident_id: int, *, now: datetime, actor: str) -> None:
    """Do again what failed: run the job, let the timer fire at the next sweep, deliver the message.

    A transition that a person's command caused is only marked as resolved: its task is still open.
    A second failure is a new incident.
    """
    incident = session.get(Incident, incident_id)
    if incident is None:
        raise IncidentNotFound(incident_id=incident_id)
    with Work(session, now=now, actor=actor) as work:
        unit = work.lock_active(incident.instance_id)
        session.refresh(incident)
        if incident.resolved_at is not None:
            raise IncidentNotFound(incident_id=incident_id)
        incident.resolved_at, incident.resolved_by = now, actor
        session.flush()
        body = {"incident_id": incident_id, "kind": incident.kind}
        unit.record("retried", now=now, actor=actor, token=incident.node, body=body)
        unit.dirty = True
        _RETRY[incident.kind](session, work, unit, incident.data)
        work.drain()


def _retry_job(session: Session, work: Work, unit: Unit, data: dict[str, Any]) -> None:
    job = session.get_one(Job, data["job_id"])
    if job.status is not JobStatus.FAILED or not unit.is_open(job.token):
        return
    job.status = JobStatus.WAITING
    session.flush()
    unit.jobs.append(PendingJob(job.id, job.token, job.node, job.topic, dict(job.properties)))


def _retry_timer(session: Session, work: Work, unit: Unit, data: dict[str, Any]) -> None:
    key = data["event"][1]
    if key in unit.timers:
        entry = list(unit.timers[key])
        entry[due.PARKED] = False
        unit.timers[key] = entry


def _retry_message(session: Session, work: Work, unit: Unit, data: dict[str, Any]) -> None:
    token = data["event"][1]
    if unit.is_open(token):
        work.attempt(unit, ("message", token), values=data["values"])


def _resolve_only(session: Session, work: Work, unit: Unit, data: dict[str, Any]) -> None:
    """The person repeats the command."""


_RETRY: Final = {
    IncidentKind.JOB: _retry_job,
    IncidentKind.TIMER: _retry_timer,
    IncidentKind.MESSAGE: _retry_message,
    IncidentKind.TRANSITION: _resolve_only,
}
