"""Browser sessions: opened, used, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.people import NOW, add_account, add_district
from workflows.accounts import sessions
from workflows.accounts.models import Account, WebSession
from workflows.accounts.types import Role


@pytest.fixture
def account(session: Session) -> Account:
    return add_account(session, "hanli", add_district(session).town, Role.TOWN_OFFICER)


def test_an_open_session_names_its_account(session: Session, account: Account) -> None:
    secret = sessions.open_session(session, account_id=account.id, now=NOW)
    found = sessions.find_session(session, secret=secret, now=NOW + timedelta(minutes=29))
    assert found is not None
    assert found.account_id == account.id


def test_the_secret_itself_is_not_in_the_table(session: Session, account: Account) -> None:
    secret = sessions.open_session(session, account_id=account.id, now=NOW)
    assert secret not in session.scalars(select(WebSession.id_hash)).all()


def test_an_idle_session_is_over(session: Session, account: Account) -> None:
    secret = sessions.open_session(session, account_id=account.id, now=NOW)
    assert sessions.find_session(session, secret=secret, now=NOW + timedelta(minutes=30)) is None


def test_use_keeps_a_session_alive_but_not_beyond_twelve_hours(session: Session, account: Account) -> None:
    secret = sessions.open_session(session, account_id=account.id, now=NOW)
    for quarter in range(1, 48):
        now = NOW + timedelta(minutes=15 * quarter)
        assert sessions.find_session(session, secret=secret, now=now) is not None
        sessions.touch(session, secret=secret, now=now)
    assert sessions.find_session(session, secret=secret, now=NOW + timedelta(hours=12)) is None


def test_the_session_of_a_shut_account_is_over(session: Session, account: Account) -> None:
    secret = sessions.open_session(session, account_id=account.id, now=NOW)
    account.active = False
    assert sessions.find_session(session, secret=secret, now=NOW) is None


def test_signing_out_ends_this_browser_only(session: Session, account: Account) -> None:
    first, second = (sessions.open_session(session, account_id=account.id, now=NOW) for _ in range(2))
    sessions.close_session(session, secret=first)
    assert sessions.find_session(session, secret=first, now=NOW) is None
    assert sessions.find_session(session, secret=second, now=NOW) is not None


def test_dead_sessions_are_swept_when_somebody_signs_in(session: Session, account: Account) -> None:
    sessions.open_session(session, account_id=account.id, now=NOW)
    sessions.open_session(session, account_id=account.id, now=NOW + timedelta(hours=1))
    assert session.scalar(select(func.count()).select_from(WebSession)) == 1
