"""Which function does the work of a service task: a registry by topic that the domain fills."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy.orm import Session

from engine.types import Json, Variables


@dataclass(frozen=True, slots=True)
class JobContext:
    """What a handler knows of its instance; `variables` is a copy."""

    job_id: int
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


def register(topic: str, handler: Handler) -> None:
    """Name the handler of a topic; the same one may be named again, another one may not."""
    if handlers.setdefault(topic, handler) is not handler:
        raise ValueError(f"topic '{topic}' has a handler already")
