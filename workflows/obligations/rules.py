"""Rules of obligations, pure: rounds and their due dates, sampling, what state a marking means."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from datetime import date, datetime
from enum import StrEnum

from workflows.rounds import fifth_workday

SAMPLE_PERCENT = 20  # [D] domain.md, P2 step 7


class RoundKind(StrEnum):
    """Why a round of work began."""

    FIRST = "first"
    RETURN = "return"
    SITE_FAILED = "site_failed"
    EXTENSION = "extension"
    REOPENED = "reopened"
    CONTINUED = "continued"


class Outcome(StrEnum):
    """How an obligation ended."""

    COMPLIANT = "compliant"
    NOT_APPLICABLE = "not_applicable"
    DEFECTS_FIXED = "defects_fixed"


class ObligationState(StrEnum):
    """Read off the marking; OVERDUE is no state but computed from the due date."""

    PENDING = "pending"
    IN_PROGRESS = "in_progress"
    RETURNED = "returned"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    SAMPLED = "sampled"
    CLOSED = "closed"
    NOT_APPLICABLE = "not_applicable"
    CANCELLED = "cancelled"


WITH_ENTERPRISE = (ObligationState.IN_PROGRESS, ObligationState.RETURNED, ObligationState.PENDING)
WORK_NODES = frozenset({"self_check", "sign", "open_hazards"})
REVIEW_NODES = frozenset({"town_review", "department_review"})
ACCEPTED_NODES = frozenset({"await_hazards", "draw_sample", "close"})


def state_of(
    nodes: Collection[str], *, ended: bool, cancelled: bool, round_kind: str, outcome: str | None
) -> ObligationState:
    """The state that open nodes mean; a round that began with a return is RETURNED until it is submitted again."""
    if (ended or cancelled) and outcome == Outcome.NOT_APPLICABLE:
        return ObligationState.NOT_APPLICABLE
    if cancelled:
        return ObligationState.CANCELLED
    if ended:
        return ObligationState.CLOSED
    open_nodes = frozenset(nodes)
    if open_nodes & WORK_NODES:
        returned = round_kind in (RoundKind.RETURN, RoundKind.SITE_FAILED)
        return ObligationState.RETURNED if returned else ObligationState.IN_PROGRESS
    if open_nodes & REVIEW_NODES:
        return ObligationState.SUBMITTED
    if "site_check" in open_nodes:
        return ObligationState.SAMPLED
    return ObligationState.ACCEPTED if open_nodes & ACCEPTED_NODES else ObligationState.PENDING


def is_overdue(state: ObligationState, *, is_running: bool, is_past: bool) -> bool:
    """Past its date and still with the enterprise; while its process is suspended nothing is overdue."""
    return state in WITH_ENTERPRISE and is_running and is_past


def round_due(
    kind: RoundKind, *, due_at: datetime | None, now: datetime, add_workdays: Callable[[date, int], date]
) -> datetime | None:
    """When a new round is due: what is returned has at least five working days; an undated obligation stays undated."""
    if due_at is None or kind not in (RoundKind.RETURN, RoundKind.SITE_FAILED):
        return due_at
    return max(due_at, fifth_workday(now, add_workdays))


def is_late(due_at: datetime | None, *, submitted_at: datetime | None, now: datetime) -> bool:
    """Submitted after its date, or past it and not submitted."""
    return due_at is not None and (submitted_at or now) > due_at


class DrawReason(StrEnum):
    """Why somebody goes and looks, or does not."""

    MAJOR_RISK = "major_risk"
    WAS_OVERDUE = "was_overdue"
    DRAWN = "drawn"
    NOT_DRAWN = "not_drawn"

    @property
    def sampled(self) -> bool:
        return self is not DrawReason.NOT_DRAWN


def is_sampled(*, seed: str, risk_is_major: bool, was_overdue: bool) -> bool:
    """All of major risk or once overdue, else one in five; the seed makes the draw repeatable [D]."""
    return draw_reason(seed=seed, risk_is_major=risk_is_major, was_overdue=was_overdue).sampled


def draw_reason(*, seed: str, risk_is_major: bool, was_overdue: bool) -> DrawReason:
    """Why an obligation is sampled, or that it is not."""
    if risk_is_major:
        return DrawReason.MAJOR_RISK
    if was_overdue:
        return DrawReason.WAS_OVERDUE
    return DrawReason.DRAWN if draw_number(seed) < SAMPLE_PERCENT else DrawReason.NOT_DRAWN


def draw_number(seed: str) -> int:
    """0 to 99, the same for a seed for ever: anybody can draw it again."""
    return int.from_bytes(hashlib.sha256(seed.encode()).digest()[:4], "big") % 100
