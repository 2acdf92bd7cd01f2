"""What one person has read, the others of the group have not by that."""

from __future__ import annotations

import pytest

from tests.factories import World
from tests.people import add_account
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.exceptions import NotFound
from workflows.notifications import queries, service


@pytest.fixture
def pair(world: World) -> tuple[Account, Account, list[str]]:
    """Two safety officers of one firm, who were told twice."""
    firm = world.firm()
    two = [add_account(world.session, name, firm.id, Role.SAFETY_OFFICER) for name in ("zhou", "wu")]
    groups = [f"{firm.id}:safety_officer"]
    for number in (1, 2):
        service.notify(
            world.session, groups[0], kind="urged", subject=f"obligation:{number}", data={}, at=world.now
        )
    return two[0], two[1], groups


def unread(world: World, account: Account, groups: list[str]) -> int:
    return queries.unread(world.session, groups, account_id=account.id)


def test_reading_one_leaves_the_other_and_everybody_elses(
    world: World, pair: tuple[Account, Account, list[str]]
) -> None:
    zhou, wu, groups = pair
    newest = queries.latest(world.session, groups, account_id=zhou.id, limit=1)[0][0]
    for _ in range(2):  # twice is harmless
        service.mark_one_read(world.session, newest.id, groups, account_id=zhou.id, at=world.now)
    assert (unread(world, zhou, groups), unread(world, wu, groups)) == (1, 2)
    read = [is_read for _, is_read in queries.latest(world.session, groups, account_id=zhou.id, limit=9)]
    assert read == [True, False]


def test_reading_all_twice_changes_nothing(world: World, pair: tuple[Account, Account, list[str]]) -> None:
    zhou, wu, groups = pair
    for _ in range(2):
        service.mark_read(world.session, groups, account_id=zhou.id, at=world.now)
    assert (unread(world, zhou, groups), unread(world, wu, groups)) == (0, 2)


def test_somebody_elses_notice_does_not_exist(world: World, pair: tuple[Account, Account, list[str]]) -> None:
    zhou, _, groups = pair
    notice = queries.latest(world.session, groups, account_id=zhou.id, limit=1)[0][0]
    with pytest.raises(NotFound):
        service.mark_one_read(world.session, notice.id, ["1:principal"], account_id=zhou.id, at=world.now)


def test_a_notice_to_one_person_is_read_by_that_person_only(world: World) -> None:
    home = world.firm().id
    zhou, wu = (add_account(world.session, name, home, Role.SAFETY_OFFICER) for name in ("zhou", "wu"))
    service.notify(
        world.session, zhou.actor, kind="task.urged", subject="obligation:1", data={}, at=world.now
    )
    assert (unread(world, zhou, zhou.groups), unread(world, wu, wu.groups)) == (1, 0)
    notice = queries.latest(world.session, zhou.groups, account_id=zhou.id, limit=1)[0][0]
    with pytest.raises(NotFound):
        service.mark_one_read(world.session, notice.id, wu.groups, account_id=wu.id, at=world.now)
    service.mark_read(world.session, zhou.groups, account_id=zhou.id, at=world.now)
    assert unread(world, zhou, zhou.groups) == 0
