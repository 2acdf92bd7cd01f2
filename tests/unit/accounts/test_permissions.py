"""What each role may do, from the README's table of who does what, and where each role is at home."""

from __future__ import annotations

import pytest

from workflows.accounts.permissions import GRANTED, Permission, granted
from workflows.accounts.rules import HOME
from workflows.accounts.types import Role
from workflows.organizations.types import OrganizationKind

ENTERPRISE = {Role.SAFETY_OFFICER, Role.PRINCIPAL}


def who_may(permission: Permission) -> set[Role]:
    return {role for role in Role if permission in GRANTED[role]}


@pytest.mark.parametrize(
    ("permission", "roles"),
    [
        (Permission.LAUNCH, {Role.LEAD_OFFICER}),
        (Permission.ASK_EXTENSION, ENTERPRISE),
        (Permission.DECIDE_EXTENSION, {Role.DEPARTMENT_OFFICER, Role.LEAD_OFFICER}),
        (Permission.MANAGE_PEOPLE, {Role.ADMINISTRATOR}),
        (Permission.READ_AUDIT, {Role.ADMINISTRATOR}),
        (Permission.RETRY_INCIDENTS, {Role.ADMINISTRATOR}),
        (Permission.REMIND, {Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER, Role.LEAD_OFFICER}),
        (Permission.WORK, set(Role)),
    ],
)
def test_a_permission_belongs_to_its_roles(permission: Permission, roles: set[Role]) -> None:
    assert who_may(permission) == roles


def test_an_enterprise_sees_no_authoritys_page() -> None:
    seen = granted(ENTERPRISE)
    pages = {Permission.SEE_CAMPAIGNS, Permission.SEE_OVERDUE, Permission.SEE_ENTERPRISES, Permission.REVIEW}
    assert seen & pages == set()


def test_a_leader_reads_and_changes_nothing() -> None:
    changes = {
        Permission.LAUNCH, Permission.REMIND, Permission.REVIEW, Permission.DECIDE_EXTENSION,
        Permission.IMPORT_REGISTER, Permission.MANAGE_PEOPLE, Permission.MANAGE_CALENDAR,
    }  # fmt: skip
    assert GRANTED[Role.LEADER] & changes == set()


def test_every_permission_belongs_to_somebody() -> None:
    assert [permission for permission in Permission if not who_may(permission)] == []


def test_two_roles_may_what_either_may() -> None:
    both = granted([Role.PRINCIPAL, Role.LEADER])
    assert both == GRANTED[Role.PRINCIPAL] | GRANTED[Role.LEADER]


def test_without_a_role_nothing_is_allowed() -> None:
    assert granted([]) == frozenset()


def test_every_role_is_at_home_somewhere() -> None:
    assert set(HOME) == set(Role)
    assert set(HOME.values()) == set(OrganizationKind)
