"""No question of the overdue board reads every obligation or every task."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest

from tests.factories import World, at, drive_of, end_of
from tests.integration.plans import as_if_large, plans, scanned
from workflows.calendar.service import load
from workflows.lateness import board
from workflows.lateness.rules import DIMENSIONS, Dimension, Kind
from workflows.lateness.turns import Moment, View
from workflows.sight import Sight

VIEWS = [(kind, by) for kind in Kind for by in DIMENSIONS[kind]]
SIGHTS = (Sight(everything=True), Sight(everything=False, town_ids=(4,)))


def page(world: World, view: View, moment: Moment) -> Callable[[], object]:
    """Everything that the page asks."""
    session = world.session
    return lambda: (
        board.matrix(session, view=view, moment=moment),
        board.listed(session, view=view, moment=moment),
        board.count(session, view=view, moment=moment),
    )


def test_no_question_reads_a_large_table(world: World) -> None:
    world.firm()
    world.launch(drive_of("3", due={"3": "2025-08-05"}))
    world.jump(at("2025-08-18 10:00"))
    as_if_large(world.session)
    calendar = load(world.session)
    for on, sight in product((world.now, at("2025-08-10 10:00")), SIGHTS):
        moment = Moment.of(world.session, on, now=world.now, sight=sight, calendar=calendar)
        for kind, by in VIEWS:
            found = plans(world.session, page(world, View(kind, by), moment))
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
    lines = "\n".join(plans(world.session, page(world, View(), moment)))
    assert "ix_obligation_unsubmitted" in lines
    assert "ix_late_turn_ended" in lines
    by_step = "\n".join(plans(world.session, page(world, View(by=Dimension.STEP), moment)))
    assert "ix_obligation_unsubmitted" in by_step
    assert "ix_late_turn_ended" in by_step
