"""Safety body and staff of enterprises, and what the rules make of them."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS: tuple[sa.Column[Any], ...] = (
    sa.Column("has_safety_department", sa.Boolean(), nullable=True),
    sa.Column("full_time_officers", sa.Integer(), nullable=True),
    sa.Column("part_time_officers", sa.Integer(), nullable=True),
    sa.Column("commissioned_agency", sa.Boolean(), nullable=True),
    sa.Column("registered_engineers", sa.Integer(), nullable=True),
    sa.Column("national_rule", sa.Boolean(), nullable=True),
    sa.Column("staff_state", sa.String(length=40), server_default="unknown", nullable=False),
    sa.Column("staff_open", sa.String(length=200), server_default="employees,full_time_officers", nullable=False),
)  # fmt: skip


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("enterprise", column.copy())
    op.create_index(
        "ix_enterprise_staff_town", "enterprise", ["status", "staff_state", "town_id", "id", "industry"]
    )
    op.create_index(
        "ix_enterprise_staff_department",
        "enterprise",
        ["status", "staff_state", "department_id", "town_id", "id", "industry"],
    )


def downgrade() -> None:
    op.drop_index("ix_enterprise_staff_department", "enterprise")
    op.drop_index("ix_enterprise_staff_town", "enterprise")
    for column in reversed(COLUMNS):
        op.drop_column("enterprise", column.name)
