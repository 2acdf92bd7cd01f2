"""How SQLite or PostgreSQL answers the statements of a piece of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.orm import Session

LARGE = (
    "obligation", "user_task", "process_instance", "escalation", "late_turn", "hazard", "enterprise", "notification",
)  # fmt: skip
SMALL = {  # hold only what is open or late
    "ix_obligation_unsubmitted", "ix_user_task_standing", "ix_user_task_opened_late", "ix_hazard_open",
}  # fmt: skip


def asked(session: Session, work: Callable[[], object]) -> list[tuple[str, Any]]:
    """The statements of a piece of work with their parameters."""
    found: list[tuple[str, Any]] = []
    connection = session.connection()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        found.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    work()
    event.remove(connection, "before_cursor_execute", note)
    return found


def plans(session: Session, work: Callable[[], object]) -> list[str]:
    """The lines of the plans of everything that `work` asks."""
    connection = session.connection()
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    lines = []
    for statement, parameters in asked(session, work):
        rows = connection.exec_driver_sql(explain + statement, parameters)
        lines += [str(row[-1]).strip() for row in rows]
    return lines


def scanned(line: str) -> bool:
    """Whether a line of a plan reads a large table, or an index of all of it, from end to end."""
    words = line.removeprefix("->").split()
    if line.startswith("SCAN"):
        return words[1] in LARGE and not SMALL & set(words)
    return any(f"Seq Scan on {name} " in line for name in LARGE)


def as_if_large(session: Session) -> None:
    """PostgreSQL reads so small a table whole unless told not to."""
    if session.connection().dialect.name == "postgresql":
        session.execute(text("SET LOCAL enable_seqscan = off"))
