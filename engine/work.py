"""What one command does to any number of instances: lock, transitions, writes, jobs that run at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, Final, Self

import orjson
from sqlalchemy import Select, bindparam, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from engine.exceptions import EngineError, InstanceNotActive, InstanceNotFound, TaskNotFound, TransitionFailed
from engine.handlers import AGAIN, Again, JobContext, batch_of, handlers
from engine.locking import BODY, LOCK, LOCK_ALL, LOCK_OF_TASK
from engine.machines import machine_of
from engine.markings import names_of
from engine.models import (
    Job,
    MessageSubscription,
    ProcessInstance,
)
from engine.storage import insert_incident, write
from engine.types import Event, IncidentKind, InstanceStatus, JobStatus, Json, Thrown
from engine.units import PendingJob, Unit, job_of, job_row
from engine.values import check_variables

SYSTEM: Final = "system"
SUSPENDED: Final = "suspended"  # the incident of a message whose receiver was suspended
_MAX_ROUNDS: Final = 1000
_UNITS, _FRAMES = "engine.units", "engine.frames"
Frame = dict[int, tuple[Unit, Unit]]  # by the identity of a unit: the unit, and what it was

_SUBSCRIBERS: Final = (
    select(MessageSubscription.instance_id, MessageSubscription.token)
    .where(MessageSubscription.name == bindparam("name"))
    .where(MessageSubscription.correlation_key == bindparam("correlation_key"))
    .order_by(MessageSubscription.instance_id, MessageSubscription.id)
)
_FAIL_JOB: Final = (
    update(Job).where(Job.id == bindparam("b_id")).values(status=JobStatus.FAILED, attempts=Job.attempts + 1)
)
_PARK: Final = (
    update(ProcessInstance).where(ProcessInstance.id == bindparam("b_id")).values(next_timer_at=None)
)
_INSERT_JOB: Final = insert(Job).returning(Job.id)


def _passes_by_itself(exc: Exception) -> bool:
    """A deadlock, a failed serialization, a lock that did not come: the whole command is to be tried again."""
    state = getattr(exc.orig, "sqlstate", None) if isinstance(exc, DBAPIError) else None
    return state in ("40001", "40P01", "55P03")


def _is_left(unit: Unit, topic: str) -> bool:
    """Whether the job is still to be done: another one of the round may have ended or moved the instance."""
    return unit.status is InstanceStatus.ACTIVE and bool(unit.jobs) and unit.jobs[0].topic == topic


def is_running(session: Session) -> bool:
    """Whether a command of this session holds instances in memory."""
    return bool(session.info.get(_UNITS))


class Work:
    """Units of one command. A command that a handler issues shares the units of the command it runs in.

    Nothing is written before `flush`, so a transition that fails leaves the database as it was.
    """

    def __init__(self, session: Session, *, now: datetime, actor: str | None) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        self.session, self.now, self.actor = session, now, actor
        self.units: dict[int, Unit] = {}
        self._outbox: list[Thrown] = []
        self._mine: set[int] = set()
        self._shared: dict[int, Unit] = session.info.setdefault(_UNITS, {})
        self._frames: list[Frame] = session.info.setdefault(_FRAMES, [])
        self.connection = session.connection()

    def __enter__(self) -> Self:
        self.session.flush()
        if self._frames:  # inside a handler: what the outer command holds back must be visible
            held = [u for u in self._shared.values() if u.dirty]
            for unit in held:
                self._remember(unit)
            write(self.session, self.connection, held)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        for instance_id in self._mine:
            self._shared.pop(instance_id, None)

    def lock(self, instance_id: int) -> Unit:
        """The instance, locked until the transaction ends."""
        if instance_id in self.units:
            return self.units[instance_id]
        row = self.connection.execute(LOCK, {"id": instance_id}).one_or_none()
        if row is None:
            raise InstanceNotFound(instance_id=instance_id)
        return self.adopt(row)

    def lock_of_task(self, task_id: int) -> Unit:
        """The instance of a user task, locked. Read the task only now: it cannot change any more."""
        row = self.connection.execute(LOCK_OF_TASK, {"id": task_id}).one_or_none()
        if row is None:
            raise TaskNotFound(task_id=task_id)
        return self.adopt(row)

    def lock_active(self, instance_id: int) -> Unit:
        """The same; raises InstanceNotActive unless it runs."""
        unit = self.lock(instance_id)
        if unit.status is not InstanceStatus.ACTIVE:
            raise InstanceNotActive(instance_id, unit.status)
        return unit

    def lock_all(self, instance_ids: Sequence[int]) -> dict[int, Unit]:
        """Instances by id, locked in one order; the lock waits for whoever holds one of them."""
        found = self.connection.execute(LOCK_ALL, {"ids": instance_ids}).all()
        return {row.id: self.adopt(row) for row in found}

    def lock_found(self, query: Select[Any], values: Mapping[str, Any]) -> list[Unit]:
        """Instances that a query of `COLUMNS` finds; those that somebody else has locked are left to him."""
        rows = self.connection.execute(query, values).all()
        return [unit for row in rows if (unit := self._adopt_or_park(row)) is not None]

    def _adopt_or_park(self, row: Any) -> Unit | None:
        """An instance whose definition cannot run here gets an incident and leaves the sweep."""
        try:
            return self.adopt(row)
        except EngineError as exc:
            self.connection.execute(_PARK, {"b_id": row.id})
            data = {"event": ["timer", None]}
            timer = IncidentKind.TIMER
            insert_incident(self.connection, row.id, timer, None, exc.code, str(exc), data, now=self.now)
            return None

    def adopt(self, row: Any) -> Unit:
        """The unit of a locked row (see `COLUMNS`)."""
        unit = self._shared.get(row.id)
        if unit is not None:
            self._remember(unit)
        else:
            unit = self._unit(row)
            self._shared[row.id] = unit
            self._mine.add(row.id)
        self.units[row.id] = unit
        return unit

    def _unit(self, row: Any) -> Unit:
        marking, definition_hash = names_of(self.connection, row.marking_id)
        machine = machine_of(self.session, row.definition_id, definition_hash)
        if not machine.knows(marking):
            machine.learn(self.connection.execute(BODY, {"id": row.marking_id}).scalar_one())
        return Unit(
            id=row.id,
            definition_id=row.definition_id,
            machine=machine,
            group_id=row.group_id,
            business_key=row.business_key,
            marking=marking,
            variables=row.variables,
            timers=row.timers,
            status=row.status,
            version=row.version,
            started_at=row.started_at,
        )

    def add(self, units: Sequence[Unit]) -> None:
        """New instances, whose start has been fired: write them and take them over."""
        write(self.session, self.connection, units)
        for unit in units:
            self.units[unit.id] = self._shared[unit.id] = unit
            self._mine.add(unit.id)

    def _remember(self, unit: Unit) -> None:
        """The outer handler may fail: keep what this unit was before."""
        for frame in self._frames:
            if id(unit) not in frame:
                frame[id(unit)] = unit, unit.snapshot()

    def flush(self) -> None:
        """Write every unit of this command."""
        write(self.session, self.connection, self.units.values())

    def send(self, messages: Iterable[Thrown]) -> None:
        """Messages to deliver after the next flush."""
        self._outbox += messages

    def fire(
        self,
        unit: Unit,
        event: Event,
        *,
        values: Mapping[str, Json] | None = None,
        actor: str | None = None,
        body: dict[str, Any] | None = None,
    ) -> None:
        """Write `values`, take one transition. On TransitionFailed the command ends, or goes back to a snapshot."""
        unit.variables.update(values or {})
        self.send(unit.fire(event, now=self.now, actor=actor or self.actor, body=body))
        if unit.pending.moved:  # names change: write before anything refers to the new ones
            write(self.session, self.connection, [unit])

    def drain(self) -> None:
        """Write, deliver messages and run jobs until nothing is left to do in this transaction."""
        for _ in range(_MAX_ROUNDS):
            self.flush()
            if self._outbox:
                message = self._outbox.pop(0)
                self.deliver(message.name, message.key, message.payload)
                continue
            ready = [u for u in self.units.values() if u.jobs and u.status is InstanceStatus.ACTIVE]
            if not ready:
                self._keep_jobs_left()
                return
            self._run_jobs(ready)
        raise EngineError(problem="service tasks without end", instances=sorted(self.units))

    def _keep_jobs_left(self) -> None:
        """A job that did not run to its end waits: for another portion, or because its instance was suspended or
        its token renamed meanwhile.
        """
        for unit in (self.units[number] for number in self._mine):
            for key in sorted(unit.rowless):
                self._keep_job(unit, job_of(unit.machine.tokens(unit.marking)[key]), JobStatus.WAITING)
            unit.jobs = []

    def _run_jobs(self, ready: Sequence[Unit]) -> None:
        """The first job of each unit: all in one savepoint. When anything failed, everything is as before, and each
        job runs by itself, so that one broken instance does not hold up the others.
        """
        if len(ready) > 1 and self._run_together(ready):
            return
        for unit in ready:
            if unit.jobs and unit.status is InstanceStatus.ACTIVE:
                self.run_job(unit, unit.jobs.pop(0))

    def _run_together(self, ready: Sequence[Unit]) -> bool:
        """Whether it went well. Jobs of one topic go to its set-based handler where it has one."""
        topics: dict[str, list[Unit]] = {}
        for unit in ready:
            topics.setdefault(unit.jobs[0].topic, []).append(unit)
        try:
            with self._all_or_nothing(ready):
                for topic, units in topics.items():
                    self._run_topic(topic, units)
        except Exception as exc:
            if _passes_by_itself(exc):
                raise
            return False
        return True

    def _run_topic(self, topic: str, units: Sequence[Unit]) -> None:
        batch = batch_of(topic) if len(units) > 1 else None
        if batch is None:
            for unit in units:
                if _is_left(unit, topic):
                    job = unit.jobs.pop(0)
                    self._settle(unit, job, self._call(unit, job))
            return
        left = [unit for unit in units if _is_left(unit, topic)]
        jobs = [unit.jobs.pop(0) for unit in left]
        contexts = [self._context(unit, job) for unit, job in zip(left, jobs, strict=True)]
        for unit, job, answer in zip(left, jobs, batch(self.session, contexts), strict=True):
            self._settle(unit, job, check_variables(answer or {}))

    @contextmanager
    def _all_or_nothing(self, units: Sequence[Unit]) -> Iterator[None]:
        """A savepoint: after an exception the database, these units and what they sent are as before."""
        frame: Frame = {id(unit): (unit, unit.snapshot()) for unit in units}
        sent = len(self._outbox)
        self._frames.append(frame)
        savepoint = self.session.begin_nested()
        try:
            yield
            savepoint.commit()
        except Exception:
            savepoint.rollback()
            for each, before in frame.values():
                each.restore(before)
            del self._outbox[sent:]
            raise
        finally:
            self._frames.pop()

    def deliver(self, name: str, correlation_key: str, payload: Mapping[str, Json]) -> int:
        """Give a message to every token that waits for it; returns how many instances took it."""
        values = check_variables(payload)
        query = {"name": name, "correlation_key": correlation_key}
        subscribers = self.connection.execute(_SUBSCRIBERS, query).all()
        took = set()
        for instance_id, token in subscribers:
            unit = self.lock(instance_id)
            if unit.status is InstanceStatus.SUSPENDED:
                data = {"event": ["message", token], "values": values}
                self.incident(unit, IncidentKind.MESSAGE, token, SUSPENDED, "instance is suspended", data)
            elif unit.is_open(token) and self.attempt(unit, ("message", token), values=values):
                took.add(instance_id)
        return len(took)

    def attempt(self, unit: Unit, event: Event, *, values: Mapping[str, Json] | None = None) -> bool:
        """Take a transition that nobody waits for; a failure becomes an incident of a unit that is as before."""
        before = unit.snapshot()
        try:
            self.fire(unit, event, values=values, body={"values": dict(values)} if values else None)
        except TransitionFailed as exc:
            unit.restore(before)
            kind = IncidentKind(event[0])
            data = {"event": list(event), "values": dict(values or {})}
            self.incident(unit, kind, event[1], exc.code, exc.message, data)
            return False
        return True

    def incident(
        self,
        unit: Unit,
        kind: IncidentKind,
        node: str | None,
        code: str,
        message: str,
        data: dict[str, Any],
    ) -> int:
        """Write an incident; the unit itself is not changed."""
        incident_id = insert_incident(self.connection, unit.id, kind, node, code, message, data, now=self.now)
        body = {"incident_id": incident_id, "kind": kind, "code": code}
        unit.record("incident", now=self.now, actor=None, token=node, body=body)
        unit.dirty = True
        return incident_id

    def run_job(self, unit: Unit, job: PendingJob) -> bool:
        """Call the handler and complete the service token, in a savepoint; a failure becomes an incident."""
        try:
            with self._all_or_nothing([unit]):
                self._settle(unit, job, self._call(unit, job))
        except Exception as exc:
            if _passes_by_itself(exc):
                raise
            self._fail(unit, job, exc)
            return False
        return True

    def _settle(self, unit: Unit, job: PendingJob, answer: dict[str, Json] | Again) -> None:
        """Complete the token of a job. One that is not done is left, and `_keep_jobs_left` finds it."""
        if answer is not AGAIN and unit.is_open(job.token):
            self.fire(unit, ("complete", job.token, ""), values=answer, actor=SYSTEM)

    def _call(self, unit: Unit, job: PendingJob) -> dict[str, Json] | Again:
        handler = handlers.get(job.topic)
        if handler is None:
            raise EngineError(problem="no handler", topic=job.topic)
        answer = handler(self.session, self._context(unit, job))
        return answer if answer is AGAIN else check_variables(answer or {})

    def _context(self, unit: Unit, job: PendingJob) -> JobContext:
        return JobContext(
            instance_id=unit.id,
            group_id=unit.group_id,
            business_key=unit.business_key,
            node=job.node,
            topic=job.topic,
            properties=job.properties,
            variables=orjson.loads(orjson.dumps(unit.variables)),
            now=self.now,
        )

    def _fail(self, unit: Unit, job: PendingJob, exc: Exception) -> None:
        job_id = self._keep_job(unit, job, JobStatus.FAILED)
        code = getattr(exc, "code", None)
        code = code if isinstance(code, str) else type(exc).__name__
        text = f"{type(exc).__name__}: {exc}"
        self.incident(unit, IncidentKind.JOB, job.token, code, text, {"job_id": job_id})

    def _keep_job(self, unit: Unit, job: PendingJob, status: JobStatus) -> int:
        """A job that is not done has a row, from now on or already; its id."""
        if job.id is None:
            unit.rowless.discard(job.token)
            row = {"instance_id": unit.id, **job_row(job, status, self.now)}
            return int(self.connection.execute(_INSERT_JOB, row).scalar_one())
        if status is JobStatus.FAILED:
            self.connection.execute(_FAIL_JOB, {"b_id": job.id})
        return job.id
