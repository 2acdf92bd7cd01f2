"""A ladder table, pure: the steps of every ladder, as rows that somebody wrote and as the steps they become."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from workflows.escalation.rules import LadderAction, LadderStep, Unit

LADDERS = (
    "obligation", "hazard_general", "hazard_major", "hazard_effect", "unit", "accident", "work_permit",
    "enforcement_check", "enforcement_order", "tip",
)  # fmt: skip
Steps = Mapping[str, tuple[LadderStep, ...]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as somebody wrote it, right or wrong; `number` is None for a new one, `offset` for what is no number."""

    number: int | None
    action: str
    offset: int | None
    unit: str
    recipient: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a row of a ladder, counted from 1 (None: the ladder or the file as a whole)."""

    code: str
    ladder: str | None = None
    row: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The steps of every ladder; equal tables have an equal hash."""

    ladders: Steps
    hash: str

    def steps(self, ladder: str) -> tuple[LadderStep, ...]:
        """The steps of one ladder in their order; none for a ladder that nobody wrote."""
        return self.ladders.get(ladder, ())


def table_of(ladders: Mapping[str, Sequence[LadderStep]]) -> Table:
    """These steps as a table."""
    steps = {name: tuple(ladders.get(name, ())) for name in LADDERS}
    return Table(steps, hashlib.sha256(json.dumps(to_json(steps), sort_keys=True).encode()).hexdigest())


def to_json(ladders: Steps) -> dict[str, Any]:
    """As a version is stored."""
    return {name: [list(astuple(step)) for step in steps] for name, steps in ladders.items()}


def from_json(content: Mapping[str, Any]) -> Table:
    """The table that `to_json` wrote."""
    return table_of(
        {
            name: [
                LadderStep(n, LadderAction(action), offset, to, Unit(unit))
                for n, action, offset, to, unit in rows
            ]
            for name, rows in content.items()
        }
    )


def completed(content: Mapping[str, Any], default: Table, *, hash_: str) -> Table:
    """A table that was stored before there were some of the ladders: those have the steps of the default table.

    It keeps the hash under which it was stored.
    """
    new = {name: steps for name, steps in default.ladders.items() if name not in content}
    return Table({**from_json(content).ladders, **new}, hash_)


def rows_of(steps: Sequence[LadderStep]) -> list[Row]:
    """The steps as rows to be changed."""
    return [
        Row(step.number, step.action.value, step.offset, step.unit.value, step.recipient) for step in steps
    ]


def steps_of(
    rows: Sequence[Row], *, known: Container[int], fresh: Callable[[], int]
) -> tuple[LadderStep, ...]:
    """The rows as steps: one that is known keeps its number, every other one gets a fresh one.

    Raises ValueError for rows in which `checking.problems` finds something wrong.
    """
    steps: list[LadderStep] = []
    used: set[int] = set()
    for row in rows:
        keeps = row.number is not None and row.number in known and row.number not in used
        number = row.number if keeps and row.number is not None else fresh()
        used.add(number)
        if row.offset is None:
            raise ValueError(f"no offset: {row}")
        steps.append(LadderStep(number, LadderAction(row.action), row.offset, row.recipient, Unit(row.unit)))
    return tuple(steps)
