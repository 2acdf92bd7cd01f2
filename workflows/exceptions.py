"""What the domain refuses: a stable code and the facts; `web/errors.py` and the command line put it into words."""

from __future__ import annotations

from typing import Any


class DomainError(Exception):
    """A request that cannot be done as asked."""

    code = "refused"

    def __init__(self, **data: Any) -> None:
        super().__init__(f"{self.code} {data}" if data else self.code)
        self.data = data


class NotFound(DomainError):
    """There is no such thing, or it is not this person's to see: both look the same from outside."""

    code = "not-found"


class NotAllowed(DomainError):
    """The thing may be seen but this step belongs to another role."""

    code = "not-allowed"


class Conflict(DomainError):
    """Somebody was quicker; `by`, `at` and what they did are in the data."""

    code = "conflict"


class InvalidForm(DomainError):
    """`problems` names every field that is missing, unknown or wrong."""

    code = "invalid-form"


class SampleOnly(DomainError):
    """The clock moves in sample mode only."""

    code = "sample-only"
