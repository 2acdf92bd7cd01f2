"""The review an obligation waits for is kept beside it; indexes of what is late hold all that the board counts."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime
from workflows.lateness import triggers
from workflows.migrations.indexes import Index, exchange

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WAITS, FIXED = "review_since IS NOT NULL", "outcome = 'defects_fixed'"
UNSUBMITTED = "submitted_at IS NULL AND closed_at IS NULL"
PLACE = ["campaign_id", "town_id", "department_id", "enterprise_id", "item_code"]
OLD: Sequence[Index] = (
    ("ix_obligation_unsubmitted", "obligation", ["due_at", *PLACE, "id", "instance_id", "path_id"], UNSUBMITTED),
    (
        "ix_late_turn_ended", "late_turn",
        ["kind", "until", "due_at", "since", *PLACE, "subject_id", "body_id", "candidate_group", "path_id"], None,
    ),
)  # fmt: skip
NEW: Sequence[Index] = (
    (
        "ix_obligation_unsubmitted", "obligation",
        [
            "due_at", "id", "town_id", "department_id", "item_code", "enterprise_id", "path_id", "campaign_id",
            "instance_id", "submitted_at", "closed_at",
        ],
        UNSUBMITTED,
    ),
    (
        "ix_obligation_reviewed", "obligation",
        [
            "review_since", "town_id", "department_id", "enterprise_id", "review_group", "item_code", "path_id",
            "campaign_id", "id",
        ],
        WAITS,
    ),
    (
        "ix_obligation_fixed", "obligation", ["campaign_id", "outcome", "closed_at", "id", "enterprise_id", "title"],
        FIXED,
    ),
    (
        "ix_late_turn_ended", "late_turn",
        [
            "kind", "until", "due_at", "since", "town_id", "department_id", "item_code", "enterprise_id", "path_id",
            "campaign_id", "subject_id", "body_id", "candidate_group",
        ],
        "due_at IS NOT NULL",
    ),
    (
        "ix_late_turn_reviewed", "late_turn",
        [
            "kind", "until", "since", "town_id", "department_id", "enterprise_id", "candidate_group", "item_code",
            "path_id", "campaign_id", "subject_id", "body_id", "due_at",
        ],
        "due_at IS NULL",
    ),
)  # fmt: skip


def upgrade() -> None:
    op.add_column("obligation", sa.Column("review_since", UtcDateTime(), nullable=True))
    op.add_column("obligation", sa.Column("review_group", sa.String(), nullable=True))
    op.execute(triggers.reviewed("instance_id IS NOT NULL AND closed_at IS NULL"))
    exchange(OLD, NEW)
    for statement in triggers.of_reviews(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    for statement in triggers.without_reviews(op.get_bind().dialect.name):
        op.execute(statement)
    exchange(NEW, OLD)
    for column in ("review_since", "review_group"):
        op.drop_column("obligation", column)
