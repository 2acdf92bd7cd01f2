"""What an instance is about: an obligation, a duty, a hazard, an extension, a tip, a campaign or its launch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class SubjectKind(StrEnum):
    """Also the process keys and the first half of business keys."""

    CAMPAIGN = "campaign"
    OBLIGATION = "obligation"
    HAZARD = "hazard"
    EXTENSION = "extension"
    LAUNCH = "launch"
    UNIT_TASK = "unit_task"
    ENTERPRISE = "enterprise"  # notices only: no process is about an enterprise as a whole
    COSIGN = "cosign"
    FAILING_LIST = "failing_list"
    OBJECTION = "objection"
    ENFORCEMENT = "enforcement"
    SELF_EVALUATION = "self_evaluation"
    TIP = "tip"


@dataclass(frozen=True, slots=True)
class Subject:
    """`str(subject)` is the business key and the correlation key, e.g. `obligation:12`."""

    kind: SubjectKind
    id: int

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @classmethod
    def parse(cls, business_key: str) -> Subject:
        kind, _, number = business_key.partition(":")
        return cls(SubjectKind(kind), int(number))


def group_of(role: str, variables: Mapping[str, Any]) -> str:
    """The candidate group that `role` means for an instance with these variables, e.g. `17:principal`.

    `body` is the body of a duty, in the role in which it answers.
    """
    if role == "body":
        return f"{variables['body_id']}:{variables['body_role']}"
    home = {
        "safety_officer": "enterprise_id",
        "principal": "enterprise_id",
        "town_officer": "town_id",
        "department_officer": "department_id",
        "lead_officer": "office_id",
    }[role]
    return f"{variables[home]}:{role}"
