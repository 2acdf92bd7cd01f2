"""What an administrator does with accounts: create, roles, shut off, reset. `now` is the machine's clock, for locks;
`at` business time, for the audit log."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from workflows.accounts import rules, sessions
from workflows.accounts.exceptions import LastAdministrator, OneselfRefused
from workflows.accounts.models import Account, RoleAssignment
from workflows.accounts.service import create_account, hash_password, locked
from workflows.accounts.types import Held, Role
from workflows.audit import service as audit
from workflows.exceptions import InvalidForm, NotFound
from workflows.forms import FieldProblem
from workflows.organizations.models import Organization

PAGE = 50
LONGEST_NAME = 64  # characters, of a user name and of a name
_LETTERS = "abcdefghijkmnpqrstuvwxyz"  # without those that look alike
_ALPHABET = _LETTERS + _LETTERS.upper().replace("O", "") + "23456789"


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows; an empty text restricts nothing."""

    text: str = ""
    inactive: bool = False
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does it, and when: `now` for locks, `at` for the audit log."""

    actor: str
    now: datetime
    at: datetime


def listed(session: Session, wanted: Filter) -> list[tuple[Account, Organization]]:
    """People by organisation and name, one more than `PAGE` when there are further ones."""
    query = select(Account, Organization).join(Organization, Organization.id == Account.organization_id)
    query = query.where(Account.active.is_(not wanted.inactive))
    if wanted.text:
        columns = (Account.username, Account.display_name, Organization.name)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    query = query.order_by(Organization.id, Account.id).offset(wanted.offset).limit(PAGE + 1)
    return [(account, home) for account, home in session.execute(query)]


def get(session: Session, account_id: int) -> tuple[Account, Organization]:
    """Raises NotFound."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound(what="account", id=account_id)
    return account, session.get_one(Organization, account.organization_id)


def roles_for(home: Organization) -> list[Role]:
    """The roles that an organisation of this kind has."""
    return [role for role, kind in rules.HOME.items() if kind is home.kind]


def new_password(username: str) -> str:
    """A password for the first sign-in, 23 characters, about 115 bits; it is shown once and kept nowhere."""
    while True:
        password = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(4))
        if rules.password_problem(password, username=username) is None:
            return password


def create(
    session: Session, *, username: str, display_name: str, home: Organization, roles: Collection[Role], deed: Deed
) -> tuple[Account, str]:  # fmt: skip
    """Add a person; returns the account and its first password.

    Raises InvalidForm for a name that is missing or too long and for roles of other organisations, UsernameTaken.
    """
    login, name = username.strip(), display_name.strip()
    problems = [*_of_name("display_name", name), *_of_name("username", login), *_of_roles(home, roles)]
    if problems:
        raise InvalidForm(problems=problems)
    password = new_password(login)
    account = create_account(
        session, username=login, display_name=name, organization_id=home.id, now=deed.now, password=password,
        roles=[Held(home.id, role) for role in sorted(roles)],
    )  # fmt: skip
    account.has_first_password = True
    _record(session, deed, "account.create", account, roles=sorted(roles), organization=home.name)
    return account, password


def change_roles(
    session: Session, account_id: int, roles: Collection[Role], *, deed: Deed, samples: bool
) -> Account:
    """Give a person exactly these roles in the own organisation; roles held elsewhere stay.

    `samples` says whether sample people may sign in, and so count as administrators.
    Raises NotFound, InvalidForm, LastAdministrator.
    """
    account, home = _held(session, account_id)
    if problems := _of_roles(home, roles):
        raise InvalidForm(problems=problems)
    before = {one.role for one in account.assignments if one.organization_id == home.id}
    if Role.ADMINISTRATOR in before - set(roles):
        _leaves_an_administrator(session, account, samples=samples)
    kept = [one for one in account.assignments if one.organization_id != home.id or one.role in roles]
    added = [RoleAssignment(organization_id=home.id, role=role) for role in sorted(set(roles) - before)]
    account.assignments = kept + added
    session.flush()
    if before != set(roles):
        _record(session, deed, "account.roles", account, before=sorted(before), after=sorted(roles))
    return account


def set_active(session: Session, account_id: int, active: bool, *, deed: Deed, samples: bool) -> Account:
    """Let somebody in or not; who is shut off is signed out at once.

    Raises NotFound, OneselfRefused, LastAdministrator.
    """
    account, _ = _held(session, account_id)
    if account.active is active:
        return account
    if not active:
        if account.actor == deed.actor:
            raise OneselfRefused
        _leaves_an_administrator(session, account, samples=samples)
        sessions.close_all(session, account_id=account.id)
    account.active = active
    session.flush()
    _record(session, deed, "account.activate" if active else "account.deactivate", account)
    return account


def reset_password(session: Session, account_id: int, *, deed: Deed) -> tuple[Account, str]:
    """A new first password; whoever is signed in with the old one is signed out, and a lock is lifted."""
    account, _ = _held(session, account_id)
    password = new_password(account.username)
    account.password_hash, account.has_first_password = hash_password(password), True
    account.failed, account.locked_until = 0, None
    sessions.close_all(session, account_id=account.id)
    session.flush()
    _record(session, deed, "account.reset-password", account)
    return account, password


def unlock(session: Session, account_id: int, *, deed: Deed) -> Account:
    """End a lock that wrong passwords brought, before its time."""
    account, _ = _held(session, account_id)
    account.failed, account.locked_until = 0, None
    session.flush()
    _record(session, deed, "account.unlock", account)
    return account


def _held(session: Session, account_id: int) -> tuple[Account, Organization]:
    """The account, locked; every administrator before it, in one order, so that two who step back at once wait."""
    administrators = select(Account.id).where(
        Account.assignments.any(RoleAssignment.role == Role.ADMINISTRATOR)
    )
    session.execute(administrators.order_by(Account.id).with_for_update(of=Account))
    account = locked(session, account_id)
    if account is None:
        raise NotFound(what="account", id=account_id)
    return account, session.get_one(Organization, account.organization_id)


def _leaves_an_administrator(session: Session, account: Account, *, samples: bool) -> None:
    if all(one.role is not Role.ADMINISTRATOR for one in account.assignments) or not account.active:
        return
    others = select(Account.id).where(
        Account.id != account.id, Account.active,
        Account.assignments.any(RoleAssignment.role == Role.ADMINISTRATOR),
    )  # fmt: skip
    if not samples:
        others = others.where(Account.is_sample.is_(False))
    if session.scalar(others.limit(1)) is None:
        raise LastAdministrator


def _of_name(field: str, value: str) -> list[FieldProblem]:
    if not value:
        return [FieldProblem(field, "required")]
    return [FieldProblem(field, "maxLength", {"limit": LONGEST_NAME})] if len(value) > LONGEST_NAME else []


def _of_roles(home: Organization, roles: Collection[Role]) -> Sequence[FieldProblem]:
    if not roles:
        return [FieldProblem("roles", "required")]
    return [] if set(roles) <= set(roles_for(home)) else [FieldProblem("roles", "enum")]


def _record(session: Session, deed: Deed, action: str, account: Account, **detail: object) -> None:
    told = {"username": account.username, **detail}
    audit.record(
        session, at=deed.at, actor=deed.actor, action=action, subject=f"account:{account.id}", detail=told
    )
