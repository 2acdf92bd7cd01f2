"""Read the register: the directory a file is read against, enterprises by filter."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from workflows.accounts.queries import homes_of
from workflows.accounts.types import Role
from workflows.exceptions import NotFound
from workflows.organizations.queries import of_kind
from workflows.organizations.types import OrganizationKind
from workflows.register import grams
from workflows.register.cells import Directory, tidy
from workflows.register.layouts import Mappings
from workflows.register.models import (
    Contact,
    Enterprise,
    Licence,
    RegisterChange,
    RegisterImport,
    RegisterMapping,
)
from workflows.register.types import EnterpriseStatus
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


def mappings(session: Session) -> Mappings:
    """What people said columns mean: signature of a header set -> header -> field."""
    return {one.signature: one.columns for one in session.scalars(select(RegisterMapping))}


def imports(session: Session, *, limit: int = 20) -> list[RegisterImport]:
    """The newest imports, without their rows."""
    return list(session.scalars(select(RegisterImport).order_by(RegisterImport.id.desc()).limit(limit)))


def import_by_id(session: Session, import_id: int) -> RegisterImport:
    """Raises NotFound."""
    found = session.get(RegisterImport, import_id)
    if found is None:
        raise NotFound(what="import", id=import_id)
    return found


def licences(session: Session, enterprise_id: int) -> list[Licence]:
    """What it holds; what ends first, first."""
    query = select(Licence).where(Licence.enterprise_id == enterprise_id)
    return list(session.scalars(query.order_by(Licence.expires_on.is_(None), Licence.expires_on, Licence.id)))


def contacts(session: Session, enterprise_id: int) -> list[Contact]:
    return list(
        session.scalars(select(Contact).where(Contact.enterprise_id == enterprise_id).order_by(Contact.id))
    )


def changes(session: Session, enterprise_id: int, *, limit: int = 50) -> list[RegisterChange]:
    """The newest changes of its file."""
    query = select(RegisterChange).where(RegisterChange.enterprise_id == enterprise_id)
    return list(session.scalars(query.order_by(RegisterChange.id.desc()).limit(limit)))


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
    session: Session,
    *,
    sight: Sight,
    text: str = "",
    town_id: int | None = None,
    without_account: bool = False,
    offset: int = 0,
) -> list[Enterprise]:
    """One page of enterprises in sight, one more than `PAGE` when there are further ones.

    `text` is words of the name or short name, or the beginning of the credit code.
    """
    query = select(Enterprise).where(
        sight.of(Enterprise, enterprise_id=Enterprise.id), *grams.matching(tidy(text))
    )
    if town_id is not None:
        query = query.where(Enterprise.town_id == town_id)
    if without_account:
        query = query.where(Enterprise.status == EnterpriseStatus.OPERATING, lacks_account())
    return list(session.scalars(query.order_by(Enterprise.id).offset(offset).limit(PAGE + 1)))


def lacks_account() -> ColumnElement[bool]:
    """An enterprise with nobody to check, or nobody to sign."""
    unstaffed = (Enterprise.id.not_in(homes_of(role)) for role in (Role.SAFETY_OFFICER, Role.PRINCIPAL))
    return or_(*unstaffed)
