"""Rules of tips, pure: how long things are, what a state is called, how a number is written."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Final

from workflows.hazards.rules import HazardStep

TRIAGE_WORKDAYS: Final = 3  # [D] no source gives a time in which a tip is looked into
SHORTEST: Final = 4  # letters of the sentence
LONGEST: Final = 300
LONGEST_PLACE: Final = 60
KEPT_DAYS: Final = (
    90  # [D] after the triage: who disagrees has 60 days for a review of it (行政复议法 第二十条)
)
LADDER: Final = "tip"
HOTLINE: Final = "12350"  # the number for reports on work safety
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another one
_NUMBER: Final = 8  # 30 ** 8: nobody finds one by trying


class Outcome(StrEnum):
    """What the town made of a tip; none while it is looked into."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    NOT_HAZARD = "not_hazard"


class State(StrEnum):
    """What somebody who has the number is told."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    FIXING = "fixing"
    CLOSED = "closed"
    NOT_HAZARD = "not_hazard"


def state_of(outcome: str | None, step: HazardStep | None) -> State:
    """The state of a tip: of its own while it is looked into, then that of the hazard it led to."""
    if outcome is None:
        return State.RECEIVED
    if outcome == Outcome.NOT_HAZARD:
        return State.NOT_HAZARD
    if step is HazardStep.CLOSED:
        return State.CLOSED
    return State.ACCEPTED if step in (HazardStep.REPORT, HazardStep.ASSESS, None) else State.FIXING


def new_number() -> str:
    """A number to look a tip up by."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_NUMBER))


def new_token() -> str:
    """What stands in the address of a code: 128 bits."""
    return secrets.token_urlsafe(16)


def read_number(typed: str) -> str:
    """The number that somebody typed, with or without its dash."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[:_NUMBER]


def written(number: str) -> str:
    """The number as people read it: `7KQM-2F9D`."""
    return f"{number[:4]}-{number[4:]}"
