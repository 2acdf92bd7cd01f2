"""What an indicator of a plan is, and what a year's value means for its target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class TargetKind(StrEnum):
    """The two kinds of rule of a plan."""

    DROP = "drop"  # at least `amount` per cent below the value of the base year
    CAP = "cap"  # not above `amount`


class Verdict(StrEnum):
    """What a value comes to in its year."""

    MET = "met"
    BEHIND = "behind"
    SERIOUS = "serious"  # so far behind that accountability has to be asked for
    UNKNOWN = "unknown"  # no value, or a target whose base the source does not give


@dataclass(frozen=True, slots=True)
class Target:
    """From the first to the last year of a plan. `base` is the year a drop is measured from, None where the source
    does not say; `gap_note` tells what it leaves open.
    """

    first: int
    last: int
    kind: TargetKind
    amount: Decimal
    base: int | None
    gap_note: str | None


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator with the values that the plan itself states, by year."""

    code: str
    title: str
    title_en: str
    values: Mapping[int, Decimal]
    targets: tuple[Target, ...]

    def target_of(self, year: int) -> Target | None:
        """The target of the plan that a year belongs to."""
        return next((one for one in self.targets if one.first <= year <= one.last), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One indicator in one year: `drop` in per cent since the base, where the target is one; `required` is what this
    year asks for, on a straight way to the target.
    """

    indicator: Indicator
    target: Target | None
    actual: Decimal | None
    drop: Decimal | None
    required: Decimal | None
    verdict: Verdict
