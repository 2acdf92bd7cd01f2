"""The lists behind numbers hold what was counted."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.factories import World, at, drive_of
from workflows.campaigns.models import Campaign
from workflows.campaigns.progress import progress
from workflows.campaigns.tallies import Tally
from workflows.campaigns.views import View
from workflows.obligations.models import Obligation
from workflows.obligations.parts import Part, condition
from workflows.sight import Sight

COUNTED = {
    Part.OWED: "total", Part.DONE: "done", Part.REVIEWING: "reviewing", Part.RETURNED: "returned",
    Part.OVERDUE: "overdue",
}  # fmt: skip


@pytest.fixture
def mixed(world: World) -> Campaign:
    """Six enterprises on 20 July, due on the 10th: one closed, one in review, one returned, three late."""
    for _ in range(6):
        world.firm()
    campaign = world.launch(drive_of("3", due={"3": "2025-07-10"}))
    world.advance(at("2025-07-03 10:00"))
    of = Obligation.campaign_id == campaign.id
    ones = list(world.session.scalars(select(Obligation).where(of).order_by(Obligation.id)))
    for one in ones[:3]:
        world.submit(one)
    world.finish(ones[0])
    world.do(ones[2], "town_review", world.town(), town_decision="return", reason="缺少签字页，请补充")
    world.advance(at("2025-07-20 10:00"))
    return campaign


def tally(world: World, campaign: Campaign) -> Tally:
    return progress(world.session, View(campaign.id, Sight(everything=True)), now=world.now).whole


def rows(world: World, campaign: Campaign, part: Part) -> int:
    of = Obligation.campaign_id == campaign.id, condition(world.session, part, now=world.now)
    return world.session.scalar(select(func.count()).select_from(Obligation).where(*of)) or 0


def test_the_campaign_has_something_of_each_part(world: World, mixed: Campaign) -> None:
    counted = tally(world, mixed)
    assert (counted.total, counted.done, counted.reviewing, counted.returned) == (6, 1, 1, 1)


@pytest.mark.parametrize("part", list(Part))
def test_a_part_has_as_many_rows_as_were_counted(world: World, mixed: Campaign, part: Part) -> None:
    assert rows(world, mixed, part) == getattr(tally(world, mixed), COUNTED[part])
