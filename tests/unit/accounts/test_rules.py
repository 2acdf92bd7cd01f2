"""Which passwords are good enough, when a lock ends, when a session does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from workflows.accounts import rules
from workflows.accounts.permissions import GRANTED, Permission, granted
from workflows.accounts.types import Held, Role

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("password", ["Abcdefg1", "abc-efg1", "ABCD-EFG1", "汉字abcD12"])
def test_eight_characters_of_three_classes_are_enough(password: str) -> None:
    assert rules.password_problem(password, username="zhou") is None


@pytest.mark.parametrize(
    ("password", "problem"),
    [
        ("Abcde1-", "password-short"),
        ("abcdefgh", "password-plain"),
        ("abcdefg1", "password-plain"),
        ("Zhoumin-1", "password-has-name"),
        ("Aa1" * 100, "password-long"),
    ],
)
def test_a_weak_password_is_named_by_the_rule_it_breaks(password: str, problem: str) -> None:
    assert rules.password_problem(password, username="zhoumin") == problem


def test_the_fifth_failure_locks_for_ten_minutes() -> None:
    assert rules.lock_after(4, now=NOW) is None
    assert rules.lock_after(5, now=NOW) == NOW + timedelta(minutes=10)


@pytest.mark.parametrize(
    ("age", "idle", "over"),
    [
        (timedelta(hours=1), timedelta(minutes=29, seconds=59), False),
        (timedelta(hours=1), timedelta(minutes=30), True),
        (timedelta(hours=11, minutes=59), timedelta(0), False),
        (timedelta(hours=12), timedelta(0), True),
    ],
)
def test_a_session_ends_after_thirty_idle_minutes_or_twelve_hours(
    age: timedelta, idle: timedelta, over: bool
) -> None:
    assert rules.session_over(created_at=NOW - age, last_seen_at=NOW - idle, now=NOW) is over


def test_every_role_is_given_its_permissions() -> None:
    assert set(GRANTED) == set(Role)


def test_several_roles_add_up() -> None:
    both = granted([Role.SAFETY_OFFICER, Role.TOWN_OFFICER])
    assert {Permission.ASK_EXTENSION, Permission.REVIEW} <= both


def test_no_enterprise_role_may_review_or_see_other_enterprises() -> None:
    firm = granted([Role.SAFETY_OFFICER, Role.PRINCIPAL])
    assert not firm & {
        Permission.REVIEW,
        Permission.SEE_ENTERPRISES,
        Permission.SEE_CAMPAIGNS,
        Permission.LAUNCH,
    }


def test_a_group_is_the_organisation_and_the_role() -> None:
    assert Held(17, Role.TOWN_OFFICER).group == "17:town_officer"
