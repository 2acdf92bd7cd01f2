"""Accounts, the roles they hold, and the sessions of their browsers."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models import Base, UtcDateTime
from workflows.accounts.types import Held, Role
from workflows.columns import enum_type


class Account(Base):
    """A person who may sign in. `organization_id` is where the person works; roles may reach further.

    `has_first_password` while the password is one that somebody else has seen: it opens nothing but its change.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    display_name: Mapped[str] = mapped_column(String(64))
    password_hash: Mapped[str] = mapped_column(String(255))
    has_first_password: Mapped[bool] = mapped_column(default=False, server_default=false())
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"), index=True)
    phone: Mapped[str] = mapped_column(String(32), default="")
    language: Mapped[str] = mapped_column(String(8), default="zh_CN")
    is_sample: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    failed: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    assignments: Mapped[list[RoleAssignment]] = relationship(
        back_populates="account", lazy="selectin", order_by="RoleAssignment.id", cascade="all, delete-orphan"
    )

    @property
    def held(self) -> list[Held]:
        """The roles, each with the organisation it is held in."""
        return [Held(one.organization_id, one.role) for one in self.assignments]

    @property
    def groups(self) -> list[str]:
        """The candidate groups of this person; the last is theirs alone."""
        return [*(held.group for held in self.held), self.actor]

    @property
    def actor(self) -> str:
        """How the engine and the audit log name this person."""
        return f"account:{self.id}"


class RoleAssignment(Base):
    """One role of one person in one organisation."""

    __tablename__ = "role_assignment"
    __table_args__ = (
        UniqueConstraint("account_id", "organization_id", "role"),
        Index(None, "organization_id", "role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    organization_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    role: Mapped[Role] = mapped_column(enum_type(Role))
    account: Mapped[Account] = relationship(back_populates="assignments")


class WebSession(Base):
    """One signed-in browser. Only the sha256 of its secret is kept: a stolen table opens nothing."""

    __tablename__ = "web_session"

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account: Mapped[Account] = relationship(lazy="joined")
