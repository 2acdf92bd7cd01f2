"""The whole loop of a hazard: marks, outcome, cause and prevention, the check of its effect, where it comes from."""

from __future__ import annotations

import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime
from workflows.lateness import triggers

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

CHUNK = 1000
DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


def _columns() -> list[sa.Column[Any]]:
    """New ones each time: a column belongs to one table."""
    return [
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("source", sa.String(), nullable=False, server_default="report"),
        sa.Column("kind", sa.String(), nullable=True),
        sa.Column("place_key", sa.String(), nullable=False, server_default=""),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=True),
        sa.Column("prevention", sa.Text(), nullable=True),
        sa.Column("plated_at", UtcDateTime(), nullable=True),
        sa.Column("plated_by", sa.String(), nullable=True),
        sa.Column("plate_no", sa.String(), nullable=True),
        sa.Column("accounted_at", UtcDateTime(), nullable=True),
        sa.Column("accounted_by", sa.String(), nullable=True),
        sa.Column("account_no", sa.String(), nullable=True),
        sa.Column("written_off_at", UtcDateTime(), nullable=True),
        sa.Column("effective", sa.Boolean(), nullable=True),
        sa.Column("effect_checked_at", UtcDateTime(), nullable=True),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("follows_id", sa.Integer(), nullable=True),
    ]


def upgrade() -> None:
    _without_trigger()
    with op.batch_alter_table("hazard") as table:
        for column in _columns():
            table.add_column(column)
        table.create_foreign_key(op.f("fk_hazard_merged_into_id_hazard"), "hazard", ["merged_into_id"], ["id"])
        table.create_foreign_key(op.f("fk_hazard_follows_id_hazard"), "hazard", ["follows_id"], ["id"])
    op.create_index("ix_hazard_place", "hazard", ["enterprise_id", "place_key"])
    op.create_index("ix_hazard_merged_into", "hazard", ["merged_into_id"])
    op.execute("UPDATE hazard SET source = 'self_check' WHERE obligation_id IS NOT NULL")
    op.execute("UPDATE hazard SET outcome = 'closed' WHERE closed_at IS NOT NULL")
    _fill_place_keys(op.get_bind())
    with op.batch_alter_table("hazard") as table:
        for name in ("source", "place_key"):
            table.alter_column(name, server_default=None)
    _with_trigger()


def _fill_place_keys(connection: sa.Connection) -> None:
    hazard = sa.table("hazard", sa.column("id"), sa.column("place"), sa.column("place_key"))
    change = sa.update(hazard).where(hazard.c.id == sa.bindparam("number")).values(place_key=sa.bindparam("key"))
    last = 0
    while True:
        query = sa.select(hazard.c.id, hazard.c.place).where(hazard.c.id > last).order_by(hazard.c.id)
        rows = connection.execute(query.limit(CHUNK)).all()
        if not rows:
            return
        connection.execute(change, [{"number": number, "key": _key(place)} for number, place in rows])
        last = rows[-1][0]


def _key(place: str) -> str:
    folded = unicodedata.normalize("NFKC", place).casefold().translate(DIGITS)
    return "".join(letter for letter in folded if letter.isalnum())


def _without_trigger() -> None:
    """It names the table that SQLite rebuilds, and the reviews that it keeps when they took days."""
    for statement in triggers.removal(op.get_bind().dialect.name):
        op.execute(statement)


def _with_trigger() -> None:
    for statement in triggers.statements(op.get_bind().dialect.name):
        op.execute(statement)


def downgrade() -> None:
    _without_trigger()
    op.drop_index("ix_hazard_merged_into", "hazard")
    op.drop_index("ix_hazard_place", "hazard")
    with op.batch_alter_table("hazard") as table:
        table.drop_constraint(op.f("fk_hazard_follows_id_hazard"), type_="foreignkey")
        table.drop_constraint(op.f("fk_hazard_merged_into_id_hazard"), type_="foreignkey")
        for column in reversed(_columns()):
            table.drop_column(column.name)
    _with_trigger()
