"""Failing lists are struck, objected to and signed; their lines remember what was late."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

LISTED = sa.table(
    "failing_list_entry",
    sa.column("id", sa.Integer()),
    sa.column("list_id", sa.Integer()),
    sa.column("enterprise_id", sa.Integer()),
    sa.column("town_id", sa.Integer()),
    sa.column("department_id", sa.Integer()),
    sa.column("item_codes", sa.Text()),
    sa.column("items", sa.JSON()),
)
LIST = sa.table(
    "failing_list",
    sa.column("id", sa.Integer()),
    sa.column("campaign_id", sa.Integer()),
    sa.column("department_id", sa.Integer()),
)
OBLIGATION = sa.table(
    "obligation",
    sa.column("id", sa.Integer()),
    sa.column("campaign_id", sa.Integer()),
    sa.column("enterprise_id", sa.Integer()),
    sa.column("town_id", sa.Integer()),
    sa.column("item_code", sa.String()),
    sa.column("due_at", UtcDateTime()),
)


def _signed() -> list[sa.Column[Any]]:
    return [
        sa.Column("objections_until", UtcDateTime()),
        sa.Column("signed_at", UtcDateTime()),
        sa.Column("signed_by", sa.String()),
        sa.Column("opinion", sa.Text()),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("circular", sa.Text()),
        sa.Column("circular_at", UtcDateTime()),
        sa.Column("circular_by", sa.String()),
    ]


def _struck() -> list[sa.Column[Any]]:
    return [
        sa.Column("town_id", sa.Integer()),
        sa.Column("department_id", sa.Integer()),
        sa.Column("items", sa.JSON(), server_default="[]", nullable=False),
        sa.Column("struck_at", UtcDateTime()),
        sa.Column("struck_by", sa.String()),
        sa.Column("strike_reason", sa.Text()),
    ]


def upgrade() -> None:
    with op.batch_alter_table("failing_list") as batch_op:
        for column in _signed():
            batch_op.add_column(column)
        batch_op.create_foreign_key(
            "fk_failing_list_instance_id_process_instance", "process_instance", ["instance_id"], ["id"]
        )
    with op.batch_alter_table("failing_list_entry") as batch_op:
        for column in _struck():
            batch_op.add_column(column)
        batch_op.create_index("ix_failing_list_entry_list", ["list_id", "id"], unique=False)
        batch_op.create_index("ix_failing_list_entry_town", ["town_id"], unique=False)
    _fill_in()
    with op.batch_alter_table("failing_list_entry") as batch_op:
        batch_op.alter_column("items", existing_type=sa.JSON(), server_default=None)
    op.create_table(
        "objection",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("filed_by", sa.String(120), nullable=False),
        sa.Column("filed_at", UtcDateTime(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(120), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("instance_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["failing_list_entry.id"], name=op.f("fk_objection_entry_id_failing_list_entry")
        ),
        sa.ForeignKeyConstraint(
            ["list_id"], ["failing_list.id"], name=op.f("fk_objection_list_id_failing_list")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["process_instance.id"], name=op.f("fk_objection_instance_id_process_instance")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    _create_enforcement()
    op.create_index("ix_objection_entry", "objection", ["entry_id"])
    op.create_index("ix_objection_list", "objection", ["list_id", "answered_at"])


def _create_enforcement() -> None:
    homes = {"campaign_id": "campaign", "list_id": "failing_list", "entry_id": "failing_list_entry"}
    homes |= {"enterprise_id": "enterprise", "town_id": "organization", "department_id": "organization"}
    homes |= {"instance_id": "process_instance"}
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "enforcement",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in list(homes)[:-1]),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("instance_id", number, nullable=True),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_enforcement_{name}_{table}"))
            for name, table in homes.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enforcement")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_enforcement_entry_id")),
    )
    op.create_index("ix_enforcement_enterprise", "enforcement", ["enterprise_id"])
    op.create_index("ix_enforcement_department", "enforcement", ["department_id", "closed_at"])
    op.create_index("ix_enforcement_town", "enforcement", ["town_id"])
    op.create_index("ix_enforcement_instance", "enforcement", ["instance_id"])


def _fill_in() -> None:
    """Lists drafted before get what is known of their lines now; the campaign's later changes are in it."""
    connection = op.get_bind()
    lines = sa.select(LISTED.c.id, LISTED.c.enterprise_id, LISTED.c.item_codes, LIST).join(
        LIST, LIST.c.id == LISTED.c.list_id
    )
    for number, firm, codes, _, campaign, department in connection.execute(lines).all():
        query = sa.select(OBLIGATION).where(
            OBLIGATION.c.campaign_id == campaign,
            OBLIGATION.c.enterprise_id == firm,
            OBLIGATION.c.item_code.in_(codes.split()),
        )
        failed = connection.execute(query.order_by(OBLIGATION.c.due_at, OBLIGATION.c.id)).all()
        facts = {
            "department_id": department,
            "town_id": failed[0].town_id if failed else None,
            "items": [_item(one) for one in failed],
        }
        connection.execute(sa.update(LISTED).where(LISTED.c.id == number).values(facts))


def _item(one: Any) -> dict[str, Any]:
    return {
        "obligation": one.id,
        "code": one.item_code,
        "due_at": one.due_at.isoformat() if one.due_at else None,
    }


def downgrade() -> None:
    op.drop_table("enforcement")
    op.drop_table("objection")
    with op.batch_alter_table("failing_list_entry") as batch_op:
        batch_op.drop_index("ix_failing_list_entry_town")
        batch_op.drop_index("ix_failing_list_entry_list")
        for column in _struck():
            batch_op.drop_column(column.name)
    with op.batch_alter_table("failing_list") as batch_op:
        batch_op.drop_constraint("fk_failing_list_instance_id_process_instance", type_="foreignkey")
        for column in _signed():
            batch_op.drop_column(column.name)
