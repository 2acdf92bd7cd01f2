"""The register's file: imports on their way, changes, licences, contacts, search, applicability."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

GRAMS = """
    INSERT INTO enterprise_gram (gram, enterprise_id)
    WITH RECURSIVE place(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < 199)
    SELECT substr(lower(name), n, 2), id FROM enterprise JOIN place ON n < length(name)
    UNION SELECT substr(lower(short_name), n, 2), id FROM enterprise JOIN place ON n < length(short_name)
"""


def upgrade() -> None:
    op.create_table(
        "register_mapping",
        sa.Column("signature", sa.String(length=64), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("signature", name=op.f("pk_register_mapping")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_contact_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact")),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index("ix_contact_enterprise", ["enterprise_id"], unique=False)

    op.create_table(
        "enterprise_gram",
        sa.Column("gram", sa.String(length=2), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_enterprise_gram_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("gram", "enterprise_id", name=op.f("pk_enterprise_gram")),
    )
    with op.batch_alter_table("enterprise_gram", schema=None) as batch_op:
        batch_op.create_index("ix_enterprise_gram_enterprise", ["enterprise_id"], unique=False)

    op.create_table(
        "file_task",
        sa.Column("enterprise_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_file_task_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("enterprise_id", name=op.f("pk_file_task")),
    )
    op.create_table(
        "licence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("number", sa.String(length=200), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_licence_enterprise_id_enterprise")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_licence")),
        sa.UniqueConstraint("enterprise_id", "kind", name=op.f("uq_licence_enterprise_id_kind")),
    )
    with op.batch_alter_table("licence", schema=None) as batch_op:
        batch_op.create_index("ix_licence_expires", ["expires_on"], unique=False)

    op.create_table(
        "register_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_register_change_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["register_import.id"], name=op.f("fk_register_change_import_id_register_import")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_change")),
    )
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.create_index("ix_register_change_enterprise", ["enterprise_id", "id"], unique=False)
        batch_op.create_index("ix_register_change_import", ["import_id", "id"], unique=False)

    op.create_table(
        "adjustment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("obligation_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("reason", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("decision", sa.String(), nullable=True),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enterprise_id"], ["enterprise.id"], name=op.f("fk_adjustment_enterprise_id_enterprise")
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"], ["obligation.id"], name=op.f("fk_adjustment_obligation_id_obligation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adjustment")),
    )
    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.create_index("ix_adjustment_enterprise", ["enterprise_id", "id"], unique=False)
        batch_op.create_index("ix_adjustment_obligation", ["obligation_id"], unique=False)
        batch_op.create_index("ix_adjustment_open", ["action", "decided_at"], unique=False)
        batch_op.create_index("ix_adjustment_source", ["source"], unique=False)

    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status", sa.String(length=40), server_default="done", nullable=False))
        batch_op.add_column(sa.Column("total", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("done", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("adjusted", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("refused", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("layouts", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("preview", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("outcome", sa.JSON(), server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("claimed_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("applied_by", sa.String(length=80), nullable=True))
        batch_op.add_column(sa.Column("undone_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("undone_by", sa.String(length=80), nullable=True))
        batch_op.create_index("ix_register_import_status", ["status"], unique=False)
    with op.batch_alter_table("register_import", schema=None) as batch_op:  # only for the rows there are
        for name in ("layouts", "preview", "outcome"):
            batch_op.alter_column(name, existing_type=sa.JSON(), server_default=None)
    op.execute(GRAMS)


def downgrade() -> None:
    with op.batch_alter_table("register_import", schema=None) as batch_op:
        batch_op.drop_index("ix_register_import_status")
        batch_op.drop_column("undone_by")
        batch_op.drop_column("undone_at")
        batch_op.drop_column("applied_by")
        batch_op.drop_column("claimed_at")
        batch_op.drop_column("outcome")
        batch_op.drop_column("preview")
        batch_op.drop_column("layouts")
        batch_op.drop_column("refused")
        batch_op.drop_column("adjusted")
        batch_op.drop_column("done")
        batch_op.drop_column("total")
        batch_op.drop_column("status")

    with op.batch_alter_table("adjustment", schema=None) as batch_op:
        batch_op.drop_index("ix_adjustment_source")
        batch_op.drop_index("ix_adjustment_open")
        batch_op.drop_index("ix_adjustment_obligation")
        batch_op.drop_index("ix_adjustment_enterprise")

    op.drop_table("adjustment")
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.drop_index("ix_register_change_import")
        batch_op.drop_index("ix_register_change_enterprise")

    op.drop_table("register_change")
    with op.batch_alter_table("licence", schema=None) as batch_op:
        batch_op.drop_index("ix_licence_expires")

    op.drop_table("licence")
    op.drop_table("file_task")
    with op.batch_alter_table("enterprise_gram", schema=None) as batch_op:
        batch_op.drop_index("ix_enterprise_gram_enterprise")

    op.drop_table("enterprise_gram")
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.drop_index("ix_contact_enterprise")

    op.drop_table("contact")
    op.drop_table("register_mapping")
