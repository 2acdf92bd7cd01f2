"""Which instances stand at a node: asked of the few markings there are, not of the many instances."""

from __future__ import annotations

from sqlalchemy import func, select

from engine.models import ProcessInstance
from tests.factories import World
from workflows.markings import markings_at, open_nodes_by_marking


def at_nodes(world: World, *nodes: str) -> int:
    """How many obligations stand at one of these nodes."""
    count = select(func.count()).select_from(ProcessInstance)
    return (
        world.session.scalar(
            count.where(ProcessInstance.marking_id.in_(markings_at(world.session, "obligation", nodes)))
        )
        or 0
    )


def test_every_obligation_stands_at_its_node(world: World) -> None:
    world.firm(), world.firm()
    one = world.obligation()  # and one for each of the two others
    nodes = ("self_check", "sign", "town_review")
    assert [at_nodes(world, node) for node in nodes] == [3, 0, 0]
    world.check(one)
    assert [at_nodes(world, node) for node in nodes] == [2, 1, 0]
    world.sign(one)
    assert [at_nodes(world, node) for node in nodes] == [2, 0, 1]
    assert at_nodes(world, "self_check", "town_review") == 3


def test_obligations_at_the_same_place_share_one_marking(world: World) -> None:
    one, other = world.obligation(), world.obligation()
    shared = {world.session.get_one(ProcessInstance, each.instance_id).marking_id for each in (one, other)}
    assert len(shared) == 1
    assert "self_check" in open_nodes_by_marking(world.session, "obligation")[shared.pop()]


def test_a_node_of_another_process_is_nowhere(world: World) -> None:
    world.obligation()
    assert markings_at(world.session, "obligation", ["fix"]) == []
    assert markings_at(world.session, "nothing", ["self_check"]) == []
