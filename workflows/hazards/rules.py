"""Rules of hazards, pure: levels and what step a marking means."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class HazardLevel(StrEnum):
    """一般、重大."""

    GENERAL = "general"
    MAJOR = "major"


class HazardStep(StrEnum):
    """The six steps of the loop."""

    REPORT = "report"
    ASSESS = "assess"
    PLAN = "plan"
    FIX = "fix"
    VERIFY = "verify"
    CLOSED = "closed"


STEP_OF_NODE = {  # tasks of people, and the jobs between them, which may wait for their retry
    "report": HazardStep.REPORT,
    "report_at_once": HazardStep.ASSESS,
    "assess": HazardStep.ASSESS,
    "report_confirmed": HazardStep.PLAN,
    "plan": HazardStep.PLAN,
    "plan_major": HazardStep.PLAN,
    "approve_plan": HazardStep.PLAN,
    "schedule": HazardStep.PLAN,
    "fix": HazardStep.FIX,
    "next_round": HazardStep.FIX,
    "next_round_extended": HazardStep.FIX,
    "withdraw": HazardStep.FIX,
    "verify": HazardStep.VERIFY,
    "accept": HazardStep.VERIFY,
    "close": HazardStep.VERIFY,
}


def step_of(nodes: Collection[str], *, ended: bool) -> HazardStep:
    """The step that open nodes mean; the ladder's nodes beside it mean none."""
    if ended:
        return HazardStep.CLOSED
    return next((STEP_OF_NODE[node] for node in nodes if node in STEP_OF_NODE), HazardStep.REPORT)


def ladder_of(level: HazardLevel) -> str:
    """The ladder's name in `ladder.dmn`."""
    return f"hazard_{level}"
