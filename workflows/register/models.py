"""Tables of the register: enterprises, what is kept of each, and the imports they came from."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.models import Base, UtcDateTime
from workflows.columns import enum_type
from workflows.register.types import (
    ContactRole,
    EnterpriseFacts,
    EnterpriseStatus,
    Flag,
    ImportStatus,
    Industry,
    LicenceKind,
    RiskLevel,
)
from workflows.safetystaff.rules import FACTS, FIRST_ASKED
from workflows.safetystaff.types import Staff, StaffState

NOT_JUDGED = ",".join(FIRST_ASKED)


class Enterprise(Base):
    """One enterprise, which is also an organisation. None, or a flag that is missing, means unknown.

    `staff_state` and `staff_open` (names of unknown facts, with commas) are what `judging` made of the rest, kept so
    that lists and counts read an index.
    """

    __tablename__ = "enterprise"
    __table_args__ = (
        Index("ix_enterprise_town", "town_id"),
        Index("ix_enterprise_department", "department_id"),
        Index("ix_enterprise_staff_town", "status", "staff_state", "town_id", "id", "industry"),
        Index(
            "ix_enterprise_staff_department",
            "status",
            "staff_state",
            "department_id",
            "town_id",
            "id",
            "industry",
        ),
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
    has_safety_department: Mapped[bool | None]
    full_time_officers: Mapped[int | None]
    part_time_officers: Mapped[int | None]
    commissioned_agency: Mapped[bool | None]
    registered_engineers: Mapped[int | None]
    national_rule: Mapped[bool | None]
    staff_state: Mapped[StaffState] = mapped_column(
        enum_type(StaffState), default=StaffState.UNKNOWN, server_default=StaffState.UNKNOWN.value
    )
    staff_open: Mapped[str] = mapped_column(String(200), default=NOT_JUDGED, server_default=NOT_JUDGED)
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
            staff_state=self.staff_state,
            staff_open=tuple(filter(None, self.staff_open.split(","))),
        )

    @property
    def staff(self) -> Staff:
        """What is known of its safety body and staff."""
        return Staff(**{name: getattr(self, name) for name in FACTS})


class Gram(Base):
    """Two neighbouring characters of an enterprise's name or short name: what a search of two characters looks up."""

    __tablename__ = "enterprise_gram"
    __table_args__ = (Index("ix_enterprise_gram_enterprise", "enterprise_id"),)

    gram: Mapped[str] = mapped_column(String(2), primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"), primary_key=True)


class Licence(Base):
    """What an enterprise holds and has to renew, one of each kind. The last day counts as valid."""

    __tablename__ = "licence"
    __table_args__ = (UniqueConstraint("enterprise_id", "kind"), Index("ix_licence_expires", "expires_on"))

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    kind: Mapped[LicenceKind] = mapped_column(enum_type(LicenceKind))
    number: Mapped[str | None] = mapped_column(String(200))
    expires_on: Mapped[date | None]


class Contact(Base):
    """Somebody to call at an enterprise, beside the people whom the register file names."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_enterprise", "enterprise_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    role: Mapped[ContactRole] = mapped_column(enum_type(ContactRole))
    name: Mapped[str] = mapped_column(String(200))
    phone: Mapped[str] = mapped_column(String(40))


class RegisterChange(Base):
    """One change of one enterprise's file: who, when, from which source, what was there before and what after.

    `before` is None for an enterprise that an import brought. Sources: `import`, `edit`, `answer`, `undo`.
    """

    __tablename__ = "register_change"
    __table_args__ = (
        Index("ix_register_change_enterprise", "enterprise_id", "id"),
        Index("ix_register_change_import", "import_id", "id"),
        Index("ix_register_change_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enterprise_id: Mapped[int] = mapped_column(ForeignKey("enterprise.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))
    source: Mapped[str] = mapped_column(String(16))
    import_id: Mapped[int | None] = mapped_column(ForeignKey("register_import.id"))
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    after: Mapped[dict[str, Any]]


class RegisterMapping(Base):
    """What a person said the columns of one set of headers mean: header -> field, "" for one to pass over."""

    __tablename__ = "register_mapping"

    signature: Mapped[str] = mapped_column(String(64), primary_key=True)
    columns: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str] = mapped_column(String(80))


class RegisterImport(Base):
    """One file on its way into the register; `rejected` keeps the refused rows as they were written.

    `layouts` are the headers of each sheet, `preview` the first changes with before and after. `done` of `total`
    rows are in the register, `adjusted` of them have had their obligations looked at. `claimed_at` is the
    machine's time of the last sign of life of whoever works on it. `kept_because` says why it was not taken back,
    `failed_while` what was being done when it failed.
    """

    __tablename__ = "register_import"
    __table_args__ = (Index("ix_register_import_status", "status"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    file_name: Mapped[str | None] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    inserted: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, deferred=True)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, deferred=True)
    status: Mapped[ImportStatus] = mapped_column(enum_type(ImportStatus), server_default="done")
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    done: Mapped[int] = mapped_column(default=0, server_default="0")
    adjusted: Mapped[int] = mapped_column(default=0, server_default="0")
    refused: Mapped[int] = mapped_column(default=0, server_default="0")
    layouts: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    preview: Mapped[list[Any]] = mapped_column(default=list, deferred=True)
    outcome: Mapped[dict[str, Any]] = mapped_column(default=dict)
    claimed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_by: Mapped[str | None] = mapped_column(String(80))
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_because: Mapped[list[Any]] = mapped_column(default=list)
    failed_while: Mapped[ImportStatus | None] = mapped_column(enum_type(ImportStatus))
    undone_by: Mapped[str | None] = mapped_column(String(80))
