"""What stands behind a line: only what had happened when the list was drafted, and the state of today."""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import World, at, drive_of, end_of
from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.failing import facts
from workflows.failing.facts import ItemFacts
from workflows.obligations.models import Obligation
from workflows.obligations.rules import ObligationState


def of_the_only_line(world: World) -> list[ItemFacts]:
    entry = world.session.scalars(select(FailingListEntry)).one()
    listed = world.session.get_one(FailingList, entry.list_id)
    return facts.of_lines(world.session, [entry], drafted_at=listed.drafted_at)[entry.id]


def the_obligation(world: World) -> Obligation:
    return world.session.scalars(select(Obligation)).one()


def test_what_was_late_names_the_day_and_what_was_done(world: World) -> None:
    world.firm()
    world.launch(drive_of("3", due={"3": "2025-07-31"}))
    world.advance(at("2025-08-11 09:00"))
    [item] = of_the_only_line(world)
    assert (item.is_late, item.due_at) == (True, end_of("2025-07-31"))
    # workdays from Thursday 07-31: -5 07-24, -1 07-30, +1 08-01 remind; +3 08-05 town, +7 08-11 (after the draft)
    assert [(one.kind, one.at) for one in item.done] == [
        ("remind", at("2025-07-24 09:00")),
        ("remind", at("2025-07-30 09:00")),
        ("notify", at("2025-08-01 09:00")),
        ("town_task", at("2025-08-05 09:00")),
    ]
    assert (item.reminders, item.steps, item.returns) == (3, 1, 0)
    assert facts.late_since([item]) == end_of("2025-07-31")


def test_what_was_not_yet_due_is_late_since_never(world: World) -> None:
    world.firm()
    world.launch(drive_of("3"))
    world.advance(at("2025-08-11 00:00"))
    [item] = of_the_only_line(world)
    assert item.is_late is False
    assert facts.late_since([item]) is None


def test_a_return_is_told_with_its_reason(world: World) -> None:
    world.firm()
    world.launch(drive_of("3"))
    world.advance(at("2025-08-05 09:00"))
    one = the_obligation(world)
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="return", reason="许可证不在有效期内")
    world.advance(at("2025-08-11 00:00"))
    [item] = of_the_only_line(world)
    assert [(done.kind, done.reason) for done in item.done if done.kind == "returned"] == [
        ("returned", "许可证不在有效期内")
    ]


def test_what_came_after_the_draft_changes_the_state_and_not_the_record(world: World) -> None:
    world.firm()
    world.launch(drive_of("3"))
    world.advance(at("2025-08-11 00:00"))
    before = [item.done for item in of_the_only_line(world)]
    world.advance(at("2025-08-12 09:00"))
    one = the_obligation(world)
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="return", reason="许可证不在有效期内")
    [item] = of_the_only_line(world)
    assert (item.done, item.state) == (before[0], ObligationState.RETURNED)
