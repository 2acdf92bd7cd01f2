"""Launches are approved; campaigns can be suspended, resumed and cancelled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.add_column(sa.Column("suspended_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("cancelled_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("approved_by", sa.String(), nullable=True))
    op.create_table(
        "campaign_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_change_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign_change")),
    )
    with op.batch_alter_table("campaign_change") as batch_op:
        batch_op.create_index("ix_campaign_change_campaign", ["campaign_id", "id"], unique=False)
    op.create_table(
        "launch_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("template", sa.JSON(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=False),
        sa.Column("office_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("instance_id", BIG, nullable=True),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_launch_proposal_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_launch_proposal_instance_id_process_instance")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["organization.id"], name=op.f("fk_launch_proposal_office_id_organization")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_launch_proposal")),
    )


def downgrade() -> None:
    op.drop_table("launch_proposal")
    op.drop_table("campaign_change")
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.drop_column("approved_by")
        batch_op.drop_column("cancelled_at")
        batch_op.drop_column("suspended_at")
