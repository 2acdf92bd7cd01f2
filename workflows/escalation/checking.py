"""What may stand in the rows of a ladder, and what is wrong with those that somebody wrote."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from workflows.escalation.rules import LadderAction, Unit
from workflows.escalation.table import Problem, Row

CHECK: Final = "enforcement_check"
EFFECT: Final = "hazard_effect"
BODIES: Final[Mapping[str, str]] = {CHECK: "department_officer", "tip": "town_officer"}  # who `body` is
MOST_STEPS: Final = 20
FARTHEST: Final[Mapping[str, int]] = {Unit.WORKDAY: 250, Unit.MINUTE: 7 * 24 * 60}
_RECIPIENTS: Final[Mapping[LadderAction, tuple[str, ...]]] = {
    LadderAction.REMIND: ("safety_officer", "principal"),
    LadderAction.NOTIFY: ("principal", "safety_officer"),
    LadderAction.TOWN_TASK: ("town_officer",),
    LadderAction.DEPARTMENT_TASK: ("department_officer",),
    LadderAction.DISTRICT_TASK: ("lead_officer",),
    LadderAction.COMMITTEE_TASK: ("lead_officer",),
    LadderAction.OFFICE_TASK: ("lead_officer",),
    LadderAction.DRAFT_CIRCULAR: ("lead_officer",),
    LadderAction.DRAFT_ENFORCEMENT: ("lead_officer",),
    LadderAction.REMIND_BODY: ("body",),
    LadderAction.NOTIFY_BODY: ("body",),
}
DRAFTS: Final = frozenset({LadderAction.DRAFT_CIRCULAR, LadderAction.DRAFT_ENFORCEMENT})
EARLY: Final = frozenset(  # what may come before the due date
    {LadderAction.REMIND, LadderAction.NOTIFY, LadderAction.REMIND_BODY, LadderAction.NOTIFY_BODY}
)
_OF_BODIES: Final = (
    LadderAction.REMIND_BODY, LadderAction.NOTIFY_BODY, LadderAction.OFFICE_TASK, LadderAction.DRAFT_CIRCULAR,
)  # fmt: skip
_OF_CHECKS: Final = (LadderAction.REMIND_BODY, LadderAction.NOTIFY_BODY, LadderAction.OFFICE_TASK)
_OF_MAJOR: Final = (LadderAction.DISTRICT_TASK, LadderAction.COMMITTEE_TASK)
_OF_EFFECTS: Final = (LadderAction.TOWN_TASK, LadderAction.DEPARTMENT_TASK, LadderAction.OFFICE_TASK)
_OF_BODIES_ONLY: Final = (LadderAction.REMIND_BODY, LadderAction.NOTIFY_BODY)


def actions_of(ladder: str) -> list[LadderAction]:
    """What the steps of a ladder can do: who is told must stand beside the work."""
    if ladder == "unit":
        return list(_OF_BODIES)
    if ladder in BODIES:
        return list(_OF_CHECKS)
    if ladder == EFFECT:
        return list(_OF_EFFECTS)
    barred = _OF_BODIES_ONLY if ladder == "hazard_major" else (*_OF_BODIES_ONLY, *_OF_MAJOR)
    return [action for action in LadderAction if action not in barred]


def recipients_of(ladder: str, action: LadderAction) -> tuple[str, ...]:
    """Whom a step may tell: an enforcement falls to the department, a tip to the town."""
    known = _RECIPIENTS[action]
    return tuple(BODIES.get(ladder, one) if one == "body" else one for one in known)


def problems(ladder: str, rows: Sequence[Row]) -> list[Problem]:
    """Everything that is wrong, in the order of the rows."""
    found = [
        Problem(code, ladder, at, data)
        for at, row in enumerate(rows, 1)
        for code, data in _wrong(ladder, row)
    ]
    found += _together(ladder, rows)
    return sorted(found, key=lambda one: one.row or 0)


def _wrong(ladder: str, row: Row) -> Iterator[tuple[str, dict[str, object]]]:
    allowed = actions_of(ladder)
    if row.action not in allowed:
        yield "action", {"given": row.action}
    elif row.recipient not in (known := recipients_of(ladder, LadderAction(row.action))):
        yield "recipient", {"action": row.action, "allowed": known}
    if row.unit not in FARTHEST:
        yield "unit", {"given": row.unit}
    elif row.offset is None:
        yield "offset", {}
    elif abs(row.offset) > FARTHEST[row.unit]:
        yield "too-far", {"limit": FARTHEST[row.unit]}
    elif row.action in DRAFTS and row.offset <= 0:
        yield "draft-early", {}
    elif row.action in allowed and row.action not in EARLY and row.offset < 0:
        yield "task-early", {}


def _together(ladder: str, rows: Sequence[Row]) -> Iterator[Problem]:
    if not rows:
        yield Problem("no-steps", ladder)
    if len(rows) > MOST_STEPS:
        yield Problem("too-many", ladder, data={"limit": MOST_STEPS})
    seen: dict[tuple[str, int | None, str], int] = {}
    for at, row in enumerate(rows, 1):
        before = rows[at - 2] if at > 1 else row
        if row.unit != rows[0].unit:
            yield Problem("mixed-units", ladder, at)
        elif row.offset is not None and before.offset is not None and row.offset < before.offset:
            yield Problem("order", ladder, at, {"before": at - 1})
        twin = seen.setdefault((row.action, row.offset, row.recipient), at)
        if twin != at:
            yield Problem("twice", ladder, at, {"before": twin})
