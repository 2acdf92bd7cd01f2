"""Read organisations: by kind, by code, the lead office."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.exceptions import NotFound
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind


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


def search(session: Session, text: str, *, limit: int) -> list[Organization]:
    """Organisations by name or code, authorities before enterprises as they were created."""
    query = select(Organization)
    if text:
        query = query.where(
            Organization.name.contains(text, autoescape=True) | (Organization.code == text.upper())
        )
    return list(session.scalars(query.order_by(Organization.id).limit(limit)))
