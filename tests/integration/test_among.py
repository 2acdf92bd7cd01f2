"""Many values in one parameter find what `IN` finds, and by an index."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Integer, MetaData, Table, create_engine, select

from engine.among import among, among_given
from tests.factories import World
from workflows.register.models import Enterprise


def test_numbers_find_the_rows_that_hold_one_of_them(world: World) -> None:
    first, _, third = world.firm(), world.firm(), world.firm()
    query = select(Enterprise.id).where(among(Enterprise.id, [first.id, third.id, -1]))
    assert set(world.session.scalars(query)) == {first.id, third.id}


def test_strings_find_the_rows_that_hold_one_of_them(world: World) -> None:
    first, second = world.firm(), world.firm()
    query = select(Enterprise.id).where(among(Enterprise.uscc, {second.uscc, "无此", "'\"\\,{}"}))
    assert list(world.session.scalars(query)) == [second.id] != [first.id]


def test_no_value_finds_nothing(world: World) -> None:
    world.firm()
    query = select(Enterprise.id).where(among(Enterprise.id, []))
    assert list(world.session.scalars(query)) == []


def test_more_values_than_a_statement_may_have_parameters(world: World) -> None:
    firm = world.firm()
    query = select(Enterprise.id).where(among(Enterprise.id, range(firm.id + 40_000)))
    assert firm.id in set(world.session.scalars(query))


def test_a_list_that_comes_with_each_execution(world: World) -> None:
    first, second = world.firm(), world.firm()
    query = select(Enterprise.id).where(among_given(Enterprise.id, "ids"), Enterprise.id > 0)
    found = [list(world.session.scalars(query, {"ids": [one.id]})) for one in (first, second)]
    assert found == [[first.id], [second.id]]


def test_what_is_not_among_them(world: World) -> None:
    first, second = world.firm(), world.firm()
    query = select(Enterprise.id).where(~among(Enterprise.id, [first.id]))
    assert second.id in set(world.session.scalars(query))
    assert first.id not in set(world.session.scalars(query))


def test_sqlite_finds_the_rows_by_an_index() -> None:
    places = Table("place", MetaData(), Column("id", Integer, primary_key=True), Column("open", Boolean))
    query = select(places).where(among_given(places.c.id, "ids"), places.c.open)
    with create_engine("sqlite://").connect() as connection:
        places.create(connection)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {query.compile(connection)}", ("[1]",)).all()
    assert plan[0][-1].startswith("SEARCH place USING INTEGER PRIMARY KEY")
