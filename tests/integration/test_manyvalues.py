"""Many values in one parameter find what `IN` finds, and many rows go in like single ones."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from engine.among import among
from tests.factories import World
from workflows.manyrows import insert_rows
from workflows.register.models import Enterprise, Licence, RegisterChange
from workflows.register.types import LicenceKind


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


def test_rows_hold_what_was_stated_of_each(world: World) -> None:
    firm = world.firm()
    stated = {
        LicenceKind.FIREWORKS: ('"烟花"\\{1,2}', date.max),
        LicenceKind.ROAD_TRANSPORT: (None, date(2027, 6, 30)),
        LicenceKind.CHEMICALS_USE: ("NULL", None),
    }
    rows = [
        {"enterprise_id": firm.id, "kind": kind, "number": number, "expires_on": day}
        for kind, (number, day) in stated.items()
    ]
    insert_rows(world.session, Licence, rows)
    found = world.session.scalars(select(Licence).where(Licence.enterprise_id == firm.id))
    assert {one.kind: (one.number, one.expires_on) for one in found} == stated


def test_rows_hold_instants_and_documents(world: World) -> None:
    firm = world.firm()
    after = {"flags": {"dust": None, "night": True}, "name": '"样例" 甲', "employees": 12}
    row = {"enterprise_id": firm.id, "at": world.now, "actor": "town", "source": "edit", "after": after}
    insert_rows(world.session, RegisterChange, [{**row, "before": None}, {**row, "before": {}}])
    mine = select(RegisterChange).where(RegisterChange.enterprise_id == firm.id).order_by(RegisterChange.id)
    found = world.session.scalars(mine).all()
    assert [(one.at, one.after, one.before) for one in found] == [
        (world.now, after, None),
        (world.now, after, {}),
    ]
    unknown = mine.where(RegisterChange.before.is_(None))
    assert [one.id for one in world.session.scalars(unknown)] == [found[0].id]
