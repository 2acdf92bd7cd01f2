"""Which field of a decision sends work back, to whom, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol, TypeVar

RETURNING = {
    "town_review": "town_decision", "department_review": "department_decision", "site_check": "site_result",
    "verify": "passed", "accept": "passed", "approve_plan": "approved", "sign": "signed", "decide": "granted",
    "check": "office_decision", "approve_launch": "approved", "confirm_interim": "interim_confirmed",
    "consent": "consented", "check_effect": "effective", "suspend": "suspension",
}  # fmt: skip
BAD = ("return", "fail", "rework", False)
REASONS: Final = (
    "reason", "findings", "opinion", "consent_reason", "suspension_opinion", "interim_findings", "effect_findings",
)  # fmt: skip
CONTROL: Final = frozenset({"survey", "interim", "confirm_interim", "plan_major", "approve_plan"})
SENDERS: Final = {  # where several decisions lie side by side, who sends this one back
    "interim": frozenset({"confirm_interim"}),
    "plan_major": frozenset({"approve_plan"}),
    "fix": frozenset({"verify", "accept", "consent", "suspend", "check_effect"}),
}
ASIDE: Final = {"interim": CONTROL, "plan_major": CONTROL, "fix": frozenset({"supervise"})}
WORKED: Final = ("self_check", "fix", "plan_major", "plan", "file", "interim")


class Entered(Protocol):
    """A form as it was handed in at a node."""

    @property
    def node(self) -> str: ...
    @property
    def form(self) -> Mapping[str, Any]: ...


E = TypeVar("E", bound=Entered)


def sends_back(node: str, form: Mapping[str, Any]) -> bool:
    """Whether this form at this node returns the work or refuses what was asked."""
    return node in RETURNING and form.get(RETURNING[node]) in BAD


def sent_back(history: Sequence[E], node: str) -> E | None:
    """The decision for which this work is to be done again; `history` has the newest last.

    What goes on beside it, the supervision of a fix for one, does not hide the reason.
    """
    senders, aside = SENDERS.get(node, frozenset(RETURNING)), ASIDE.get(node, frozenset())
    for one in reversed(history if node in WORKED else ()):
        if one.node in senders:
            return one if sends_back(one.node, one.form) else None
        if one.node == node or one.node not in aside:
            return None
    return None


def reason_of(node: str, form: Mapping[str, Any]) -> str:
    """What was written when the work was sent back; nothing where it was not."""
    if not sends_back(node, form):
        return ""
    return next((str(form[name]) for name in REASONS if form.get(name)), "")
