"""Duties of government bodies, kept versions of templates, departments by function."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "period_dispatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("dispatched_at", UtcDateTime(), nullable=False),
        sa.Column("obligations", sa.Integer(), nullable=False),
        sa.Column("last_enterprise_id", sa.Integer(), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaign.id"], name=op.f("fk_period_dispatch_campaign_id_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period_dispatch")),
        sa.UniqueConstraint("campaign_id", "opened_on", name=op.f("uq_period_dispatch_campaign_id_opened_on")),
    )
    op.create_table('template_version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('data', sa.JSON(), nullable=False),
    sa.Column('hash', sa.String(length=64), nullable=False),
    sa.Column('based_on', sa.String(), nullable=False),
    sa.Column('saved_at', UtcDateTime(), nullable=False),
    sa.Column('saved_by', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_template_version')),
    sa.UniqueConstraint('hash', name=op.f('uq_template_version_hash'))
    )
    with op.batch_alter_table('template_version', schema=None) as batch_op:
        batch_op.create_index('ix_template_version_code', ['code', 'id'], unique=False)

    op.create_table('unit_task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('campaign_id', sa.Integer(), nullable=False),
    sa.Column('duty_code', sa.String(), nullable=False),
    sa.Column('period', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('phase', sa.Integer(), nullable=False),
    sa.Column('body_id', sa.Integer(), nullable=False),
    sa.Column('body_role', sa.String(), nullable=False),
    sa.Column('town_id', sa.Integer(), nullable=True),
    sa.Column('department_id', sa.Integer(), nullable=True),
    sa.Column('enterprise_id', sa.Integer(), nullable=True),
    sa.Column('due_at', UtcDateTime(), nullable=True),
    sa.Column('original_due_at', UtcDateTime(), nullable=True),
    sa.Column('round', sa.Integer(), nullable=False),
    sa.Column('round_kind', sa.String(), nullable=False),
    sa.Column('outcome', sa.String(), nullable=True),
    sa.Column('opened_by', sa.String(), nullable=True),
    sa.Column('submitted_at', UtcDateTime(), nullable=True),
    sa.Column('closed_at', UtcDateTime(), nullable=True),
    sa.Column('instance_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['body_id'], ['organization.id'], name=op.f('fk_unit_task_body_id_organization')),
    sa.ForeignKeyConstraint(['campaign_id'], ['campaign.id'], name=op.f('fk_unit_task_campaign_id_campaign')),
    sa.ForeignKeyConstraint(['instance_id'], ['process_instance.id'], name=op.f('fk_unit_task_instance_id_process_instance')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit_task')),
    sa.UniqueConstraint('campaign_id', 'duty_code', 'body_id', 'period', name=op.f('uq_unit_task_campaign_id_duty_code_body_id_period'))
    )
    with op.batch_alter_table('unit_task', schema=None) as batch_op:
        batch_op.create_index('ix_unit_task_body', ['body_id'], unique=False)
        batch_op.create_index('ix_unit_task_campaign_due', ['campaign_id', 'due_at'], unique=False)
        batch_op.create_index('ix_unit_task_instance', ['instance_id'], unique=False)

    with op.batch_alter_table('escalation', schema=None) as batch_op:
        batch_op.alter_column('enterprise_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.alter_column('town_id',
               existing_type=sa.INTEGER(),
               nullable=True)
        batch_op.alter_column('department_id',
               existing_type=sa.INTEGER(),
               nullable=True)

    with op.batch_alter_table('organization', schema=None) as batch_op:
        batch_op.add_column(sa.Column('function', sa.Enum('emergency', 'development_reform', name='organizationfunction', native_enum=False, length=40), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("organization", schema=None) as batch_op:
        batch_op.drop_column("function")
    with op.batch_alter_table("escalation", schema=None) as batch_op:
        for name in ("enterprise_id", "town_id", "department_id"):
            batch_op.alter_column(name, existing_type=sa.INTEGER(), nullable=False)
    op.drop_table("unit_task")
    op.drop_table("period_dispatch")
    op.drop_table("template_version")
