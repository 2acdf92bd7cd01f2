"""Many values in one parameter find what `IN` finds, and many rows go in like single ones."""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import World
from workflows.arrays import among
from workflows.register.models import Enterprise


def test_numbers_find_the_rows_that_hold_one_of_them(world: World) -> None:
    first, _, third = world.firm(), world.firm(), world.firm()
    query = select(Enterprise.id).where(among(world.session, Enterprise.id, [first.id, third.id, -1]))
    assert set(world.session.scalars(query)) == {first.id, third.id}


def test_strings_find_the_rows_that_hold_one_of_them(world: World) -> None:
    first, second = world.firm(), world.firm()
    query = select(Enterprise.id).where(
        among(world.session, Enterprise.uscc, {second.uscc, "无此", "'\"\\,{}"})
    )
    assert list(world.session.scalars(query)) == [second.id] != [first.id]


def test_no_value_finds_nothing(world: World) -> None:
    world.firm()
    query = select(Enterprise.id).where(among(world.session, Enterprise.id, []))
    assert list(world.session.scalars(query)) == []


def test_more_values_than_a_statement_may_have_parameters(world: World) -> None:
    firm = world.firm()
    query = select(Enterprise.id).where(among(world.session, Enterprise.id, range(firm.id + 40_000)))
    assert firm.id in set(world.session.scalars(query))
