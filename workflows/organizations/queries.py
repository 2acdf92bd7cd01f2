"""Read the tree of organisations: children, everything below, the way up."""

from __future__ import annotations

from sqlalchemy import Select, literal, select
from sqlalchemy.orm import Session

from workflows.exceptions import NotFound
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind


def children(
    session: Session, organization_id: int, *, kind: OrganizationKind | None = None
) -> list[Organization]:
    """The organisations directly below one, in the order they were created."""
    query = select(Organization).where(Organization.parent_id == organization_id)
    if kind is not None:
        query = query.where(Organization.kind == kind)
    return list(session.scalars(query.order_by(Organization.id)))


def of_kind(session: Session, kind: OrganizationKind) -> list[Organization]:
    """Every organisation of one kind, in the order they were created."""
    return list(
        session.scalars(select(Organization).where(Organization.kind == kind).order_by(Organization.id))
    )


def office(session: Session) -> Organization | None:
    """The district's lead office, if there is one yet."""
    return next(iter(of_kind(session, OrganizationKind.DISTRICT_OFFICE)), None)


def office_id(session: Session) -> int:
    """The id of the lead office. Raises NotFound before a district is loaded."""
    found = office(session)
    if found is None:
        raise NotFound(kind=OrganizationKind.DISTRICT_OFFICE)
    return found.id


def by_code(session: Session, code: str) -> Organization | None:
    return session.scalar(select(Organization).where(Organization.code == code))


def descendant_ids(organization_id: int) -> Select[tuple[int]]:
    """A query of the ids of an organisation and of everything below it, for use in `IN (...)`."""
    below = select(literal(organization_id).label("id")).cte("below", recursive=True)
    below = below.union_all(select(Organization.id).join(below, Organization.parent_id == below.c.id))
    return select(below.c.id)


def descendants(session: Session, organization_id: int) -> list[Organization]:
    """Everything below an organisation, without itself."""
    ids = descendant_ids(organization_id)
    query = select(Organization).where(Organization.id.in_(ids), Organization.id != organization_id)
    return list(session.scalars(query.order_by(Organization.id)))


def path(session: Session, organization_id: int) -> list[Organization]:
    """The way from the top of the tree down to an organisation, itself included."""
    way: list[Organization] = []
    current = session.get(Organization, organization_id)
    while current is not None:
        way.insert(0, current)
        current = session.get(Organization, current.parent_id) if current.parent_id else None
    return way
