"""What a year's value of an indicator comes to, pure.

A drop is asked for year by year on a straight way to its end; a cap holds in every year. The sources name serious lag
without a figure: here [D] it is less than four fifths of what a year asks for, or more than a fifth above a cap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from workflows.appraisal.types import Finding, Indicator, Target, TargetKind, Verdict

FIFTH = Decimal("0.2")
CENT = Decimal("0.01")
HUNDRED = Decimal(100)


def drop_of(base: Decimal, actual: Decimal) -> Decimal:
    """Per cent below the base, two decimals, half up; negative when it rose."""
    return ((base - actual) / base * HUNDRED).quantize(CENT, ROUND_HALF_UP)


def find(indicator: Indicator, values: Mapping[int, Decimal], year: int) -> Finding:
    """`values` by year: those of the plan and those that were reported since."""
    target, actual = indicator.target_of(year), values.get(year)
    if target is None:
        return Finding(indicator, None, actual, None, None, Verdict.UNKNOWN)
    if target.kind is TargetKind.CAP:
        verdict = Verdict.UNKNOWN if actual is None else _under(target.amount, actual)
        return Finding(indicator, target, actual, None, target.amount, verdict)
    base = values.get(target.base) if target.base is not None else None
    required = _on_the_way(target, year) if target.base is not None else None
    if base is None or actual is None or required is None:
        return Finding(indicator, target, actual, None, required, Verdict.UNKNOWN)
    drop = drop_of(base, actual)
    return Finding(indicator, target, actual, drop, required, _dropped(required, drop))


def score(findings: Sequence[Finding]) -> Decimal | None:
    """Per cent of the indicators with a verdict that are met; None when none has one."""
    known = [one for one in findings if one.verdict is not Verdict.UNKNOWN]
    if not known:
        return None
    met = sum(one.verdict is Verdict.MET for one in known)
    return (Decimal(met) / len(known) * HUNDRED).quantize(CENT, ROUND_HALF_UP)


def _on_the_way(target: Target, year: int) -> Decimal:
    assert target.base is not None
    share = Decimal(year - target.base) / Decimal(target.last - target.base)
    return (target.amount * share).quantize(CENT, ROUND_HALF_UP)


def _under(cap: Decimal, actual: Decimal) -> Verdict:
    if actual <= cap:
        return Verdict.MET
    return Verdict.SERIOUS if actual > cap * (1 + FIFTH) else Verdict.BEHIND


def _dropped(required: Decimal, drop: Decimal) -> Verdict:
    if drop >= required:
        return Verdict.MET
    return Verdict.SERIOUS if drop < required * (1 - FIFTH) else Verdict.BEHIND
