"""How far each subject has climbed is kept beside it; lists of closed obligations and of hazards have their indexes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.models import UtcDateTime
from workflows.lateness import triggers
from workflows.migrations.indexes import Index, exchange

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

TABLES = ("obligation", "unit_task", "hazard")
UNSUBMITTED = "submitted_at IS NULL AND closed_at IS NULL"
OPEN, CLOSED = "closed_at IS NULL", "closed_at IS NOT NULL"
PLACE = ["campaign_id", "due_at", "id", "town_id", "department_id", "item_code"]
LATE = ["due_at", "campaign_id", "town_id", "department_id", "enterprise_id", "item_code", "id", "instance_id"]
ENDED = [
    "kind", "until", "due_at", "since", "campaign_id", "town_id", "department_id", "enterprise_id", "item_code",
    "subject_id", "body_id", "candidate_group",
]  # fmt: skip
OF_TOWN = ["campaign_id", "town_id", "due_at", "id", "department_id", "item_code", "closed_at"]
OF_HAZARD = [
    "instance_id", "closed_at", "campaign_id", "town_id", "department_id", "enterprise_id", "id", "path_id",
]  # fmt: skip
TAKEN = "outcome = 'sent' AND \"offset\" > 0"
OLD: Sequence[Index] = (
    ("ix_escalation_taken", "escalation", ["subject_kind", "subject_id", "acted_at", "action"], TAKEN),
    ("ix_obligation_campaign_due", "obligation", ["campaign_id", "due_at"], None),
    ("ix_obligation_campaign_town", "obligation", ["campaign_id", "town_id"], None),
    ("ix_obligation_open", "obligation", PLACE, OPEN),
    ("ix_obligation_unsubmitted", "obligation", LATE, UNSUBMITTED),
    ("ix_hazard_instance", "hazard", ["instance_id"], None),
    ("ix_late_turn_ended", "late_turn", ENDED, None),
)
NEW: Sequence[Index] = (
    ("ix_obligation_campaign_town", "obligation", OF_TOWN, None),
    ("ix_obligation_open", "obligation", [*PLACE, "round_kind"], OPEN),
    ("ix_obligation_done", "obligation", [*PLACE, "enterprise_id", "instance_id"], CLOSED),
    ("ix_obligation_unsubmitted", "obligation", [*LATE, "path_id"], UNSUBMITTED),
    ("ix_hazard_instance", "hazard", OF_HAZARD, None),
    ("ix_late_turn_ended", "late_turn", [*ENDED, "path_id"], None),
)
STEPS = sa.text(
    "SELECT subject_kind, subject_id, action, acted_at FROM escalation WHERE outcome = 'sent' AND \"offset\" > 0 "
    "AND subject_kind IN ('obligation', 'unit_task', 'hazard') ORDER BY subject_kind, subject_id, acted_at, id"
).columns(sa.Column("subject_kind"), sa.Column("subject_id"), sa.Column("action"), sa.Column("acted_at", UtcDateTime()))
PATH = sa.table(
    "ladder_path", sa.column("id"), sa.column("parent_id"), sa.column("action"), sa.column("acted_at", UtcDateTime())
)  # fmt: skip
BATCH = 1000
Path = tuple[tuple[str, Any], ...]


def upgrade() -> None:
    op.create_table(
        "ladder_path",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("acted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_path")),
    )
    op.create_index("ix_ladder_path_parent", "ladder_path", ["parent_id", "acted_at"])
    for table in (*TABLES, "late_turn"):
        op.add_column(table, sa.Column("path_id", sa.Integer(), nullable=True))
    _climbed()
    exchange(OLD, NEW)
    _trigger(path=True)


def downgrade() -> None:
    _trigger(path=False)
    exchange(NEW, OLD)
    for table in (*TABLES, "late_turn"):
        op.drop_column(table, "path_id")
    op.drop_table("ladder_path")


def _trigger(*, path: bool) -> None:
    dialect = op.get_bind().dialect.name
    for statement in (*triggers.removal(dialect), *triggers.statements(dialect, path=path)):
        op.execute(statement)


def _climbed() -> None:
    """The steps that were taken so far; a turn that is over goes by what its subject took later too, which no day
    before its end asks for."""
    known: dict[Path, int] = {}
    same: dict[tuple[str, int], list[int]] = defaultdict(list)
    for kind, number, path in _taken():
        same[(kind, _path(known, path))].append(number)
    for (kind, path_id), ids in same.items():
        for start in range(0, len(ids), BATCH):
            some = {"path": path_id, "kind": kind, "ids": ids[start : start + BATCH]}
            _set(kind, "id", some)
            _set("late_turn", "kind = :kind AND subject_id", some)


def _taken() -> Iterator[tuple[str, int, Path]]:
    rows = op.get_bind().execute(STEPS).all()
    for (kind, number), steps in groupby(rows, key=lambda row: (row.subject_kind, row.subject_id)):
        yield kind, number, tuple((step.action, step.acted_at) for step in steps)


def _path(known: dict[Path, int], path: Path) -> int:
    if path not in known:
        parent = _path(known, path[:-1]) if len(path) > 1 else None
        action, acted_at = path[-1]
        known[path] = len(known) + 1
        row = {"id": known[path], "parent_id": parent, "action": action, "acted_at": acted_at}
        op.get_bind().execute(sa.insert(PATH).values(**row))
    return known[path]


def _set(table: str, numbers: str, values: dict[str, Any]) -> None:
    statement = sa.text(f"UPDATE {table} SET path_id = :path WHERE {numbers} IN :ids")  # noqa: S608 - names
    used = {name: value for name, value in values.items() if f":{name}" in statement.text}
    op.get_bind().execute(statement.bindparams(sa.bindparam("ids", expanding=True)), used)
