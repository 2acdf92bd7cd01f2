"""Attempts sent side by side are all counted; somebody is always left who can let people in."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.orm import sessionmaker

from tests.people import NOW, add_account, add_district
from workflows.accounts.exceptions import LastAdministrator
from workflows.accounts.models import Account
from workflows.accounts.people import Deed, change_roles
from workflows.accounts.service import settle
from workflows.accounts.types import Checked, Refusal, Role
from workflows.database import make_engine


def test_five_failures_at_once_lock_the_account(database_url: str) -> None:
    engine = make_engine(database_url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        account_id = add_account(session, "hanli", add_district(session).town, Role.TOWN_OFFICER).id

    def fail(_: int) -> Refusal | None:
        with sessions.begin() as session:
            return settle(session, Checked(account_id, matches=False), now=NOW, allow_sample=True).refusal

    with ThreadPoolExecutor(5) as pool:
        answers = sorted(filter(None, pool.map(fail, range(5), timeout=30)))
    assert answers == [Refusal.LOCKED, *[Refusal.WRONG] * 4]
    with sessions() as session:
        assert session.get_one(Account, account_id).locked_until is not None
    engine.dispose()


def test_of_two_administrators_who_step_back_at_once_one_stays(database_url: str) -> None:
    engine = make_engine(database_url)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        office = add_district(session).office
        both = [add_account(session, name, office, Role.ADMINISTRATOR).id for name in ("one", "two")]

    def step_back(account_id: int) -> bool:
        deed = Deed(f"account:{account_id}", NOW, NOW)
        try:
            with sessions.begin() as session:
                change_roles(session, account_id, [Role.LEADER], deed=deed, samples=False)
        except LastAdministrator:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(step_back, both, timeout=30)) == [False, True]
    with sessions() as session:
        assert [session.get_one(Account, one).held[0].role for one in both].count(Role.ADMINISTRATOR) == 1
    engine.dispose()


def test_a_sample_administrator_counts_only_where_samples_may_sign_in(database_url: str) -> None:
    engine = make_engine(database_url)
    with sessionmaker(engine)() as session:
        office = add_district(session).office
        real = add_account(session, "real", office, Role.ADMINISTRATOR)
        add_account(session, "sample", office, Role.ADMINISTRATOR, is_sample=True)
        deed = Deed(real.actor, NOW, NOW)
        with pytest.raises(LastAdministrator):
            change_roles(session, real.id, [Role.LEADER], deed=deed, samples=False)
        change_roles(session, real.id, [Role.LEADER], deed=deed, samples=True)
    engine.dispose()
