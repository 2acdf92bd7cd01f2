"""When a hazard was fixed and when that was verified: what the rates of remediation are made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

DONE = "UPDATE hazard SET fixed_at = closed_at, verified_at = closed_at WHERE outcome = 'closed'"


def upgrade() -> None:
    op.add_column("hazard", sa.Column("fixed_at", UtcDateTime(), nullable=True))
    op.add_column("hazard", sa.Column("verified_at", UtcDateTime(), nullable=True))
    op.create_index("ix_hazard_found", "hazard", ["found_at"])
    op.execute(DONE)


def downgrade() -> None:
    op.drop_index("ix_hazard_found", "hazard")
    op.drop_column("hazard", "verified_at")
    op.drop_column("hazard", "fixed_at")
