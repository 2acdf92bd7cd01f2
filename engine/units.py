"""One instance in memory while a command runs: it takes transitions and collects what has to be written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from engine import due
from engine.expressions import resolve_template
from engine.transitions import Machine
from engine.types import (
    Event,
    InstanceStatus,
    JobStatus,
    TaskStatus,
    Thrown,
    Token,
    TokenKind,
    Transition,
    Variables,
)
from engine.values import Deferred

LOCAL_ZONE: Final = ZoneInfo("Asia/Shanghai")  # the day of `today()`
_EVENT_KINDS: Final = {"start": "started", "timer": "timer_fired", "message": "message_received"}
_TIMERS: Final = (TokenKind.TIMER, TokenKind.CYCLE)


@dataclass(frozen=True, slots=True)
class PendingJob:
    """A job that runs in this transaction. It has a row, and so an id, only when it waited or failed before."""

    id: int | None
    token: str
    node: str
    topic: str
    properties: Mapping[str, str]


@dataclass(slots=True)
class Pending:
    """Rows to write at the next flush."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    subscriptions: list[dict[str, Any]] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    closed_tasks: list[dict[str, Any]] = field(default_factory=list)
    closed_subscriptions: list[str] = field(default_factory=list)
    closed_jobs: list[dict[str, Any]] = field(default_factory=list)
    moved: list[tuple[str, str, TokenKind]] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Unit:
    """State of one instance.

    `id` is 0 before the first write, `version` the one in the database, `opened` the user tasks that this
    command has opened (token to id), `rowless` the service tokens whose job has no row; `dirty` says that there is
    something to write.
    """

    id: int
    definition_id: int
    machine: Machine
    group_id: int | None
    business_key: str
    marking: str
    variables: Variables
    timers: dict[str, list[Any]]
    status: InstanceStatus
    version: int
    started_at: datetime
    ended_at: datetime | None = None
    cancel_reason: str | None = None
    dirty: bool = False
    jobs: list[PendingJob] = field(default_factory=list)
    opened: dict[str, int] = field(default_factory=dict)
    rowless: set[str] = field(default_factory=set)
    pending: Pending = field(default_factory=Pending)

    def snapshot(self) -> Unit:
        """A copy to go back to; values of variables are never changed in place, so they are shared."""
        twin = Unit(*_state_of(self))
        twin.variables, twin.timers = dict(self.variables), dict(self.timers)
        twin.jobs, twin.opened = list(self.jobs), dict(self.opened)
        twin.rowless = set(self.rowless)
        twin.pending = Pending(*map(list, _rows_of(self.pending)))
        return twin

    def restore(self, snapshot: Unit) -> None:
        """Become what the snapshot was."""
        for name in _UNIT:
            setattr(self, name, getattr(snapshot, name))

    def is_open(self, token: str) -> bool:
        """Is this token still open?"""
        return self.status is InstanceStatus.ACTIVE and token in self.machine.tokens(self.marking)

    def record(
        self,
        kind: str,
        *,
        now: datetime,
        actor: str | None,
        token: str | None = None,
        node: str | None = None,
        body: dict[str, Any] | None = None,
        marked: bool = False,
    ) -> None:
        """Add a line to the history; `marked` lines name the marking that was reached."""
        self.pending.history.append(
            {
                "at": now,
                "actor": actor,
                "kind": kind,
                "token": token,
                "node": node,
                "marking": self.marking if marked else None,
                "body": body,
            }
        )

    def fire(
        self, event: Event, *, now: datetime, actor: str | None, body: dict[str, Any] | None = None
    ) -> tuple[Thrown, ...]:
        """Take one transition; returns the messages it sends. On TransitionFailed restore a snapshot."""
        before = self.machine.tokens(self.marking) if self.marking else {}
        transition = self._compute(event, now)
        self.marking = transition.marking
        self.variables.update(transition.writes)
        self.dirty = True
        self._record_event(event, before, transition, now=now, actor=actor, body=body)
        self._close(transition, before, now=now, actor=actor, event=event)
        self._set_timers(transition, event, now)
        for token in transition.effects.opened:
            self._open(token, now=now)
        if transition.effects.ended:
            self.status, self.ended_at = InstanceStatus.COMPLETED, now
            self.record("ended", now=now, actor=actor)
        return tuple(
            Thrown(t.name, resolve_template(t.key, self.variables), t.payload)
            for t in transition.effects.thrown
        )

    def _compute(self, event: Event, now: datetime) -> Transition:
        values = self.variables
        values["$now"], values["$today"] = now.isoformat(), now.astimezone(LOCAL_ZONE).date().isoformat()
        try:
            return self.machine.fire(self.marking, event, values)
        finally:
            del values["$now"], values["$today"]

    def _record_event(
        self,
        event: Event,
        before: Mapping[str, Token],
        transition: Transition,
        *,
        now: datetime,
        actor: str | None,
        body: dict[str, Any] | None,
    ) -> None:
        key = event[1] if len(event) > 1 else None
        token = before.get(key) if key else None
        kind = _EVENT_KINDS.get(event[0])
        if kind is None:
            service = token is not None and token.kind is TokenKind.SERVICE
            kind = "service_done" if service else "task_completed"
        node = token.node if token else None
        ran = [n for n in transition.effects.ran if n != node]
        if ran:
            body = {**(body or {}), "ran": ran}
        self.record(kind, now=now, actor=actor, token=key, node=node, body=body, marked=True)
        for thrown in transition.effects.thrown:
            self.record("message_thrown", now=now, actor=actor, body={"name": thrown.name})

    def _close(
        self,
        transition: Transition,
        before: Mapping[str, Token],
        *,
        now: datetime,
        actor: str | None,
        event: Event,
    ) -> None:
        done = event[1] if event[0] == "complete" else None
        for key, fate in transition.effects.closed:
            kind = before[key].kind
            self.timers.pop(key, None)
            if kind is TokenKind.USER:
                self._close_task(key, before[key].node, fate, now=now, actor=actor, by_actor=key == done)
            elif kind is TokenKind.SERVICE:
                self.close_job(key, JobStatus.DONE if key == done else JobStatus.CANCELLED, now)
            elif kind is TokenKind.MESSAGE:
                self._close_subscription(key)
        for old, new in transition.effects.moved:
            kind = before[old].kind
            if old in self.timers:
                self.timers[new] = self.timers.pop(old)
            elif old in self.rowless:
                self._rename_job(old, new)
            elif kind not in _TIMERS:
                self.pending.moved.append((old, new, kind))

    def _close_task(
        self, key: str, node: str, fate: str, *, now: datetime, actor: str | None, by_actor: bool
    ) -> None:
        if not by_actor:
            self.record("task_cancelled", now=now, actor=None, token=key, node=node)
        self.opened.pop(key, None)
        if _forget(self.pending.tasks, key):
            return
        status = TaskStatus.COMPLETED if by_actor else TaskStatus(fate)
        row = {"token": key, "status": status, "closed_at": now, "actor": actor if by_actor else None}
        self.pending.closed_tasks.append(row)

    def close_job(self, key: str, status: JobStatus, now: datetime) -> None:
        """The service token is gone: so is its job."""
        self.jobs = [j for j in self.jobs if j.token != key]
        if key in self.rowless:
            self.rowless.discard(key)
        elif not _forget(self.pending.jobs, key):
            self.pending.closed_jobs.append({"token": key, "status": status, "done_at": now})

    def _rename_job(self, old: str, new: str) -> None:
        self.rowless = self.rowless - {old} | {new}
        self.jobs = [replace(j, token=new) if j.token == old else j for j in self.jobs]

    def _close_subscription(self, key: str) -> None:
        if not _forget(self.pending.subscriptions, key):
            self.pending.closed_subscriptions.append(key)

    def _set_timers(self, transition: Transition, event: Event, now: datetime) -> None:
        fired = self.timers.get(event[1]) if event[0] == "timer" else None
        if fired is not None and fired[due.KIND] == "cycle":
            self.timers[event[1]] = due.next_occurrence(fired, now)
        for armed in transition.effects.armed:
            value = armed.value
            text = self.variables.get(value) if isinstance(value, Deferred) else value
            self.timers[armed.key] = due.new_timer(armed.kind, text, now)

    def _open(self, token: Token, *, now: datetime) -> None:
        row: dict[str, Any] = {"token": token.key}
        if token.kind is TokenKind.USER:
            self.pending.tasks.append({**row, **self._task(token, now)})
            self.record("task_opened", now=now, actor=None, token=token.key, node=token.node)
        elif token.kind is TokenKind.SERVICE:
            self._open_job(token, now)
        elif token.kind is TokenKind.MESSAGE:
            key = resolve_template(token.properties.get("correlationKey", ""), self.variables)
            self.pending.subscriptions.append({**row, "name": token.event_name, "correlation_key": key})

    def _open_job(self, token: Token, now: datetime) -> None:
        """In the background, by a row; else in this transaction, without one."""
        job = job_of(token)
        if token.properties.get("background", "false").lower() == "true":
            self.pending.jobs.append(job_row(job, JobStatus.WAITING, now))
        else:
            self.jobs.append(job)
            self.rowless.add(token.key)

    def _task(self, token: Token, now: datetime) -> dict[str, Any]:
        properties = token.properties
        due_at = self.variables.get(properties["dueDate"]) if "dueDate" in properties else None
        return {
            "group_id": self.group_id,
            "node": token.node,
            "name": token.name,
            "candidate_group": resolve_template(properties.get("candidateGroup", ""), self.variables),
            "form_key": properties.get("formKey", ""),
            "status": TaskStatus.OPEN,
            "due_at": due.parse_instant(due_at) if due_at is not None else None,
            "created_at": now,
            "version": 0,
        }


_UNIT: Final = tuple(each.name for each in fields(Unit))
_state_of: Final = attrgetter(*_UNIT)
_rows_of: Final = attrgetter(*(each.name for each in fields(Pending)))


def job_of(token: Token) -> PendingJob:
    """The job of a service token, without a row."""
    own = {name: value for name, value in token.properties.items() if name not in ("topic", "background")}
    return PendingJob(None, token.key, token.node, token.properties.get("topic", ""), own)


def job_row(job: PendingJob, status: JobStatus, now: datetime) -> dict[str, Any]:
    """The row of a job that this transaction does not finish."""
    return {
        "token": job.token,
        "node": job.node,
        "topic": job.topic,
        "properties": dict(job.properties),
        "status": status,
        "attempts": 1 if status is JobStatus.FAILED else 0,
        "created_at": now,
    }


def _forget(rows: list[dict[str, Any]], token: str) -> bool:
    """Drop a row that was never written."""
    for i, row in enumerate(rows):
        if row["token"] == token:
            del rows[i]
            return True
    return False
