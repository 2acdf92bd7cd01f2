"""Many rows go in like single ones."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tests.factories import World
from workflows.manyrows import insert_rows
from workflows.register.models import Licence, RegisterChange
from workflows.register.types import LicenceKind


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
