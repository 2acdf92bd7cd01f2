"""The triggers: one keeps a late turn when its task is closed, one keeps beside an obligation the review it waits for.

They see every change, whoever makes it: a person, a timer, a cancellation. `Base.metadata.create_all` runs them with
the table of late turns; migrations run `statements(...)` and `of_reviews(...)`.
"""

from __future__ import annotations

from collections.abc import Mapping
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
_OF_OBLIGATION = ", ".join(f"'{node}'" for node in REVIEWS["obligation"])
_IS_REVIEW = f"NEW.node IN ({_OF_OBLIGATION})"
_ENDS, _REVIEWS = "user_task_ends_late", "obligation_reviewed"  # functions
_ENDINGS = {"user_task_ends_late": "UPDATE OF closed_at"}  # trigger -> what makes it run
_CHANGES = {
    "user_task_review_opens": "INSERT",
    "user_task_review_changes": "UPDATE OF closed_at, due_at, candidate_group",
}
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
    return _making(dialect, _ENDS, when, insertion("NEW.instance_id", path=path), _ENDINGS)


def removal(dialect: str) -> list[str]:
    """What takes the trigger away again."""
    return _taking_away(dialect, _ENDS, _ENDINGS)


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


def of_reviews(dialect: str) -> list[str]:
    """What makes the triggers that keep `review_since` and `review_group` of obligations."""
    return _making(dialect, _REVIEWS, _IS_REVIEW, reviewed("instance_id = NEW.instance_id"), _CHANGES)


def without_reviews(dialect: str) -> list[str]:
    """What takes them away again."""
    return _taking_away(dialect, _REVIEWS, _CHANGES)


def reviewed(which: str) -> str:
    """The statement that reads the review each of these obligations waits for off its open tasks; none is NULL."""
    return (
        "UPDATE obligation SET (review_since, review_group) = (SELECT t.created_at, t.candidate_group "  # noqa: S608 - names
        "FROM user_task AS t WHERE t.instance_id = obligation.instance_id AND t.closed_at IS NULL AND t.due_at IS NULL "
        f"AND t.node IN ({_OF_OBLIGATION}) ORDER BY t.id LIMIT 1) WHERE {which}"
    )


def _making(dialect: str, function: str, when: str, body: str, events: Mapping[str, str]) -> list[str]:
    """Triggers on tasks, by name, with one body; PostgreSQL wants it as a function."""
    begin = [
        f"CREATE TRIGGER {name} AFTER {event} ON user_task FOR EACH ROW" for name, event in events.items()
    ]
    if dialect == "sqlite":
        return [f"{one} WHEN {when} BEGIN {body}; END" for one in begin]
    return [
        f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body}; RETURN NULL; END $$",
        *(f"{one} WHEN ({when}) EXECUTE FUNCTION {function}()" for one in begin),
    ]


def _taking_away(dialect: str, function: str, events: Mapping[str, str]) -> list[str]:
    if dialect == "sqlite":
        return [f"DROP TRIGGER {name}" for name in events]
    return [*(f"DROP TRIGGER {name} ON user_task" for name in events), f"DROP FUNCTION {function}()"]


def install(_table: Table, connection: Connection, **_: Any) -> None:
    """The `after_create` event of the table."""
    for statement in (*statements(connection.dialect.name), *of_reviews(connection.dialect.name)):
        connection.execute(text(statement))
