"""Codes on walls, and what people report through them without an account."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def _foreign(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def _create_codes() -> None:
    op.create_table(
        "tip_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("token", sa.String(40), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("disabled_by", sa.String(80), nullable=True),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        _foreign("tip_code", "enterprise_id", "enterprise"),
        _foreign("tip_code", "made_by_id", "organization"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_code")),
        sa.UniqueConstraint("token", name=op.f("uq_tip_code_token")),
    )
    op.create_index("ix_tip_code_enterprise", "tip_code", ["enterprise_id", "id"])


def _columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(8), nullable=False),
        sa.Column("form_key", sa.String(64), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("enterprise_id", sa.Integer(), nullable=False),
        sa.Column("town_id", sa.Integer(), nullable=False),
        sa.Column("department_id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence_id", sa.Integer(), nullable=True),
        sa.Column("reported_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(20), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("hazard_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(80), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
    ]


def upgrade() -> None:
    _create_codes()
    op.create_table(
        "tip",
        *_columns(),
        _foreign("tip", "code_id", "tip_code"),
        _foreign("tip", "enterprise_id", "enterprise"),
        _foreign("tip", "town_id", "organization"),
        _foreign("tip", "department_id", "organization"),
        _foreign("tip", "evidence_id", "evidence"),
        _foreign("tip", "hazard_id", "hazard"),
        _foreign("tip", "instance_id", "process_instance"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip")),
        sa.UniqueConstraint("number", name=op.f("uq_tip_number")),
        sa.UniqueConstraint("form_key", name=op.f("uq_tip_form_key")),
    )
    op.create_index("ix_tip_town", "tip", ["town_id", "decided_at", "due_at"])
    op.create_index("ix_tip_decided", "tip", ["decided_at", "due_at"])
    op.create_index("ix_tip_hazard", "tip", ["hazard_id"])


def downgrade() -> None:
    op.drop_table("tip")
    op.drop_table("tip_code")
