"""A long list is printed in parts: each enterprise that stands once, numbered on, all parts with the same code."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.factories import World, at, drive_of
from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.failing import documents
from workflows.sight import Sight

EVERYTHING = Sight(everything=True)


@pytest.fixture
def listed(world: World) -> FailingList:
    """Five enterprises, the second struck."""
    for _ in range(5):
        world.firm()
    world.launch(drive_of("3"))
    world.advance(at("2025-08-11 00:00"))
    entries = world.session.scalars(select(FailingListEntry).order_by(FailingListEntry.id)).all()
    entries[1].struck_at, entries[1].strike_reason = world.now, "该企业已停产"
    world.session.flush()
    return world.session.scalars(select(FailingList)).one()


def test_the_parts_together_name_each_enterprise_that_stands_once(world: World, listed: FailingList) -> None:
    parts = [documents.part_of(world.session, listed, part, sight=EVERYTHING, size=3) for part in (1, 2, 3)]
    assert [[row.number for row in rows] for rows in parts] == [[1, 2, 3], [4], []]
    named = documents.named(world.session, listed, sight=EVERYTHING)
    assert [row.firm.name for rows in parts for row in rows] == [one.name for one in named]
    assert all(item.obligation.item_code == "3" for rows in parts for row in rows for item in row.items)


def test_the_code_changes_with_who_stands(world: World, listed: FailingList) -> None:
    before = documents.named(world.session, listed, sight=EVERYTHING)
    entry = world.session.scalars(select(FailingListEntry).order_by(FailingListEntry.id)).first()
    assert entry is not None
    entry.struck_at = world.now
    world.session.flush()
    after = documents.named(world.session, listed, sight=EVERYTHING)
    assert len(after) == len(before) - 1
    assert documents.check_code(listed, after) != documents.check_code(listed, before)


@pytest.mark.parametrize(("number", "parts"), [(0, 1), (1, 1), (50, 1), (51, 2), (10_001, 201)])
def test_a_list_has_as_many_parts_as_it_needs(number: int, parts: int) -> None:
    assert documents.parts(number) == parts
