"""Ladder tables are kept in versions, for a campaign or for the house."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ladder_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.Column("saved_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_version")),
        sa.UniqueConstraint("scope", "version", name=op.f("uq_ladder_version_scope_version")),
    )


def downgrade() -> None:
    op.drop_table("ladder_version")
