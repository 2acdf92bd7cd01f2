"""A launch's reviewers and progress; what a resumed campaign has to catch up on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.add_column(sa.Column("catch_up_since", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("catch_up_after", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("launch_proposal", schema=None) as batch_op:
        batch_op.add_column(sa.Column("per_reviewer", sa.Integer(), server_default="100", nullable=False))
    for table in ("phase_dispatch", "period_dispatch"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("expected", sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.create_index("ix_register_change_at", ["at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("register_change", schema=None) as batch_op:
        batch_op.drop_index("ix_register_change_at")
    for table in ("period_dispatch", "phase_dispatch"):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_column("expected")
    with op.batch_alter_table("launch_proposal", schema=None) as batch_op:
        batch_op.drop_column("per_reviewer")
    with op.batch_alter_table("campaign", schema=None) as batch_op:
        batch_op.drop_column("catch_up_after")
        batch_op.drop_column("catch_up_since")
