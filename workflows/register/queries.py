"""Read the register: the directory a file is read against, enterprises by filter."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.exceptions import NotFound
from workflows.organizations.queries import of_kind
from workflows.organizations.types import OrganizationKind
from workflows.register.cells import Directory
from workflows.register.models import Enterprise
from workflows.sight import Sight

PAGE = 50


def directory(session: Session) -> Directory:
    """Towns and departments by name, and the names that are registered."""
    registered = session.execute(select(Enterprise.name, Enterprise.uscc)).all()
    return Directory(
        towns={town.name: town.id for town in of_kind(session, OrganizationKind.TOWN)},
        departments={one.name: one.id for one in of_kind(session, OrganizationKind.DEPARTMENT)},
        registered={row.name: row.uscc for row in registered},
    )


def find(session: Session, enterprise_id: int, *, sight: Sight) -> Enterprise:
    """Raises NotFound for one that is not theirs to see."""
    found = session.scalar(
        select(Enterprise).where(
            Enterprise.id == enterprise_id, sight.of(Enterprise, enterprise_id=Enterprise.id)
        )
    )
    if found is None:
        raise NotFound(what="enterprise", id=enterprise_id)
    return found


def count(session: Session) -> int:
    """How many enterprises are registered, whatever their status."""
    return session.scalar(select(func.count()).select_from(Enterprise)) or 0


def search(
    session: Session, *, sight: Sight, text: str = "", town_id: int | None = None, offset: int = 0
) -> list[Enterprise]:
    """One page of enterprises in sight by name or credit code, one more than `PAGE` when there are further ones."""
    query = select(Enterprise).where(sight.of(Enterprise, enterprise_id=Enterprise.id))
    if text:
        query = query.where(
            Enterprise.name.contains(text, autoescape=True) | (Enterprise.uscc == text.upper())
        )
    if town_id is not None:
        query = query.where(Enterprise.town_id == town_id)
    return list(session.scalars(query.order_by(Enterprise.id).offset(offset).limit(PAGE + 1)))
