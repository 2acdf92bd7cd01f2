"""Which field of a decision sends work back, and what it says then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RETURNING = {
    "town_review": "town_decision", "department_review": "department_decision", "site_check": "site_result",
    "verify": "passed", "accept": "passed", "approve_plan": "approved", "sign": "signed", "decide": "granted",
    "check": "office_decision", "approve_launch": "approved", "confirm_interim": "interim_confirmed",
    "consent": "consented", "check_effect": "effective",
}  # fmt: skip
BAD = ("return", "fail", False)


def sends_back(node: str, form: Mapping[str, Any]) -> bool:
    """Whether this form at this node returns the work or refuses what was asked."""
    return node in RETURNING and form.get(RETURNING[node]) in BAD
