"""Which tables the engine keeps; `Base.metadata` is the metadata of the whole product.

Instances, tasks and history use integer keys; `group_id` and `actor` are opaque to the engine.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, BigInteger, DateTime, Enum, ForeignKey, Index, Integer, MetaData, String, Text
from sqlalchemy import text as sql
from sqlalchemy.dialects import sqlite
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator, TypeEngine

from engine.types import DelegationState, IncidentKind, InstanceStatus, JobStatus, TaskStatus

# For tables of the domain that want to query inside a document; the engine's own stay text (see `Base`).
JsonValue = JSON().with_variant(JSONB(), "postgresql")
Identifier = BigInteger().with_variant(Integer, "sqlite")


class _IsoText(sqlite.DATETIME):
    """The text that SQLite keeps of an instant, written by the standard library in one call."""

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], str | None]:
        return _iso_text


def _iso_text(value: datetime | None) -> str | None:
    return value.replace(tzinfo=None).isoformat(" ", "microseconds") if value else None


_ISO_TEXT = _IsoText()  # type: ignore[no-untyped-call]


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in, aware UTC out; refuses a naive value on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(_ISO_TEXT if dialect.name == "sqlite" else self.impl_instance)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"instant without time zone: {value}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _states(states: type[Any], length: int = 16) -> Enum:
    return Enum(
        states,
        native_enum=False,
        create_constraint=False,
        length=length,
        values_callable=lambda members: [m.value for m in members],
    )


class Base(DeclarativeBase):
    """Base of every model of the product."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    # JSON as text on both databases: jsonb would rewrite numbers (1e16 becomes an int) and refuse \u0000.
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
    }


class ProcessDefinition(Base):
    """One version of a definition: its sources, identified by their hash."""

    __tablename__ = "process_definition"
    __table_args__ = (Index(None, "key", "version", unique=True), Index(None, "key", "hash", unique=True))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    key: Mapped[str] = mapped_column(String(100))
    version: Mapped[int]
    hash: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(200))
    files: Mapped[dict[str, Any]]
    findings: Mapped[list[Any]]
    engine_version: Mapped[str] = mapped_column(String(60))
    deployed_at: Mapped[datetime]


