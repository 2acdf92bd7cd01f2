"""The supervisor's list of escalations and whose enterprise a notice is about."""

from __future__ import annotations

from sqlalchemy import select

from tests.factories import World, at
from workflows.escalation.queries import for_groups
from workflows.notifications.models import Notification
from workflows.notifications.queries import homes
from workflows.register.models import Enterprise


def test_what_is_closed_leaves_the_list_of_escalations(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-26 12:00"))
    groups = world.department().groups
    assert [found.title for found in for_groups(world.session, groups)] == [one.title]
    world.submit(one)
    world.accept(one)
    world.do(one, "site_check", world.town("b"), site_result="pass", second_inspector="李检查")
    assert one.closed_at is not None
    assert for_groups(world.session, groups) == []


def test_a_notice_names_the_enterprise_it_is_about(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-20 12:00"))
    told = list(world.session.scalars(select(Notification)))
    firm = world.session.get_one(Enterprise, one.enterprise_id)
    assert homes(world.session, told) == {f"obligation:{one.id}": firm.name}
