"""Load the sample district: invented offices, enterprises and people, all marked as samples."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.accounts.service import create_account, hash_password
from workflows.accounts.types import Held, Role
from workflows.organizations import district, queries
from workflows.organizations.service import create_tree
from workflows.organizations.types import OrganizationKind
from workflows.register import importing, service
from workflows.register.models import Enterprise
from workflows.register.queries import directory
from workflows.register.sample import sample_csv

ENTERPRISES = 40
PASSWORD = "Yangli-2025"  # noqa: S105 - shown on the sign-in page, and refused in production
ACTOR = "sample"


def load_district(session: Session, *, enterprises: int, seed: int, now: datetime) -> None:
    """Offices and a generated register, through the same importer as any file."""
    create_tree(session, district.load().tree)
    content = sample_csv(enterprises, seed=seed).encode("utf-8-sig")
    parsed = importing.read_register(content, directory(session))
    service.apply(session, parsed, now=now, actor=ACTOR, file_name="sample.csv", is_sample=True)


def load_people(session: Session, *, now: datetime) -> None:
    """Two people for every authority, a safety officer and a principal for every enterprise; one password."""
    hashed = hash_password(PASSWORD)

    def add(username: str, name: str, organization_id: int, *roles: Role) -> None:
        create_account(
            session, username=username, display_name=name, organization_id=organization_id, now=now,
            roles=[Held(organization_id, role) for role in roles], password_hash=hashed, is_sample=True,
        )  # fmt: skip

    office = queries.office_id(session)
    add("anban1", "样例安办甲", office, Role.LEAD_OFFICER)
    add("anban2", "样例安办乙", office, Role.LEAD_OFFICER)
    add("lingdao", "样例分管领导", office, Role.LEADER)
    add("admin", "样例管理员", office, Role.ADMINISTRATOR)
    for kind, role, prefix, word in (
        (OrganizationKind.DEPARTMENT, Role.DEPARTMENT_OFFICER, "bumen", "样例部门"),
        (OrganizationKind.TOWN, Role.TOWN_OFFICER, "zhen", "样例镇街"),
    ):
        for number, one in enumerate(queries.of_kind(session, kind), start=1):
            add(f"{prefix}{number}a", f"{word}{number}甲", one.id, role)
            add(f"{prefix}{number}b", f"{word}{number}乙", one.id, role)
    for number, firm in enumerate(session.scalars(select(Enterprise).order_by(Enterprise.id)), start=1):
        add(f"qiye{number}", f"样例安全员{number}", firm.id, Role.SAFETY_OFFICER)
        add(f"qiye{number}f", f"样例负责人{number}", firm.id, Role.PRINCIPAL)
