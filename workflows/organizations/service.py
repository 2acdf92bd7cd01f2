"""Create organisations, and take turns at what the whole district does one after the other."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.organizations.models import Organization
from workflows.organizations.types import OrganizationKind, OrganizationNode


def create_tree(session: Session, node: OrganizationNode, *, parent_id: int | None = None) -> Organization:
    """Create a node and everything below it. What is already there (by code) takes the name given here."""
    found = session.scalar(select(Organization).where(Organization.code == node.code))
    organization = found or Organization(code=node.code)
    organization.kind, organization.name, organization.parent_id = node.kind, node.name, parent_id
    organization.function = node.function
    session.add(organization)
    session.flush()
    for child in node.children:
        create_tree(session, child, parent_id=organization.id)
    return organization


def take_turn(session: Session) -> None:
    """Hold the lead office's row until the transaction ends: imports and launches see what the one before them
    stored. SQLite has one writer at a time anyway.
    """
    top = Organization.kind == OrganizationKind.DISTRICT_OFFICE
    session.execute(select(Organization.id).where(top).with_for_update(key_share=True))
