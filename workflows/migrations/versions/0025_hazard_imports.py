"""Files of hazards on their way in, and which hazard each of their rows became."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "hazard_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("verdicts", sa.JSON(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("failed_while", sa.String(40), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hazard_import")),
    )
    op.create_index("ix_hazard_import_actor", "hazard_import", ["actor", "id"])
    op.create_index("ix_hazard_import_status", "hazard_import", ["status"])
    op.create_table(
        "imported_hazard",
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=False),
        sa.Column("told_source", sa.String(80), nullable=True),
        sa.ForeignKeyConstraint(
            ["import_id"], ["hazard_import.id"], name=op.f("fk_imported_hazard_import_id_hazard_import")
        ),
        sa.ForeignKeyConstraint(["hazard_id"], ["hazard.id"], name=op.f("fk_imported_hazard_hazard_id_hazard")),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_imported_hazard")),
        sa.UniqueConstraint("hazard_id", name=op.f("uq_imported_hazard_hazard_id")),
    )
    op.create_index("ix_imported_hazard_import", "imported_hazard", ["import_id"])


def downgrade() -> None:
    op.drop_table("imported_hazard")
    op.drop_table("hazard_import")
