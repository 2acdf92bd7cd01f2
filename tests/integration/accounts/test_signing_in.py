"""Names, passwords and locks, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests.people import NOW, PASSWORD, add_account, add_district
from workflows.accounts import service
from workflows.accounts.exceptions import UsernameTaken, WeakPassword
from workflows.accounts.models import Account
from workflows.accounts.types import Held, Refusal, Role, SignIn


@pytest.fixture
def account(session: Session) -> Account:
    district = add_district(session)
    return add_account(session, "zhoumin", district.firm, Role.SAFETY_OFFICER)


def attempt(
    session: Session,
    name: str = "zhoumin",
    password: str = PASSWORD,
    *,
    minutes: float = 0,
    sample: bool = True,
) -> SignIn:
    checked = service.check_password(session, username=name, password=password)
    return service.settle(session, checked, now=NOW + timedelta(minutes=minutes), allow_sample=sample)


def test_the_right_password_lets_in(session: Session, account: Account) -> None:
    assert attempt(session).account_id == account.id


def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(session: Session, account: Account) -> None:
    assert (
        attempt(session, password="wrong") == attempt(session, name="nobody") == SignIn(None, Refusal.WRONG)
    )


def test_the_fifth_failure_locks_even_the_right_password_out(session: Session, account: Account) -> None:
    answers = [attempt(session, password="wrong").refusal for _ in range(5)]
    assert answers == [Refusal.WRONG] * 4 + [Refusal.LOCKED]
    locked = attempt(session, minutes=9.9)
    assert (locked.refusal, locked.locked_until) == (Refusal.LOCKED, NOW + timedelta(minutes=10))


def test_after_ten_minutes_the_lock_is_over(session: Session, account: Account) -> None:
    for _ in range(5):
        attempt(session, password="wrong")
    assert attempt(session, minutes=10).accepted


def test_success_forgets_earlier_failures(session: Session, account: Account) -> None:
    for _ in range(4):
        attempt(session, password="wrong")
    attempt(session)
    assert attempt(session, password="wrong").refusal is Refusal.WRONG


def test_a_check_that_was_right_does_not_beat_a_lock_set_meanwhile(
    session: Session, account: Account
) -> None:
    checked = service.check_password(session, username="zhoumin", password=PASSWORD)
    for _ in range(5):
        attempt(session, password="wrong")
    assert service.settle(session, checked, now=NOW, allow_sample=True).refusal is Refusal.LOCKED


def test_a_shut_account_is_refused_with_the_right_password_only(session: Session, account: Account) -> None:
    account.active = False
    assert attempt(session).refusal is Refusal.INACTIVE
    assert attempt(session, password="wrong").refusal is Refusal.WRONG


def test_production_refuses_a_sample_account(session: Session) -> None:
    district = add_district(session)
    add_account(session, "sample", district.town, Role.TOWN_OFFICER, is_sample=True)
    assert attempt(session, "sample", sample=False).refusal is Refusal.SAMPLE
    assert attempt(session, "sample", sample=True).accepted


def test_a_weak_password_is_refused_at_creation(session: Session) -> None:
    district = add_district(session)
    with pytest.raises(WeakPassword) as refused:
        service.create_account(
            session, username="new", display_name="新人", organization_id=district.town, roles=[], now=NOW,
            password="12345678",
        )  # fmt: skip
    assert refused.value.data == {"problem": "password-plain"}


def test_a_user_name_belongs_to_one_person(session: Session, account: Account) -> None:
    with pytest.raises(UsernameTaken):
        add_account(session, "zhoumin", account.organization_id)


def test_a_person_may_hold_roles_in_several_organisations(session: Session) -> None:
    district = add_district(session)
    person = add_account(
        session,
        "both",
        district.town,
        Role.TOWN_OFFICER,
        also=(Held(district.other_town, Role.TOWN_OFFICER),),
    )
    assert [held.group for held in person.held] == [
        f"{district.town}:town_officer",
        f"{district.other_town}:town_officer",
    ]
