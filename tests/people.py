"""Organisations and accounts for tests of sign-in, pages and evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from sqlalchemy.orm import Session

from workflows.accounts.models import Account
from workflows.accounts.service import create_account, hash_password
from workflows.accounts.types import Held, Role
from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind
from workflows.register import grams
from workflows.register.models import Enterprise
from workflows.register.types import Industry

PASSWORD = "Right-horse-1"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class District:
    """The ids of a district of two towns with an enterprise each, and of its departments."""

    office: int
    bureau: int
    other_bureau: int
    town: int
    other_town: int
    firm: int
    other_firm: int


@cache
def password_hash() -> str:
    """argon2 is slow on purpose; one hash serves all tests."""
    return hash_password(PASSWORD)


def add_district(session: Session) -> District:
    """Two firms: `firm` in `town` under `bureau`, `other_firm` in `other_town` under `other_bureau`."""
    office = _organization(session, OrganizationKind.DISTRICT_OFFICE, "区安委办", None)
    bureaus = [
        _organization(session, OrganizationKind.DEPARTMENT, name, office) for name in ("应急局", "住建局")
    ]
    towns = [_organization(session, OrganizationKind.TOWN, name, office) for name in ("柳泉镇", "东湾镇")]
    firms = [
        _enterprise(session, name, town, bureau)
        for name, town, bureau in zip(("宏岳铸造", "云麓食品"), towns, bureaus, strict=True)
    ]
    return District(office, *bureaus, *towns, *firms)


def add_account(
    session: Session,
    username: str,
    organization_id: int,
    *roles: Role,
    is_sample: bool = False,
    also: tuple[Held, ...] = (),
) -> Account:
    """A person with these roles in the organisation, and `also` elsewhere; the password is PASSWORD."""
    held = [*(Held(organization_id, role) for role in roles), *also]
    return create_account(
        session,
        username=username,
        display_name=username.title(),
        organization_id=organization_id,
        roles=held,
        now=NOW,
        password_hash=password_hash(),
        is_sample=is_sample,
    )


def _organization(session: Session, kind: OrganizationKind, name: str, parent: int | None) -> int:
    row = Organization(kind=kind, name=name, code=name, parent_id=parent)
    session.add(row)
    session.flush()
    return row.id


def _enterprise(session: Session, name: str, town: int, bureau: int) -> int:
    id_ = _organization(session, OrganizationKind.ENTERPRISE, name, town)
    session.add(
        Enterprise(
            id=id_, uscc=f"USCC{id_:014d}", name=name, town_id=town, department_id=bureau,
            industry=next(iter(Industry)), flags={}, updated_at=NOW,
        )
    )  # fmt: skip
    session.flush()
    grams.refresh(session, [id_])
    return id_
