"""Rules of hazards, pure: levels, what step a marking means, which rounds there are, when two places are the same."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from enum import StrEnum
from typing import Final


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


class Source(StrEnum):
    """Where a hazard comes from."""

    SELF_CHECK = "self_check"
    REPORT = "report"  # by somebody of the enterprise
    CHECK = "check"  # by an official, at any time
    INSPECTION = "inspection"  # by an official, on a visit of law enforcement
    TIP = "tip"  # by somebody who scanned a code
    REOPENED = "reopened"
    LEDGER = "ledger"


class Outcome(StrEnum):
    """How a hazard came to its end."""

    CLOSED = "closed"
    MERGED = "merged"
    SHUT_DOWN = "shut_down"


PREPARATION: Final = 0  # the round before the first one of fixing: the ladder's record counts it apart
CONTROL: Final = -1  # the round of interim measures, assessment and plan of a major hazard
EFFECT_LADDER: Final = "hazard_effect"
_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")

STEP_OF_NODE = {  # tasks of people, the jobs between them, which may wait for their retry, and waiting
    "report": HazardStep.REPORT,
    "report_at_once": HazardStep.ASSESS,
    "assess": HazardStep.ASSESS,
    **dict.fromkeys(
        (
            "report_confirmed", "upgrade", "begin_control", "survey", "interim", "confirm_interim", "plan",
            "plan_major", "approve_plan", "list_plate", "list_account", "record_listing", "schedule",
        ),
        HazardStep.PLAN,
    ),
    **dict.fromkeys(("fix", "next_round", "next_round_extended", "withdraw", "reopen"), HazardStep.FIX),
    **dict.fromkeys(
        (
            "verify", "accept", "take_back", "send_back", "consent", "resume", "site_review", "write_off", "suspend",
            "review_failed", "order_suspension", "rectify", "re_review", "decide_closure", "record_shut_down", "close",
        ),
        HazardStep.VERIFY,
    ),
    **dict.fromkeys(("merge", "effect_wait", "check_effect", "record_effect"), HazardStep.CLOSED),
}  # fmt: skip

DATED_NODES = frozenset({*STEP_OF_NODE, "supervise"})  # where somebody may be late


def step_of(nodes: Collection[str], *, ended: bool) -> HazardStep:
    """The step that open nodes mean; the ladder's and the supervision's nodes beside it mean none."""
    if ended:
        return HazardStep.CLOSED
    return next((STEP_OF_NODE[node] for node in nodes if node in STEP_OF_NODE), HazardStep.REPORT)


def ladder_of(level: HazardLevel) -> str:
    """The ladder's name in `ladder.dmn`."""
    return f"hazard_{level}"


def effect_round(fixed_in: int) -> int:
    """The number under which the ladder of an effect check is recorded: one for each round that led to a closure."""
    return -(fixed_in + 1)


def place_key(place: str) -> str:
    """What two ways to write the same place have in common: 二号 炉 and 2号炉."""
    folded = unicodedata.normalize("NFKC", place).casefold().translate(_DIGITS)
    return "".join(letter for letter in folded if letter.isalnum())
