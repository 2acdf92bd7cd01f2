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


STEP_OF_NODE = {
    "report": HazardStep.REPORT,
    "assess": HazardStep.ASSESS,
    "plan": HazardStep.PLAN,
    "plan_major": HazardStep.PLAN,
    "approve_plan": HazardStep.PLAN,
    "fix": HazardStep.FIX,
    "verify": HazardStep.VERIFY,
    "accept": HazardStep.VERIFY,
}


def step_of(nodes: Collection[str], *, ended: bool) -> HazardStep:
    """The step that open nodes mean. Between two tasks (a job waits for its retry) the earliest step counts."""
    if ended:
        return HazardStep.CLOSED
    steps = [STEP_OF_NODE[node] for node in nodes if node in STEP_OF_NODE]
    return steps[0] if steps else HazardStep.REPORT


def ladder_of(level: HazardLevel) -> str:
    """The ladder's name in `ladder.dmn`."""
    return f"hazard_{level}"
