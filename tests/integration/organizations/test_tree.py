"""The tree of organisations: created, created again, found; on SQLite and PostgreSQL."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workflows.exceptions import NotFound
from workflows.organizations.models import Organization
from workflows.organizations.queries import office_id
from workflows.organizations.service import create_tree
from workflows.organizations.types import OrganizationKind, OrganizationNode

FIRM = OrganizationNode(OrganizationKind.ENTERPRISE, "firm", "样例企业")
TOWN = OrganizationNode(OrganizationKind.TOWN, "town", "样例镇", (FIRM,))
DEPARTMENT = OrganizationNode(OrganizationKind.DEPARTMENT, "department", "样例局")
TREE = OrganizationNode(OrganizationKind.DISTRICT_OFFICE, "office", "样例办", (DEPARTMENT, TOWN))


@pytest.fixture
def top(session: Session) -> Organization:
    return create_tree(session, TREE)


def test_creating_a_tree_again_renames_and_adds_nothing(session: Session, top: Organization) -> None:
    create_tree(session, OrganizationNode(TREE.kind, TREE.code, "样例新办", TREE.children))
    assert (session.scalar(select(func.count(Organization.id))), top.name) == (4, "样例新办")


def test_there_is_no_lead_office_before_a_district_is_loaded(session: Session) -> None:
    with pytest.raises(NotFound):
        office_id(session)


def test_the_lead_office_is_found(session: Session, top: Organization) -> None:
    assert office_id(session) == top.id