class Marking(Base):
    """A control state that any number of instances share; `tokens` lists [key, node, kind]."""

    __tablename__ = "marking"
    __table_args__ = (Index(None, "definition_id", "hash", unique=True),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    hash: Mapped[str] = mapped_column(String(32))
    body: Mapped[bytes]
    tokens: Mapped[list[Any]]


class ProcessInstance(Base):
    """A running process: a pointer to its marking, its variables and its timers.

    `timers` maps a token key to [due, kind, text, occurrences left, parked]; `next_timer_at` is the earliest
    due instant that is not parked behind an incident.
    """

    __tablename__ = "process_instance"
    __table_args__ = (
        Index(
            "ix_process_instance_next_timer_at",
            "next_timer_at",
            sqlite_where=sql("next_timer_at IS NOT NULL"),
            postgresql_where=sql("next_timer_at IS NOT NULL"),
        ),
        Index(None, "marking_id"),
        Index(None, "group_id", "definition_id"),
        Index(None, "business_key"),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    group_id: Mapped[int | None] = mapped_column(BigInteger)
    business_key: Mapped[str] = mapped_column(String(200))
    marking_id: Mapped[int | None] = mapped_column(ForeignKey("marking.id"))
    variables: Mapped[dict[str, Any]]
    timers: Mapped[dict[str, Any]]
    next_timer_at: Mapped[datetime | None]
    status: Mapped[InstanceStatus] = mapped_column(_states(InstanceStatus))
    version: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    cancel_reason: Mapped[str | None] = mapped_column(Text)


class UserTask(Base):
    """What a person of `candidate_group` can do, or did.

    With an `assignee` only they can. While `delegation_state` is pending the assignee prepares it for the `owner`.
    """

    __tablename__ = "user_task"
    __table_args__ = (
        Index(
            "ix_user_task_open",
            "instance_id",
            "token",
            unique=True,
            sqlite_where=sql("status = 'open'"),
            postgresql_where=sql("status = 'open'"),
        ),
        Index(None, "candidate_group", "status", "due_at", "id"),
        Index(
            "ix_user_task_assignee",
            "assignee",
            "status",
            "due_at",
            "id",
            sqlite_where=sql("assignee IS NOT NULL"),
            postgresql_where=sql("assignee IS NOT NULL"),
        ),
        Index(None, "instance_id", "node"),
        Index(
            "ix_user_task_standing",
            "node",
            "created_at",
            "instance_id",
            "due_at",
            "candidate_group",
            sqlite_where=sql("closed_at IS NULL"),
            postgresql_where=sql("closed_at IS NULL"),
        ),
        Index(
            "ix_user_task_opened_late",
            "created_at",
            "instance_id",
            sqlite_where=sql("closed_at IS NULL AND due_at < created_at"),
            postgresql_where=sql("closed_at IS NULL AND due_at < created_at"),
        ),
    )

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    group_id: Mapped[int | None] = mapped_column(BigInteger)
    token: Mapped[str] = mapped_column(String(300))
    node: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(200))
    candidate_group: Mapped[str] = mapped_column(String(120))
    assignee: Mapped[str | None] = mapped_column(String(120))
    owner: Mapped[str | None] = mapped_column(String(120))
    delegation_state: Mapped[DelegationState | None] = mapped_column(_states(DelegationState))
    follow_up_at: Mapped[datetime | None]
    form_key: Mapped[str] = mapped_column(String(100))
    status: Mapped[TaskStatus] = mapped_column(_states(TaskStatus))
    due_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    actor: Mapped[str | None] = mapped_column(String(120))
    on_behalf_of: Mapped[str | None] = mapped_column(String(120))
    version: Mapped[int] = mapped_column(default=0)


class MessageSubscription(Base):
    """A token that waits for a message with this key."""

    __tablename__ = "message_subscription"
    __table_args__ = (Index(None, "name", "correlation_key"), Index(None, "instance_id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token: Mapped[str] = mapped_column(String(300))
    name: Mapped[str] = mapped_column(String(100))
    correlation_key: Mapped[str] = mapped_column(String(200))


class Job(Base):
    """A service task that waits for its handler: in the background, for another portion, or for a retry.

    What runs to its end in the transaction that opened it leaves a line in the history and no row.
    """

    __tablename__ = "job"
    __table_args__ = (Index(None, "status", "id"), Index(None, "instance_id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    token: Mapped[str] = mapped_column(String(300))
    node: Mapped[str] = mapped_column(String(100))
    topic: Mapped[str] = mapped_column(String(100))
    properties: Mapped[dict[str, Any]]
    status: Mapped[JobStatus] = mapped_column(_states(JobStatus))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Incident(Base):
    """Something failed and waits for a person; `data` holds what a retry needs."""

    __tablename__ = "incident"
    __table_args__ = (Index(None, "instance_id"), Index(None, "resolved_at", "id"))

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    kind: Mapped[IncidentKind] = mapped_column(_states(IncidentKind))
    node: Mapped[str | None] = mapped_column(String(300))
    code: Mapped[str] = mapped_column(String(100))
    message: Mapped[str] = mapped_column(Text)
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[str | None] = mapped_column(String(120))


class HistoryEntry(Base):
    """One thing that happened in an instance."""

    __tablename__ = "history_entry"
    __table_args__ = (Index(None, "instance_id", "id"),)

    id: Mapped[int] = mapped_column(Identifier, primary_key=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    at: Mapped[datetime]
    actor: Mapped[str | None] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(30))
    token: Mapped[str | None] = mapped_column(String(300))
    node: Mapped[str | None] = mapped_column(String(100))
    marking_id: Mapped[int | None] = mapped_column(ForeignKey("marking.id"))
    body: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
