"""Whoever watches a dispatch sees how far it has come, and that a portion failed; the result comes to their notices."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine import jobs
from tests.factories import World, drive_of
from workflows.campaigns import dispatch
from workflows.campaigns import service as campaigns
from workflows.campaigns.dispatching import Dispatching, dispatching
from workflows.campaigns.models import Campaign
from workflows.campaigns.scope import Scope
from workflows.notifications.models import Notification

TEMPLATE = drive_of("3", "21b", due={"3": "2025-06-25", "21b": "2025-06-25"})  # both open with the launch


@pytest.fixture
def campaign(world: World, monkeypatch: pytest.MonkeyPatch) -> Campaign:
    """Launched for three enterprises, two of which work at night; nothing is dispatched yet."""
    monkeypatch.setattr(dispatch, "AT_ONCE", 2)
    for night in (True, False, True):
        world.firm(flags={"night": night})
    return campaigns.launch(
        world.session, TEMPLATE, scope=Scope(), office_id=world.office, title="试点", actor="account:7",
        approved_by="account:8", now=world.now,
    )  # fmt: skip


def test_before_the_first_portion_nothing_is_counted(world: World, campaign: Campaign) -> None:
    assert dispatching(world.session, campaign) == Dispatching(0, 0, 0, is_running=True)


def test_between_two_portions_it_says_how_many_of_how_many(world: World, campaign: Campaign) -> None:
    jobs.run_due(world.session, now=world.now)
    assert dispatching(world.session, campaign) == Dispatching(3, 5, 0, is_running=True)


def test_at_the_end_all_are_there(world: World, campaign: Campaign) -> None:
    world.jump(world.now)
    assert dispatching(world.session, campaign) == Dispatching(5, 5, 0, is_running=False)


def test_a_portion_that_failed_is_counted_until_it_is_tried_again(
    world: World, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs.run_due(world.session, now=world.now)

    def broken(*_args: object, **_facts: object) -> None:
        raise RuntimeError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "_announce", broken)
        jobs.run_due(world.session, now=world.now)
    assert dispatching(world.session, campaign) == Dispatching(3, 5, 1, is_running=False)


def test_the_end_of_a_phase_is_told_to_who_launched_and_who_approved(
    world: World, campaign: Campaign
) -> None:
    world.jump(world.now)
    query = select(Notification).where(Notification.kind == "campaign.phase_dispatched")
    told = {one.candidate_group: one.data["count"] for one in world.session.scalars(query)}
    assert told == {"account:7": 5, "account:8": 5}
