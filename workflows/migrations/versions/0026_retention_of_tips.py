"""Words and pictures of reports that were no hazard go after a time; hazards from a scanned code say so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TO_ERASE = sa.text("outcome = 'not_hazard' AND erased_at IS NULL")
ANONYMOUS = sa.text("uploaded_by = 'anonymous'")


def upgrade() -> None:
    with op.batch_alter_table("tip") as batch_op:
        batch_op.add_column(sa.Column("erased_at", UtcDateTime(), nullable=True))
    op.create_index("ix_tip_evidence", "tip", ["evidence_id"])
    _index("ix_tip_to_erase", "tip", "decided_at", TO_ERASE)
    _index("ix_evidence_anonymous", "evidence", "uploaded_at", ANONYMOUS)
    op.execute(
        "UPDATE hazard SET source = 'tip' "
        "WHERE id IN (SELECT hazard_id FROM tip WHERE outcome = 'accepted' AND hazard_id IS NOT NULL)"
    )


def _index(name: str, table: str, column: str, where: sa.TextClause) -> None:
    op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.execute("UPDATE hazard SET source = 'report' WHERE source = 'tip'")
    op.drop_index("ix_evidence_anonymous", table_name="evidence")
    op.drop_index("ix_tip_to_erase", table_name="tip")
    op.drop_index("ix_tip_evidence", table_name="tip")
    with op.batch_alter_table("tip") as batch_op:
        batch_op.drop_column("erased_at")
