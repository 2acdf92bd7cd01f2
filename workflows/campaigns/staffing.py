"""Who does the officials' part of a campaign: per body the people of its role, who stands in, and what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts.models import Account, RoleAssignment
from workflows.accounts.rules import HOME
from workflows.accounts.types import Held, Role
from workflows.assignments.models import StandIn
from workflows.campaigns.previewing import Preview
from workflows.campaigns.workload import Load, load_of
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind

REVIEWING = (Role.TOWN_OFFICER, Role.DEPARTMENT_OFFICER)
ROLES = (*REVIEWING, Role.LEAD_OFFICER)
IN_TWOS = (Role.TOWN_OFFICER, Role.LEAD_OFFICER)  # a site check, an approval: somebody else has to do it


class Gap(StrEnum):
    """What is missing at a body."""

    NOBODY = "nobody"  # its work would wait for ever
    ALONE = "alone"  # what takes a second person cannot be finished
    OVER = "over"  # in some week more reviews than its people can do


@dataclass(frozen=True, slots=True)
class Reviewer:
    """One person of a body; `away` are the days on which somebody else does what is assigned to them."""

    account_id: int
    name: str
    away: tuple[Away, ...] = ()


@dataclass(frozen=True, slots=True)
class Away:
    """From one day to another, both included, a colleague stands in."""

    id: int
    from_on: date
    to_on: date
    stand_in: str


@dataclass(frozen=True, slots=True)
class Post:
    """One body and the role in which it takes part; the lead office has no load of reviews."""

    body: Organization
    role: Role
    people: tuple[Reviewer, ...]
    load: Load | None

    @property
    def group(self) -> str:
        """The candidate group of its people."""
        return Held(self.body.id, self.role).group

    @property
    def gap(self) -> Gap | None:
        """The gravest thing that is missing."""
        if not self.people:
            return Gap.NOBODY
        if len(self.people) == 1 and self.role in IN_TWOS:
            return Gap.ALONE
        return Gap.OVER if self.load and self.load.over else None


def posts(
    session: Session, found: Preview, *, office_id: int, per_reviewer: int, workdays: Mapping[date, int],
    first: date, last: date,
) -> list[Post]:  # fmt: skip
    """The lead office and every town and department with something to review; absences from `first` to `last`.

    `workdays` as for `load_of`.
    """
    bodies = _bodies(session, [office_id, *found.reviews])
    people = _people(session, [body.id for body in bodies], first, last)
    told = []
    for body in bodies:
        role = next(role for role in ROLES if HOME[role] is body.kind)
        here = people.get((body.id, role), ())
        load = _load(found, body, len(here), per_reviewer, workdays)
        told.append(Post(body, role, tuple(here), load))
    return told


def _load(
    found: Preview, body: Organization, reviewers: int, per_reviewer: int, workdays: Mapping[date, int]
) -> Load | None:
    reviews = found.reviews.get(body.id)
    if not reviews:
        return None
    return load_of(reviews, reviewers=reviewers, per_reviewer=per_reviewer, workdays=workdays)


def _bodies(session: Session, ids: Sequence[int]) -> list[Organization]:
    order = [OrganizationKind.TOWN, OrganizationKind.DEPARTMENT, OrganizationKind.DISTRICT_OFFICE]
    found = session.scalars(select(Organization).where(Organization.id.in_(ids)))
    return sorted(found, key=lambda one: (order.index(one.kind), one.id))


def _people(
    session: Session, ids: Sequence[int], first: date, last: date
) -> Mapping[tuple[int, Role], Sequence[Reviewer]]:
    """(body, role) -> its active people, by two statements."""
    held = RoleAssignment.organization_id, RoleAssignment.role
    query = select(*held, Account.id, Account.display_name).join(Account).order_by(Account.id)
    rows = session.execute(query.where(held[0].in_(ids), held[1].in_(ROLES), Account.active))
    away = _absences(session, ids, first, last)
    found: dict[tuple[int, Role], list[Reviewer]] = defaultdict(list)
    for body, role, account_id, name in rows:
        found[body, role].append(Reviewer(account_id, name, tuple(away.get((account_id, body, role), ()))))
    return found


def _absences(
    session: Session, ids: Sequence[int], first: date, last: date
) -> Mapping[tuple[int, int, Role], Sequence[Away]]:
    query = (
        select(StandIn, Account.display_name)
        .join(Account, Account.id == StandIn.stand_in_id)
        .where(StandIn.organization_id.in_(ids), StandIn.ended_at.is_(None))
        .where(StandIn.from_on <= last, StandIn.to_on >= first)
        .order_by(StandIn.from_on)
    )
    found: dict[tuple[int, int, Role], list[Away]] = defaultdict(list)
    for one, name in session.execute(query):
        found[one.absent_id, one.organization_id, one.role].append(Away(one.id, one.from_on, one.to_on, name))
    return found
