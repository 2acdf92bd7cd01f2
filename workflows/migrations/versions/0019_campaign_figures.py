"""Figures of large campaigns, kept; lists of what is open, from indexes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

OPEN = sa.text("closed_at IS NULL")
UNDATED = sa.text("closed_at IS NULL AND due_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "campaign_figures",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_figures_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "town_id", "department_id", name=op.f("pk_campaign_figures")),
    )
    op.create_index(
        "ix_obligation_open",
        "obligation",
        ["campaign_id", "due_at", "id", "town_id", "department_id", "item_code"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.drop_index("ix_user_task_undated", "user_task")
    op.create_index(
        "ix_user_task_standing",
        "user_task",
        ["node", "created_at", "instance_id", "due_at", "candidate_group"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )


def downgrade() -> None:
    op.drop_index("ix_user_task_standing", "user_task")
    op.create_index(
        "ix_user_task_undated",
        "user_task",
        ["node", "created_at", "candidate_group", "instance_id"],
        sqlite_where=UNDATED,
        postgresql_where=UNDATED,
    )
    op.drop_index("ix_obligation_open", "obligation")
    op.drop_table("campaign_figures")
