"""A proposal knows which template it was made from, a kept version too, so that it opens again with that one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("launch_proposal") as batch_op:
        batch_op.add_column(sa.Column("template_key", sa.String(), nullable=True))
    op.execute("UPDATE launch_proposal SET template_key = template_code")
    with op.batch_alter_table("launch_proposal") as batch_op:
        batch_op.alter_column("template_key", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("launch_proposal") as batch_op:
        batch_op.drop_column("template_key")
