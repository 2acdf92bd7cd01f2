"""Creating accounts and checking passwords. `now` is the machine's clock here, never business time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from pwdlib import PasswordHash
from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts import rules
from workflows.accounts.exceptions import PasswordWrong, UsernameTaken, WeakPassword
from workflows.accounts.models import Account, RoleAssignment
from workflows.accounts.types import Checked, Held, Refusal, SignIn

_hasher = PasswordHash.recommended()


def hash_password(password: str) -> str:
    """An argon2id hash, about 0.4 s of work; sample accounts that share a password may share the hash."""
    return _hasher.hash(password)


def create_account(
    session: Session,
    *,
    username: str,
    display_name: str,
    organization_id: int,
    roles: Sequence[Held],
    now: datetime,
    password: str = "",
    password_hash: str = "",
    phone: str = "",
    is_sample: bool = False,
) -> Account:
    """Add a person. Give `password` (checked) or, for sample data in bulk, a `password_hash` made once.

    Raises WeakPassword or UsernameTaken.
    """
    name = username.strip()
    if session.scalar(select(Account.id).where(Account.username == name)) is not None:
        raise UsernameTaken(username=name)
    account = Account(
        username=name,
        display_name=display_name,
        organization_id=organization_id,
        password_hash=password_hash or checked_hash(password, name),
        phone=phone,
        is_sample=is_sample,
        created_at=now,
        assignments=[RoleAssignment(organization_id=one.organization_id, role=one.role) for one in roles],
    )
    session.add(account)
    session.flush()
    return account


def check_password(session: Session, *, username: str, password: str) -> Checked:
    """Compare a password, which takes argon2 a while: do it in a session that only reads, then `settle`.

    An unknown name costs the same time as a wrong password, so that the answer betrays nothing.
    """
    account = session.scalar(select(Account).where(Account.username == username.strip()))
    stored = account.password_hash if account is not None else _nobody()
    matches, renewed = _hasher.verify_and_update(password[: rules.MAX_LENGTH + 1], stored)
    if account is None:
        return Checked(None, matches=False)
    return Checked(account.id, matches=matches, renewed=renewed if matches else None)


def settle(session: Session, checked: Checked, *, now: datetime, allow_sample: bool) -> SignIn:
    """Lock the account, count what the check found, and say whether the person is in.

    Commit afterwards whatever comes out. An account that other attempts locked meanwhile stays locked, even
    for the right password: attempts sent side by side gain nothing.
    """
    account = locked(session, checked.account_id)
    if account is None:
        return SignIn(None, Refusal.WRONG)
    if account.locked_until is not None and account.locked_until > now:
        return SignIn(None, Refusal.LOCKED, account.locked_until)
    if not checked.matches:
        return _count_failure(session, account, now)
    if checked.renewed:  # the parameters of argon2 were raised since
        account.password_hash = checked.renewed
    return _admit(session, account, allow_sample=allow_sample)


def change_password(session: Session, checked: Checked, *, new_hash: str, now: datetime) -> Account:
    """Take over a new password of which `checked_hash` approved, when the old one was right; a wrong one counts as an
    attempt to sign in.

    Commit what this leaves even when it raises PasswordWrong.
    """
    outcome = settle(session, checked, now=now, allow_sample=True)
    if outcome.account_id is None:
        raise PasswordWrong(locked_until=outcome.locked_until)
    account = session.get_one(Account, outcome.account_id)
    account.password_hash, account.has_first_password = new_hash, False
    session.flush()
    return account


def locked(session: Session, account_id: int | None) -> Account | None:
    """The account as it is now; it stays locked until the transaction ends."""
    if account_id is None:
        return None
    query = select(Account).where(Account.id == account_id).with_for_update(of=Account)
    return session.scalar(query.execution_options(populate_existing=True))


def checked_hash(password: str, username: str) -> str:
    """The hash of a new password. Raises WeakPassword."""
    if problem := rules.password_problem(password, username=username):
        raise WeakPassword(problem=problem)
    return hash_password(password)


@cache
def _nobody() -> str:
    return hash_password("no account has this password")


def _count_failure(session: Session, account: Account, now: datetime) -> SignIn:
    account.failed += 1
    account.locked_until = rules.lock_after(account.failed, now=now)
    if account.locked_until is not None:
        account.failed = 0  # after the lock there are five attempts again
    session.flush()
    if account.locked_until is not None:
        return SignIn(None, Refusal.LOCKED, account.locked_until)
    return SignIn(None, Refusal.WRONG)


def _admit(session: Session, account: Account, *, allow_sample: bool) -> SignIn:
    """The password is right; only now may the answer say more than "wrong"."""
    if not account.active:
        return SignIn(None, Refusal.INACTIVE)
    if account.is_sample and not allow_sample:
        return SignIn(None, Refusal.SAMPLE)
    account.failed, account.locked_until = 0, None
    session.flush()
    return SignIn(account.id)
