"""The obligation of a process instance is found by the instance alone.

With towns and departments behind it in the index, PostgreSQL 18 takes a look-up by instance and department for a scan
that skips, thinks each fivefold as dear, and reads both tables whole instead.
"""

from __future__ import annotations

from collections.abc import Sequence

from workflows.migrations.indexes import Index, exchange

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NAME, TABLE = "ix_obligation_instance", "obligation"
OLD: Sequence[Index] = (
    (
        NAME, TABLE,
        ["instance_id", "campaign_id", "town_id", "department_id", "enterprise_id", "item_code", "id"], None,
    ),
)  # fmt: skip
NEW: Sequence[Index] = ((NAME, TABLE, ["instance_id"], None),)


def upgrade() -> None:
    exchange(OLD, NEW)


def downgrade() -> None:
    exchange(NEW, OLD)
