"""Claiming, delegating, standing in, co-signing, copying, commenting; filters that are kept."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.create_index("ix_comment_subject", ["subject", "id"], unique=False)

    op.create_table(
        "copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("copied_by", sa.String(length=120), nullable=False),
        sa.Column("copied_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_copy_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy")),
        sa.UniqueConstraint("subject", "account_id", name=op.f("uq_copy_subject_account_id")),
    )
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.create_index("ix_copy_account", ["account_id", "id"], unique=False)

    op.create_table(
        "saved_filter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=True),
        sa.Column("page", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("query", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_saved_filter_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"],
            ["organization.id"],
            name=op.f("fk_saved_filter_organization_id_organization"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
        sa.UniqueConstraint("account_id", "page", "name", name=op.f("uq_saved_filter_account_id_page_name")),
    )
    with op.batch_alter_table("saved_filter", schema=None) as batch_op:
        batch_op.create_index("ix_saved_filter_organization", ["organization_id", "page"], unique=False)

    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("absent_id", sa.Integer(), nullable=False),
        sa.Column("stand_in_id", sa.Integer(), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("absent_id <> stand_in_id", name=op.f("ck_stand_in_two_people")),
        sa.CheckConstraint("from_on <= to_on", name=op.f("ck_stand_in_in_order")),
        sa.ForeignKeyConstraint(["absent_id"], ["account.id"], name=op.f("fk_stand_in_absent_id_account")),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_stand_in_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["stand_in_id"], ["account.id"], name=op.f("fk_stand_in_stand_in_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
    )
    with op.batch_alter_table("stand_in", schema=None) as batch_op:
        batch_op.create_index("ix_stand_in_absent", ["absent_id", "to_on"], unique=False)
        batch_op.create_index("ix_stand_in_stand_in", ["stand_in_id", "to_on"], unique=False)

    op.create_table(
        "cosignature",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("cosigner_id", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("agreed", sa.Boolean(), nullable=True),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["cosigner_id"], ["account.id"], name=op.f("fk_cosignature_cosigner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_cosignature_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_cosignature_task_id_user_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cosignature")),
    )
    with op.batch_alter_table("cosignature", schema=None) as batch_op:
        batch_op.create_index("ix_cosignature_task", ["task_id"], unique=False)

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_draft_task_id"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_draft_task_id_actor"), ["task_id", "actor"])

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.add_column(sa.Column("on_behalf_of", sa.String(), nullable=True))
        batch_op.create_index("ix_submission_actor", ["actor", "id"], unique=False)

    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index("ix_extension_instance", ["instance_id"], unique=False)

    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("owner", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("delegation_state", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("follow_up_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("on_behalf_of", sa.String(length=120), nullable=True))
        batch_op.create_index(
            "ix_user_task_assignee",
            ["assignee", "status", "due_at", "id"],
            unique=False,
            sqlite_where=sa.text("assignee IS NOT NULL"),
            postgresql_where=sa.text("assignee IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("user_task", schema=None) as batch_op:
        batch_op.drop_index("ix_user_task_assignee")
        batch_op.drop_column("on_behalf_of")
        batch_op.drop_column("follow_up_at")
        batch_op.drop_column("delegation_state")
        batch_op.drop_column("owner")

    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.drop_index("ix_extension_instance")

    with op.batch_alter_table("submission", schema=None) as batch_op:
        batch_op.drop_index("ix_submission_actor")
        batch_op.drop_column("on_behalf_of")

    with op.batch_alter_table("draft", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_draft_task_id_actor"), type_="unique")
        batch_op.create_unique_constraint(batch_op.f("uq_draft_task_id"), ["task_id"])

    with op.batch_alter_table("cosignature", schema=None) as batch_op:
        batch_op.drop_index("ix_cosignature_task")

    op.drop_table("cosignature")
    with op.batch_alter_table("stand_in", schema=None) as batch_op:
        batch_op.drop_index("ix_stand_in_stand_in")
        batch_op.drop_index("ix_stand_in_absent")

    op.drop_table("stand_in")
    with op.batch_alter_table("saved_filter", schema=None) as batch_op:
        batch_op.drop_index("ix_saved_filter_organization")

    op.drop_table("saved_filter")
    with op.batch_alter_table("copy", schema=None) as batch_op:
        batch_op.drop_index("ix_copy_account")

    op.drop_table("copy")
    with op.batch_alter_table("comment", schema=None) as batch_op:
        batch_op.drop_index("ix_comment_subject")

    op.drop_table("comment")
