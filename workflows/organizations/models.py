"""The table of organisations."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base
from workflows.columns import enum_type
from workflows.organizations.types import OrganizationFunction, OrganizationKind


class Organization(Base):
    """A node of the tree. `code` identifies it in files: an enterprise's is its credit code."""

    __tablename__ = "organization"
    __table_args__ = (
        CheckConstraint("parent_id <> id", name="own_parent"),
        Index("ix_organization_parent", "parent_id", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[OrganizationKind] = mapped_column(enum_type(OrganizationKind))
    name: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(40), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("organization.id"))
    function: Mapped[OrganizationFunction | None] = mapped_column(enum_type(OrganizationFunction))
