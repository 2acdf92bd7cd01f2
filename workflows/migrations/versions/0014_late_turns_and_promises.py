"""Late turns that are over, kept by the database itself; promises; indexes over what is late only."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import Identifier, UtcDateTime
from workflows.lateness import triggers

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OF_INSTANCE = ["instance_id", "campaign_id", "town_id", "department_id", "enterprise_id", "item_code", "id"]
UNSUBMITTED = "submitted_at IS NULL AND closed_at IS NULL"
PARTIAL = (  # name, table, columns, condition
    (
        "ix_obligation_unsubmitted",
        "obligation",
        [
            "due_at",
            "campaign_id",
            "town_id",
            "department_id",
            "enterprise_id",
            "item_code",
            "id",
            "instance_id",
        ],
        UNSUBMITTED,
    ),
    ("ix_unit_task_unsubmitted", "unit_task", ["due_at"], UNSUBMITTED),
    ("ix_hazard_open", "hazard", ["due_at"], "closed_at IS NULL"),
    (
        "ix_escalation_taken",
        "escalation",
        ["subject_kind", "subject_id", "acted_at", "action"],
        "outcome = 'sent' AND \"offset\" > 0",
    ),
    (
        "ix_user_task_undated",
        "user_task",
        ["node", "created_at", "candidate_group", "instance_id"],
        "closed_at IS NULL AND due_at IS NULL",
    ),
    (
        "ix_user_task_opened_late",
        "user_task",
        ["created_at", "instance_id"],
        "closed_at IS NULL AND due_at < created_at",
    ),
)


def upgrade() -> None:
    _late_turns()
    _promises()
    for name, table, columns, condition in PARTIAL:
        where = sa.text(condition)
        op.create_index(name, table, columns, sqlite_where=where, postgresql_where=where)
    op.drop_index("ix_obligation_instance", table_name="obligation")
    op.create_index("ix_obligation_instance", "obligation", OF_INSTANCE)
    dialect = op.get_bind().dialect.name
    op.execute(triggers.backfill(dialect))
    for statement in triggers.statements(dialect, path=False):
        op.execute(statement)


def downgrade() -> None:
    for statement in triggers.removal(op.get_bind().dialect.name):
        op.execute(statement)
    op.drop_index("ix_obligation_instance", table_name="obligation")
    op.create_index("ix_obligation_instance", "obligation", ["instance_id"])
    for name, table, *_ in PARTIAL:
        op.drop_index(name, table_name=table)
    op.drop_table("promise")
    op.drop_table("late_turn")


def _late_turns() -> None:
    op.create_table(
        "late_turn",
        sa.Column("task_id", Identifier, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("body_id", sa.Integer(), nullable=True),
        sa.Column("item_code", sa.String(), nullable=True),
        sa.Column("candidate_group", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["user_task.id"], name=op.f("fk_late_turn_task_id_user_task")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_late_turn")),
    )
    op.create_index(
        "ix_late_turn_ended",
        "late_turn",
        [
            "kind",
            "until",
            "due_at",
            "since",
            "campaign_id",
            "town_id",
            "department_id",
            "enterprise_id",
            "item_code",
            "subject_id",
            "body_id",
            "candidate_group",
        ],
    )
    op.create_index("ix_late_turn_subject", "late_turn", ["kind", "subject_id"])


def _promises() -> None:
    op.create_table(
        "promise",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_kind", sa.String(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=True),
        sa.Column("town_id", sa.Integer(), nullable=True),
        sa.Column("department_id", sa.Integer(), nullable=True),
        sa.Column("enterprise_id", sa.Integer(), nullable=True),
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", Identifier, nullable=False),
        sa.Column("whose", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("promised_by", sa.String(), nullable=False),
        sa.Column("promised_at", UtcDateTime(), nullable=False),
        sa.Column("urged_by", sa.String(), nullable=False),
        sa.Column("urged_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_promise_campaign_id_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["organization_id"], ["organization.id"], name=op.f("fk_promise_organization_id_organization")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_promise_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
    )
    op.create_index("ix_promise_subject", "promise", ["subject_kind", "subject_id", "id"])
    op.create_index("ix_promise_open", "promise", ["settled_at", "by_on"])
