"""Questions about accounts: who is listed on the sign-in page, who holds a role, how an actor is called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account, RoleAssignment
from workflows.accounts.types import Held, Role
from workflows.organizations.models import Organization

PREFIX = "account:"
_LISTED_ORDER = (
    Role.LEAD_OFFICER,
    Role.LEADER,
    Role.DEPARTMENT_OFFICER,
    Role.TOWN_OFFICER,
    Role.SAFETY_OFFICER,
    Role.PRINCIPAL,
    Role.ADMINISTRATOR,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A sample person as the sign-in page lists them."""

    username: str
    display_name: str
    role: Role
    organization_name: str


def sample_accounts(session: Session, *, per_role: int = 2) -> list[Listed]:
    """The first sample people of each role, authorities first: enough to play every part."""
    rank = func.row_number().over(
        partition_by=RoleAssignment.role, order_by=(RoleAssignment.organization_id, Account.id)
    )
    ranked = (
        select(Account.username, Account.display_name, RoleAssignment.role, Organization.name)
        .add_columns(rank.label("rank"))
        .join_from(Account, RoleAssignment, RoleAssignment.account_id == Account.id)
        .join(Organization, Organization.id == RoleAssignment.organization_id)
        .where(Account.is_sample, Account.active)
        .subquery()
    )
    rows = session.execute(select(ranked).where(ranked.c.rank <= per_role).order_by(ranked.c.rank)).all()
    return sorted((Listed(*row[:4]) for row in rows), key=lambda one: _LISTED_ORDER.index(one.role))


def count_sample_accounts(session: Session) -> int:
    """How many sample accounts lie in this database; production warns at start-up."""
    return session.scalar(select(func.count()).select_from(Account).where(Account.is_sample)) or 0


def holders(session: Session, held: Held) -> list[Account]:
    """The active people who hold a role in an organisation."""
    query = (
        select(Account)
        .join(RoleAssignment, RoleAssignment.account_id == Account.id)
        .where(
            RoleAssignment.organization_id == held.organization_id,
            RoleAssignment.role == held.role,
            Account.active,
        )
        .order_by(Account.id)
    )
    return list(session.scalars(query))


def homes_of(role: Role) -> Select[int]:
    """The organisations in which some active person holds a role."""
    query = select(RoleAssignment.organization_id).join(Account)
    return query.where(RoleAssignment.role == role, Account.active).distinct()


def account_id_of(actor: str) -> int | None:
    """The account of an actor, or of the candidate group that only one person is in; None for any other."""
    number = actor.removeprefix(PREFIX)
    return int(number) if actor.startswith(PREFIX) and number.isdigit() else None


def held_of(group: str) -> Held | None:
    """The role that a candidate group means; None for a group of one person."""
    home, _, role = group.partition(":")
    return Held(int(home), Role(role)) if home.isdigit() and role in [one.value for one in Role] else None


def names_of(session: Session, actors: Iterable[str | None]) -> Mapping[str, str]:
    """Display names of actors such as `account:17`; actors that are no accounts are left out."""
    ids = {int(actor.removeprefix(PREFIX)) for actor in actors if actor and actor.startswith(PREFIX)}
    if not ids:
        return {}
    rows = session.execute(select(Account.id, Account.display_name).where(Account.id.in_(ids)))
    return {f"{PREFIX}{id_}": name for id_, name in rows}


def organization_name(session: Session, organization_id: int) -> str:
    """What the organisation is called, for the header."""
    return session.get_one(Organization, organization_id).name


def organization_names(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Names of organisations by id."""
    rows = session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(list(ids))))
    return {row.id: row.name for row in rows}
