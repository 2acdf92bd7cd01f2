"""What a ladder table refuses."""

from __future__ import annotations

from workflows.escalation.table import Problem
from workflows.exceptions import DomainError


class LadderRefused(DomainError):
    """The table cannot be kept; `problems` says what is wrong and where."""

    code = "ladder-refused"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(problems=problems)
        self.problems = problems
