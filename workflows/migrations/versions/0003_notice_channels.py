"""Notices are read by each person, and leave the system: channels, preferences, outgoing messages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# What a group had read, everybody in it had read.
READ_BEFORE = """
    INSERT INTO notice_reading (account_id, notification_id, read_at)
    SELECT DISTINCT role_assignment.account_id, notification.id, notification.read_at
    FROM notification JOIN role_assignment
      ON notification.candidate_group = CAST(role_assignment.organization_id AS VARCHAR) || ':' || role_assignment.role
    WHERE notification.read_at IS NOT NULL
"""
# The way back: what somebody has read, the group has read.
READ_AFTER = """
    UPDATE notification SET read_at =
      (SELECT MIN(notice_reading.read_at) FROM notice_reading WHERE notice_reading.notification_id = notification.id)
"""


def _text(name: str, length: int = 40, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=length), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "notice_reading",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("notification_id", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_reading_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"],
            name=op.f("fk_notice_reading_notification_id_notification"), ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("account_id", "notification_id", name=op.f("pk_notice_reading")),
    )
    op.execute(READ_BEFORE)
    # No batch: SQLite would make the table anew, and dropping the old one would cascade to `notice_reading`.
    op.drop_column("notification", "read_at")
    op.create_table(
        "notice_channel",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Enum("email", "chat", name="channelkind", native_enum=False, length=40), nullable=False),
        _text("address", 500),
        sa.Column("mode", sa.Enum("at_once", "daily", "off", name="mode", native_enum=False, length=40), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        _text("code_hash", 64, nullable=True),
        sa.Column("code_sent_at", UtcDateTime(), nullable=True),
        sa.Column("code_tries", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_channel_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_channel")),
        sa.UniqueConstraint("account_id", "kind", name=op.f("uq_notice_channel_account_id_kind")),
    )
    op.create_table(
        "notice_preference",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("digest_hour", sa.Integer(), nullable=False),
        sa.Column("digest_on", sa.Date(), nullable=True),
        _text("feed_hash", 64, nullable=True),
        sa.Column("feed_made_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_preference_account_id_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_notice_preference")),
        sa.UniqueConstraint("feed_hash", name=op.f("uq_notice_preference_feed_hash")),
    )
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column(
            "topic", sa.Enum("notice", "digest", "code", "hello", name="topic", native_enum=False, length=40),
            nullable=False,
        ),
        _text("key", 80),
        sa.Column("notification_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting", "sending", "sent", "failed", "uncertain", "dropped",
                name="state", native_enum=False, length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        _text("error_code", 40, nullable=True),
        _text("error_detail", 200, nullable=True),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["notice_channel.id"], name=op.f("fk_outgoing_channel_id_notice_channel"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name=op.f("fk_outgoing_notification_id_notification"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing")),
        sa.UniqueConstraint("channel_id", "key", name=op.f("uq_outgoing_channel_id_key")),
    )
    with op.batch_alter_table("outgoing") as batch_op:
        batch_op.create_index(batch_op.f("ix_outgoing_state_next_at_id"), ["state", "next_at", "id"])
        batch_op.create_index(batch_op.f("ix_outgoing_notification_id"), ["notification_id"])


def downgrade() -> None:
    op.drop_table("outgoing")
    op.drop_table("notice_preference")
    op.drop_table("notice_channel")
    op.add_column("notification", sa.Column("read_at", UtcDateTime(), nullable=True))
    op.execute(READ_AFTER)
    op.drop_table("notice_reading")
