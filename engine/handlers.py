"""Which function does the work of a service task: a registry by topic that the domain fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy.orm import Session

from engine.types import Json, Variables


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a handler knows of its instance; `variables` is a copy."""

    instance_id: int
    group_id: int | None
    business_key: str
    node: str
    topic: str
    properties: Mapping[str, str]
    variables: Variables
    now: datetime


class Again(Enum):
    """What a handler returns that did a part of its work: the job stays, and the next `jobs.run_due` runs it again,
    in a transaction of its own. The handler has to remember how far it came.
    """

    AGAIN = "again"


AGAIN: Final = Again.AGAIN
Handler = Callable[[Session, JobContext], Mapping[str, Json] | Again | None]
handlers: Final[dict[str, Handler]] = {}


BatchHandler = Callable[[Session, Sequence[JobContext]], Sequence[Mapping[str, Json] | None]]
_batches: Final[dict[Handler, BatchHandler]] = {}


def register(topic: str, handler: Handler, *, batch: BatchHandler | None = None) -> None:
    """Name the handler of a topic; the same one may be named again, another one may not.

    `batch` does the same for many instances at once, one answer for each: fewer statements, equal results.
    """
    if handlers.setdefault(topic, handler) is not handler:
        raise ValueError(f"topic '{topic}' has a handler already")
    if batch is not None:
        _batches[handler] = batch


def batch_of(topic: str) -> BatchHandler | None:
    """The set-based twin of a topic's handler, if it has one."""
    handler = handlers.get(topic)
    return _batches.get(handler) if handler is not None else None
