"""The trigger that keeps a late turn when its task is closed, whoever closes it: a person, a timer, a cancellation.

`Base.metadata.create_all` runs it with the table; a migration runs `statements(...)` after it creates the table.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table, text

REVIEWS = {  # tasks without a date
    "obligation": ("town_review", "department_review", "site_check"),
    "hazard": (
        "verify", "accept", "consent", "site_review", "suspend", "re_review", "decide_closure", "supervise",
    ),
    "unit_task": ("check",),
}  # fmt: skip
SLOW_DAYS = 3  # of the calendar; a review that is late by working days has waited at least as long

_NODES = ", ".join(f"'{node}'" for nodes in REVIEWS.values() for node in nodes)
_COLUMNS = (
    "task_id, kind, subject_id, campaign_id, town_id, department_id, enterprise_id, body_id, item_code, "
    "candidate_group, due_at, since, until"
)
_NO_BODY, _NO_ITEM = "CAST(NULL AS INTEGER)", "CAST(NULL AS VARCHAR)"
_HOMES = {  # kind and table -> body and item
    "obligation": (_NO_BODY, "s.item_code"),
    "hazard": (_NO_BODY, _NO_ITEM),
    "unit_task": ("s.body_id", "s.duty_code"),
}
_SLOW = {
    "sqlite": f"NEW.created_at < datetime(NEW.closed_at, '-{SLOW_DAYS} days')",
    "postgresql": f"NEW.created_at < NEW.closed_at - interval '{SLOW_DAYS} days'",
}


def statements(dialect: str, *, path: bool = True) -> list[str]:
    """What makes the trigger on this kind of database; without `path` as it was before there were any."""
    when = f"OLD.closed_at IS NULL AND {ended_late(dialect)}"
    begin = "CREATE TRIGGER user_task_ends_late AFTER UPDATE OF closed_at ON user_task FOR EACH ROW"
    if dialect == "sqlite":
        return [f"{begin} WHEN {when} BEGIN {insertion('NEW.instance_id', path=path)}; END"]
    return [
        "CREATE OR REPLACE FUNCTION user_task_ends_late() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {insertion('NEW.instance_id', path=path)}; RETURN NULL; END $$",
        f"{begin} WHEN ({when}) EXECUTE FUNCTION user_task_ends_late()",
    ]


def removal(dialect: str) -> list[str]:
    """What takes the trigger away again."""
    if dialect == "sqlite":
        return ["DROP TRIGGER user_task_ends_late"]
    return ["DROP TRIGGER user_task_ends_late ON user_task", "DROP FUNCTION user_task_ends_late()"]


def backfill(dialect: str) -> str:
    """The same for every task that was closed before there was a trigger, hence before there were paths."""
    late = ended_late(dialect).replace("NEW.", "t.")
    return f"INSERT INTO late_turn ({_COLUMNS}) {_rows('t', f't.instance_id AND {late}', 'user_task AS t, ')}"


def ended_late(dialect: str) -> str:
    """Whether the task `NEW` was closed late, or was a review that took days."""
    slow = f"NEW.due_at IS NULL AND NEW.node IN ({_NODES}) AND {_SLOW[dialect]}"
    return f"NEW.closed_at IS NOT NULL AND (NEW.due_at < NEW.closed_at OR ({slow}))"


def insertion(instance: str, *, path: bool) -> str:
    """The statement of the trigger: a row for the subject whose process the task belongs to."""
    if path:
        return f"INSERT INTO late_turn ({_COLUMNS}, path_id) {_rows('NEW', instance, '', ', s.path_id')}"
    return f"INSERT INTO late_turn ({_COLUMNS}) {_rows('NEW', instance, '')}"


def _rows(task: str, instance: str, tables: str, more: str = "") -> str:
    return " UNION ALL ".join(
        f"SELECT {task}.id, '{kind}', s.id, s.campaign_id, s.town_id, s.department_id, s.enterprise_id, "  # noqa: S608 - names
        f"{body}, {item}, {task}.candidate_group, {task}.due_at, {task}.created_at, {task}.closed_at{more} "
        f"FROM {tables}{kind} AS s WHERE s.instance_id = {instance}"
        for kind, (body, item) in _HOMES.items()
    )


def install(_table: Table, connection: Connection, **_: Any) -> None:
    """The `after_create` event of the table."""
    for statement in statements(connection.dialect.name):
        connection.execute(text(statement))
