"""Safety body and staff of enterprises, and what the rules make of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAMES = (
    "has_safety_department", "full_time_officers", "part_time_officers", "commissioned_agency", "registered_engineers",
    "national_rule", "staff_state", "staff_open",
)  # fmt: skip
FIRST_ASKED = "employees,full_time_officers"


def upgrade() -> None:
    for name in ("has_safety_department", "commissioned_agency", "national_rule"):
        op.add_column("enterprise", sa.Column(name, sa.Boolean(), nullable=True))
    for name in ("full_time_officers", "part_time_officers", "registered_engineers"):
        op.add_column("enterprise", sa.Column(name, sa.Integer(), nullable=True))
    kept = (("staff_state", 40, "unknown"), ("staff_open", 200, FIRST_ASKED))
    for name, length, value in kept:
        column = sa.Column(name, sa.String(length=length), server_default=value, nullable=False)
        op.add_column("enterprise", column)
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
    for name in NAMES:
        op.drop_column("enterprise", name)
