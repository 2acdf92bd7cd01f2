"""Tables of the register: enterprises and the imports they came from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base, UtcDateTime
from workflows.columns import enum_type
from workflows.register.types import EnterpriseFacts, EnterpriseStatus, Flag, Industry, RiskLevel


class Enterprise(Base):
    """One enterprise, which is also an organisation. None, or a flag that is missing, means unknown."""

    __tablename__ = "enterprise"
    __table_args__ = (
        Index("ix_enterprise_town", "town_id"),
        Index("ix_enterprise_department", "department_id"),
    )

    id: Mapped[int] = mapped_column(ForeignKey("organization.id"), primary_key=True, autoincrement=False)
    uscc: Mapped[str] = mapped_column(String(18), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str | None] = mapped_column(String(200))
    town_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    department_id: Mapped[int] = mapped_column(ForeignKey("organization.id"))
    industry: Mapped[Industry] = mapped_column(enum_type(Industry))
    employees: Mapped[int | None]
    above_scale: Mapped[bool | None]
    state_owned: Mapped[bool | None]
    risk_level: Mapped[RiskLevel | None] = mapped_column(enum_type(RiskLevel))
    flags: Mapped[dict[str, bool | None]] = mapped_column(JSON, default=dict)
    address: Mapped[str | None] = mapped_column(String(200))
    principal_name: Mapped[str | None] = mapped_column(String(200))
    safety_officer_name: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[EnterpriseStatus] = mapped_column(
        enum_type(EnterpriseStatus), default=EnterpriseStatus.OPERATING
    )
    is_sample: Mapped[bool] = mapped_column(default=False)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def facts(self) -> EnterpriseFacts:
        """What decides which checklist items apply."""
        return EnterpriseFacts(
            industry=self.industry,
            employees=self.employees,
            above_scale=self.above_scale,
            state_owned=self.state_owned,
            risk_level=self.risk_level,
            flags={flag: self.flags.get(flag) for flag in Flag},
        )


class RegisterImport(Base):
    """One file that was applied to the register; `rejected` keeps the refused rows as they were written."""

    __tablename__ = "register_import"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    file_name: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    inserted: Mapped[int]
    updated: Mapped[int]
    unchanged: Mapped[int]
    rejected: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
