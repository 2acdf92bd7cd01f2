"""The words of accounts: roles, and who a signed-in person is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from workflows.i18n import N_
from workflows.labelled import LabelledEnum


class Role(LabelledEnum):
    """What a person does for an organisation; a person may hold several, in several organisations."""

    SAFETY_OFFICER = "safety_officer", N_("安全员")
    PRINCIPAL = "principal", N_("主要负责人")
    TOWN_OFFICER = "town_officer", N_("镇街审核员")
    DEPARTMENT_OFFICER = "department_officer", N_("部门审核员")
    LEAD_OFFICER = "lead_officer", N_("区安委办")
    LEADER = "leader", N_("领导")
    ADMINISTRATOR = "administrator", N_("系统管理员")


class Refusal(StrEnum):
    """Why a sign-in failed. A wrong name and a wrong password are the same answer."""

    WRONG = "sign-in-wrong"
    LOCKED = "sign-in-locked"
    INACTIVE = "sign-in-inactive"
    SAMPLE = "sign-in-sample"


@dataclass(frozen=True, slots=True)
class Held:
    """One role held in one organisation."""

    organization_id: int
    role: Role

    @property
    def group(self) -> str:
        """The candidate group the engine knows: `17:town_officer`."""
        return f"{self.organization_id}:{self.role}"

    @classmethod
    def parse(cls, group: str) -> Held:
        """The other way round. Raises ValueError for what is no candidate group."""
        number, _, role = group.partition(":")
        return cls(int(number), Role(role))


@dataclass(frozen=True, slots=True)
class Checked:
    """What comparing a password found; `renewed` is its hash with today's parameters, when they were raised."""

    account_id: int | None
    matches: bool
    renewed: str | None = None


@dataclass(frozen=True, slots=True)
class SignIn:
    """What an attempt to sign in came to: an account, or a refusal (with the end of a lock)."""

    account_id: int | None
    refusal: Refusal | None = None
    locked_until: datetime | None = None

    @property
    def accepted(self) -> bool:
        return self.account_id is not None
