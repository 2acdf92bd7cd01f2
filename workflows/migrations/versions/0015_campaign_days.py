"""What was closed on each day of a campaign, for its trend."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "campaign_day",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("closed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_day_campaign_id_campaign")),
        sa.PrimaryKeyConstraint("campaign_id", "day", name=op.f("pk_campaign_day")),
    )
    op.create_index(
        "ix_obligation_campaign_closed", "obligation", ["campaign_id", "closed_at", "town_id", "department_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_obligation_campaign_closed", "obligation")
    op.drop_table("campaign_day")
