"""No question of the overdue board reads every obligation or every task."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from sqlalchemy import event, text

from tests.factories import World, at, drive_of, end_of
from workflows.calendar.service import load
from workflows.lateness import board
from workflows.lateness.rules import DIMENSIONS, Dimension, Kind
from workflows.lateness.turns import Moment, View
from workflows.sight import Sight

LARGE = (
    "obligation",
    "user_task",
    "process_instance",
    "escalation",
    "late_turn",
    "hazard",
    "enterprise",
    "notification",
)
SMALL = {  # hold only what is open or late
    "ix_obligation_unsubmitted", "ix_user_task_standing", "ix_user_task_opened_late", "ix_hazard_open",
}  # fmt: skip
VIEWS = [(kind, by) for kind in Kind for by in DIMENSIONS[kind]]
SIGHTS = (Sight(everything=True), Sight(everything=False, town_ids=(4,)))


def plans(world: World, view: View, moment: Moment) -> list[str]:
    """How SQLite or PostgreSQL answers each statement of the page."""
    found: list[tuple[str, Any]] = []
    connection = world.session.connection()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_more: Any) -> None:
        found.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    board.matrix(world.session, view=view, moment=moment)
    board.listed(world.session, view=view, moment=moment)
    board.count(world.session, view=view, moment=moment)
    event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN QUERY PLAN " if connection.dialect.name == "sqlite" else "EXPLAIN "
    lines = []
    for statement, parameters in found:
        rows = connection.exec_driver_sql(explain + statement, parameters)
        lines += [str(row[-1]).strip() for row in rows]
    return lines


def scanned(line: str) -> bool:
    """Whether a line of a plan reads a large table, or an index of all of it, from end to end."""
    words = line.removeprefix("->").split()
    if line.startswith("SCAN"):
        return words[1] in LARGE and not SMALL & set(words)
    return any(f"Seq Scan on {name} " in line for name in LARGE)


def test_no_question_reads_a_large_table(world: World) -> None:
    world.firm()
    world.launch(drive_of("3", due={"3": "2025-08-05"}))
    world.jump(at("2025-08-18 10:00"))
    if (
        world.session.connection().dialect.name == "postgresql"
    ):  # so small a table is read whole unless told not to
        world.session.execute(text("SET LOCAL enable_seqscan = off"))
    calendar = load(world.session)
    for on, sight in product((world.now, at("2025-08-10 10:00")), SIGHTS):
        moment = Moment.of(world.session, on, now=world.now, sight=sight, calendar=calendar)
        for kind, by in VIEWS:
            found = plans(world, View(kind, by), moment)
            assert [line for line in found if scanned(line)] == [], (kind, by, on, sight)


def test_the_past_is_read_from_the_kept_turns_and_the_present_from_an_index(world: World) -> None:
    if world.session.connection().dialect.name != "sqlite":
        pytest.skip("the words of a plan are SQLite's")
    moment = Moment.of(
        world.session,
        end_of("2025-06-01"),
        now=world.now,
        sight=Sight(everything=True),
        calendar=load(world.session),
    )
    lines = "\n".join(plans(world, View(), moment))
    assert "ix_obligation_unsubmitted" in lines
    assert "ix_late_turn_ended" in lines
    assert "ix_escalation_taken" in "\n".join(plans(world, View(by=Dimension.STEP), moment))
