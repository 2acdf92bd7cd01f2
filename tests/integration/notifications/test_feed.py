"""The calendar of one's due dates: whose it is, what is in it, that it can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import icalendar
import pytest
from sqlalchemy import select

from engine import assignment
from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import World
from tests.people import add_account
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.exceptions import NotFound
from workflows.notifications import feed

HOME = "https://bihuan.example"


@pytest.fixture
def zhou(world: World) -> Account:
    """Has item 3 of the drive to do until 27 June 2025."""
    firm = world.firm(name="宏岳铸造")
    world.obligation(firm, due="2025-06-27")
    world.obligation(world.firm(town_id=world.towns[1]), due="2025-06-26")
    return add_account(world.session, "zhou", firm.id, Role.SAFETY_OFFICER)


def events(world: World, account: Account) -> list[Any]:
    text = feed.file_of(world.session, account, home=HOME, now=world.now)
    return list(icalendar.Calendar.from_ical(text).walk("VEVENT"))


def test_it_holds_ones_own_open_tasks_with_a_due_date(world: World, zhou: Account) -> None:
    [found] = events(world, zhou)
    assert found["DTSTART"].dt == date(2025, 6, 27)
    assert str(found["LOCATION"]) == "宏岳铸造"
    assert str(found["URL"]).startswith(f"{HOME}/inbox?task=")
    assert len(found.walk("VALARM")) == 1


def test_the_secret_opens_the_calendar_of_its_owner(world: World, zhou: Account) -> None:
    secret = feed.make(world.session, zhou, now=world.now)
    assert feed.owner(world.session, secret).id == zhou.id


def test_the_secret_is_stored_nowhere(world: World, zhou: Account) -> None:
    secret = feed.make(world.session, zhou, now=world.now)
    preference = feed.preference_of(world.session, zhou.id)
    assert secret not in str(vars(preference))
    assert len(secret) >= 43  # 256 bits


@pytest.mark.parametrize("end", ["revoked", "replaced", "shut"])
def test_a_secret_can_be_taken_back(world: World, zhou: Account, end: str) -> None:
    secret = feed.make(world.session, zhou, now=world.now)
    if end == "revoked":
        feed.revoke(world.session, zhou)
    elif end == "replaced":
        feed.make(world.session, zhou, now=world.now)
    else:
        zhou.active = False
        world.session.flush()
    with pytest.raises(NotFound):
        feed.owner(world.session, secret)


def test_a_calendar_that_was_never_made_is_nobodys(world: World, zhou: Account) -> None:
    for guess in ("", "None", "x"):
        with pytest.raises(NotFound):
            feed.owner(world.session, guess)


def test_what_a_colleague_took_is_in_the_colleagues_calendar_alone(world: World, zhou: Account) -> None:
    wu = add_account(world.session, "wu", zhou.organization_id, Role.SAFETY_OFFICER)
    [task_id] = world.session.scalars(
        select(UserTask.id).where(
            UserTask.candidate_group == zhou.groups[0], UserTask.status == TaskStatus.OPEN
        )
    )
    assignment.claim(world.session, task_id, actor=wu.actor, now=world.now)
    assert (len(events(world, zhou)), len(events(world, wu))) == (0, 1)
