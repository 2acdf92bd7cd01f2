"""The database keeps beside an obligation which review it waits for, whoever moves it on."""

from __future__ import annotations

from tests.factories import World, at
from tests.integration.lateness.reviews import Reviews, kept, waiting
from workflows import withdrawal
from workflows.campaigns import moving
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise


def told(world: World) -> Reviews:
    """What is kept, which is what the tasks say."""
    world.session.flush()
    found = kept(world.session)
    assert found == waiting(world.session)
    return found


def submitted(world: World) -> Obligation:
    one = world.obligation()
    assert told(world) == set()
    world.submit(one)
    return one


def test_it_follows_the_obligation_from_town_to_department_to_the_end(world: World) -> None:
    one = submitted(world)
    [(number, since, group)] = told(world)
    assert (number, since, group) == (one.id, world.now, f"{one.town_id}:town_officer")
    world.advance(at("2025-06-25 10:00"))
    world.do(one, "town_review", world.town(), town_decision="accept")
    assert told(world) == {(one.id, world.now, f"{one.department_id}:department_officer")}
    world.do(one, "department_review", world.department(), department_decision="accept")
    assert {group for _, _, group in told(world)} == (
        set() if one.closed_at else {f"{one.town_id}:town_officer"}  # drawn for a check on the spot
    )


def test_what_was_taken_back_waits_for_nobody(world: World) -> None:
    one = submitted(world)
    withdrawal.withdraw(world.session, one, person=world.safety(one.enterprise_id), now=world.now)
    assert told(world) == set()


def test_it_goes_with_an_enterprise_to_another_town(world: World) -> None:
    one = submitted(world)
    firm = world.session.get_one(Enterprise, one.enterprise_id)
    firm.town_id = world.towns[1]
    world.session.flush()
    [_moved] = moving.rehome(world.session, [firm], now=world.now, actor="x")
    assert {group for _, _, group in told(world)} == {f"{world.towns[1]}:town_officer"}
