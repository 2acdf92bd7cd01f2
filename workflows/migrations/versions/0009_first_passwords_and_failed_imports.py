"""First passwords are replaced before anything else; an import that fails says so, and is taken back beside the pages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("account") as batch_op:
        batch_op.add_column(
            sa.Column("has_first_password", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    with op.batch_alter_table("register_import") as batch_op:
        batch_op.add_column(sa.Column("kept_because", sa.JSON(), server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("failed_while", sa.String(length=40), nullable=True))
    with op.batch_alter_table("register_import") as batch_op:
        batch_op.alter_column("kept_because", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("register_import") as batch_op:
        batch_op.drop_column("failed_while")
        batch_op.drop_column("kept_because")
    with op.batch_alter_table("account") as batch_op:
        batch_op.drop_column("has_first_password")
