"""Attempts sent side by side are all counted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.orm import sessionmaker

from tests.people import NOW, add_account, add_district
from workflows.accounts.models import Account
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
