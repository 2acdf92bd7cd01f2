"""Pure rules of accounts: where a role belongs, which passwords are good enough, when a lock and a session end.

Figures: domain.md 6, defaults for 等保 level 2 (at least 8 characters of 3 classes in 4; 5 failures lock for
10 minutes; 30 minutes idle) and 12 hours at most, one working shift.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from workflows.accounts.types import Role
from workflows.organizations.types import OrganizationKind

MIN_LENGTH = 8
MIN_CLASSES = 3
MAX_LENGTH = 256  # argon2 reads it all; nobody needs more
MAX_FAILURES = 5
LOCK = timedelta(minutes=10)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
HOME: Mapping[Role, OrganizationKind] = {
    Role.SAFETY_OFFICER: OrganizationKind.ENTERPRISE,
    Role.PRINCIPAL: OrganizationKind.ENTERPRISE,
    Role.TOWN_OFFICER: OrganizationKind.TOWN,
    Role.DEPARTMENT_OFFICER: OrganizationKind.DEPARTMENT,
    Role.LEAD_OFFICER: OrganizationKind.DISTRICT_OFFICE,
    Role.LEADER: OrganizationKind.DISTRICT_OFFICE,
    Role.ADMINISTRATOR: OrganizationKind.DISTRICT_OFFICE,
}  # what a role does, it does for an organisation of this kind


def password_problem(password: str, *, username: str) -> str | None:
    """The stable code of what is wrong with a new password, or None."""
    if len(password) < MIN_LENGTH:
        return "password-short"
    if len(password) > MAX_LENGTH:
        return "password-long"
    if _classes(password) < MIN_CLASSES:
        return "password-plain"
    if username and username.casefold() in password.casefold():
        return "password-has-name"
    return None


def _classes(password: str) -> int:
    kinds = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    return sum(any(kind(letter) for letter in password) for kind in kinds)


def lock_after(failures: int, *, now: datetime) -> datetime | None:
    """Until when an account is locked after this many failures in a row."""
    return now + LOCK if failures >= MAX_FAILURES else None


def session_over(*, created_at: datetime, last_seen_at: datetime, now: datetime) -> bool:
    """Whether a session has idled too long or is simply too old."""
    return now - last_seen_at >= IDLE or now - created_at >= ABSOLUTE
