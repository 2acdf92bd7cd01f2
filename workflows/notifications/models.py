"""The tables of notices. The inbox is the record; other channels only repeat it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from engine.models import Base
from workflows.accounts.models import Account
from workflows.columns import enum_type
from workflows.notifications.rules import DIGEST_HOUR
from workflows.notifications.types import ChannelKind, Mode, State, Topic


class Notification(Base):
    """A notice to everybody in one candidate group; `data` fills the sentence that `kind` names."""

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_group", "candidate_group", "created_at"),
        Index("ix_notification_subject", "subject", "kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    candidate_group: Mapped[str]
    kind: Mapped[str]
    subject: Mapped[str]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


class Reading(Base):
    """One person has read one notice; the others of the group have not by that."""

    __tablename__ = "notice_reading"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    notification_id: Mapped[int] = mapped_column(
        ForeignKey("notification.id", ondelete="CASCADE"), primary_key=True
    )
    read_at: Mapped[datetime]


class Channel(Base):
    """Where one person is reached besides the pages. An e-mail address counts once its code came back.

    A chat robot's `address` is a secret. The code is kept as its sha256, and by the machine's clock.
    """

    __tablename__ = "notice_channel"
    __table_args__ = (UniqueConstraint("account_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[ChannelKind] = mapped_column(enum_type(ChannelKind))
    address: Mapped[str] = mapped_column(String(500), default="")
    mode: Mapped[Mode] = mapped_column(enum_type(Mode))
    confirmed_at: Mapped[datetime | None]
    code_hash: Mapped[str | None] = mapped_column(String(64))
    code_sent_at: Mapped[datetime | None]
    code_tries: Mapped[int] = mapped_column(default=0)
    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Preference(Base):
    """When a person's digest comes, the day of the last one, and the sha256 of the secret of their calendar."""

    __tablename__ = "notice_preference"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    digest_hour: Mapped[int] = mapped_column(default=DIGEST_HOUR)
    digest_on: Mapped[date | None]
    feed_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    feed_made_at: Mapped[datetime | None]


class Outgoing(Base):
    """One message to one channel. `next_at` is business time, `claimed_at` the machine's."""

    __tablename__ = "outgoing"
    __table_args__ = (
        UniqueConstraint("channel_id", "key"),
        Index(None, "state", "next_at", "id"),
        Index(None, "notification_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("notice_channel.id", ondelete="CASCADE"))
    topic: Mapped[Topic] = mapped_column(enum_type(Topic))
    key: Mapped[str] = mapped_column(String(80))
    notification_id: Mapped[int | None] = mapped_column(ForeignKey("notification.id", ondelete="CASCADE"))
    data: Mapped[dict[str, Any]]
    urgent: Mapped[bool]
    state: Mapped[State] = mapped_column(enum_type(State))
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    error_code: Mapped[str | None] = mapped_column(String(40))
    error_detail: Mapped[str | None] = mapped_column(String(200))
    channel: Mapped[Channel] = relationship(lazy="joined", innerjoin=True)
