"""A table that was saved before there were checks of the effect and tips: those climb the default table's ladders."""

from __future__ import annotations

import hashlib
import json

from sqlalchemy import select

from tests.factories import World, at
from workflows.escalation import tables
from workflows.escalation.models import LadderVersion
from workflows.escalation.table import Row, rows_of, to_json
from workflows.hazards.models import Hazard
from workflows.transactional import changed

LATER = ("hazard_effect", "tip")
SHORT = [Row(None, "office_task", 2, "workday", "lead_officer")]


def saved_before(world: World, campaign_id: int | None = None) -> LadderVersion:
    """The table of its time, as it was kept then: without the rows and the names of what came later."""
    steps = tables.table_of(world.session, None).ladders
    content = to_json({name: rows for name, rows in steps.items() if name not in LATER})
    content["unit"] = []  # somebody wanted none, which is something else than not knowing it
    version = LadderVersion(
        scope=tables.scope_of(campaign_id), version=1, content=content, reason="汛期从严", saved_at=world.now,
        hash=hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest(), saved_by="account:1",
    )  # fmt: skip
    world.session.add(version)
    world.session.flush()
    changed(world.session, tables.KEY)
    return version


def offsets(world: World, ladder: str, campaign_id: int | None = None) -> list[int]:
    return [step.offset for step in tables.table_of(world.session, campaign_id).steps(ladder)]


def save_tips(world: World, campaign_id: int | None = None) -> LadderVersion:
    base = tables.table_of(world.session, campaign_id).hash
    return tables.save(
        world.session, {"tip": SHORT}, campaign_id=campaign_id, base=base, reason="从严", now=world.now,
        actor="account:1",
    )  # fmt: skip


def test_a_ladder_that_it_does_not_know_is_the_defaults(world: World) -> None:
    saved_before(world)
    assert (offsets(world, "hazard_effect"), offsets(world, "tip")) == ([1, 3, 7], [-1, 1])


def test_a_ladder_without_steps_stays_without(world: World) -> None:
    saved_before(world)
    assert offsets(world, "unit") == []


def test_a_campaigns_table_falls_back_on_the_houses(world: World) -> None:
    one = world.obligation()
    saved_before(world, one.campaign_id)
    save_tips(world)
    assert offsets(world, "tip", one.campaign_id) == [2]


def test_it_can_be_changed_again(world: World) -> None:
    saved_before(world)
    save_tips(world)
    assert (offsets(world, "tip"), offsets(world, "hazard_effect"), offsets(world, "unit")) == (
        [2],
        [1, 3, 7],
        [],
    )


def test_an_unchanged_row_keeps_its_number(world: World) -> None:
    saved_before(world)
    before = tables.table_of(world.session, None)
    save_tips(world)
    after = tables.table_of(world.session, None)
    assert rows_of(after.steps("hazard_effect")) == rows_of(before.steps("hazard_effect"))


def test_a_late_check_of_the_effect_climbs(world: World) -> None:
    saved_before(world)
    hazard = world.hazard()
    world.planned(hazard)
    world.fix(hazard)
    world.do(hazard, "verify", world.town(), passed=True)
    found = world.session.get_one(Hazard, hazard.id)
    round_ = world.variables(found)["round"]
    world.advance(at("2025-12-31 12:00"))
    assert [offset for offset, _ in world.acted(found, round=round_)] == [1, 3, 7]


def test_the_version_itself_says_what_counts(world: World) -> None:
    kept = saved_before(world)
    assert tables.as_it_counts(world.session, kept).steps("tip") == tables.table_of(
        world.session, None
    ).steps("tip")
    assert world.session.scalars(select(LadderVersion)).one().content.keys().isdisjoint(LATER)
