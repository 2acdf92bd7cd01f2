"""What passes between the layers: states, tokens, events, transitions, answers of commands."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

# None | bool | int | float | str | list | dict of the same; values come out of JSON columns, hence no
# narrower type.
Json: TypeAlias = Any
Variables: TypeAlias = dict[str, Json]
# ('start',) ('complete', key, locals as JSON text) ('timer', key, last) ('message', key) ('signal', name)
Event: TypeAlias = tuple[Any, ...]
Path: TypeAlias = tuple[Any, ...]


class TokenKind(StrEnum):
    """Who or what a token waits for."""

    USER = "user"
    SERVICE = "service"
    TIMER = "timer"
    CYCLE = "cycle"
    MESSAGE = "message"
    SIGNAL = "signal"


class InstanceStatus(StrEnum):
    """Only an ACTIVE instance moves; the last two are final."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    """A user task is open until a person completes it or the process withdraws it; suspended with its instance."""

    OPEN = "open"
    SUSPENDED = "suspended"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class DelegationState(StrEnum):
    """A delegated task comes back to its owner, who completes it."""

    PENDING = "pending"
    RESOLVED = "resolved"


class JobStatus(StrEnum):
    """FAILED waits for a retry of its incident."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class IncidentKind(StrEnum):
    """What a retry has to repeat."""

    TRANSITION = "transition"
    JOB = "job"
    TIMER = "timer"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Finding:
    """One message of the linter or the exploration; level 'error' blocks deployment."""

    level: str
    code: str
    node: str
    text: str


@dataclass(frozen=True, slots=True)
class Token:
    """Something the outside world can act on.

    `key` is the path of node ids (`round/self_check`; `[item]` for multi-instance, `#n` for duplicates),
    `event_name` the message or signal waited for, `properties` the BPMN extension properties of the node.
    """

    key: str
    node: str
    kind: TokenKind
    name: str
    event_name: str | None
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Thrown:
    """A message the run sends; `key` is a template that the store resolves."""

    name: str
    key: str
    payload: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Armed:
    """A timer to set: kind is date, duration or cycle; the value a text or a `Deferred` variable name."""

    key: str
    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Effects:
    """What a transition asks of the outside; `closed` pairs a key with 'completed' or 'cancelled'."""

    opened: tuple[Token, ...]
    closed: tuple[tuple[str, str], ...]
    moved: tuple[tuple[str, str], ...]
    armed: tuple[Armed, ...]
    thrown: tuple[Thrown, ...]
    ran: tuple[str, ...]
    ended: bool


@dataclass(frozen=True, slots=True)
class Transition:
    """Result of one event on one marking; `reads` lists (path, type-exact key) in the order of reading."""

    marking: str
    writes: Mapping[str, Json]
    effects: Effects
    reads: tuple[tuple[Path, Hashable], ...]
    volatile: bool = False


@dataclass(frozen=True, slots=True)
class NewInstance:
    """One member of `runtime.start_many`; `actor` is who starts it, where that is not who starts the others."""

    business_key: str
    variables: Mapping[str, Json]
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """One member of `runtime.correlate_many`."""

    name: str
    correlation_key: str
    payload: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class FilledTask:
    """A user task with the form that completes it, who filled it in and for whom they stood in."""

    task_id: int
    form: Mapping[str, Json]
    actor: str
    on_behalf_of: str | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """Answer of `runtime.complete`: ids of the user tasks that it opened in the same instance."""

    instance_id: int
    opened: list[int]
    ended: bool


@dataclass(frozen=True, slots=True)
class Fired:
    """Answer of `timers.fire_due`; `more` says that timers are left that are due."""

    count: int
    instances: int
    more: bool
