"""Templates of documents that offices edit; figures of reports, as they were taken."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime
from workflows.audit.triggers import removal, statements

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "document_template",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_document_template_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["evidence.id"], name=op.f("fk_document_template_evidence_id_evidence")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_template")),
    )
    op.create_index("ix_document_template_kind", "document_template", ["kind", "organization_id", "id"])
    op.create_table(
        "report_figures",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("node", sa.String(length=40), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("taken_by", sa.String(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_report_figures_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report_figures")),
    )
    op.create_index("ix_report_figures_instance", "report_figures", ["instance_id", "node", "id"])
    for statement in statements(op.get_bind().dialect.name, "report_figures"):
        op.execute(statement)


def downgrade() -> None:
    op.drop_index("ix_report_figures_instance", "report_figures")
    op.drop_table("report_figures")
    for statement in removal(op.get_bind().dialect.name, "report_figures"):
        op.execute(statement)
    op.drop_index("ix_document_template_kind", "document_template")
    op.drop_table("document_template")
