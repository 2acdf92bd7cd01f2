"""What is kept of a large campaign equals what one counts, after whatever happened, in whatever view."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import delete, select

from tests.factories import World, at, drive_of
from workflows.accounts.types import Held, Role
from workflows.calendar.service import load
from workflows.campaigns import figures, ledger, recounting, standing, whereabouts
from workflows.campaigns.models import Campaign, CampaignFigures
from workflows.campaigns.progress import progress
from workflows.campaigns.tallies import Dimension, tallied
from workflows.campaigns.views import View
from workflows.obligations.models import Obligation
from workflows.register.types import Industry
from workflows.sight import Sight, sight_of
from workflows.times import day_of
from workflows.transactional import changed

EVENTS = 12


@pytest.fixture
def under_way(world: World) -> Campaign:
    """Six firms in two towns, two departments and three industries, with two items each."""
    for n in range(6):
        home = {"town_id": world.towns[n % 2], "department_id": world.departments[n // 3]}
        world.firm(industry=list(Industry)[n % 3], **home)
    campaign = world.launch(drive_of("3", "5", due={"3": "2025-07-15", "5": "2025-08-15"}))
    world.advance(at("2025-07-01 10:00"))
    return campaign


def obligations(world: World, campaign: Campaign) -> list[Obligation]:
    return list(world.session.scalars(select(Obligation).where(Obligation.campaign_id == campaign.id)))


def recount(world: World, campaign: Campaign) -> None:
    recounting.recount_due(world.sessions, world.sessions, now=world.now, large=1)
    forget(world, campaign)


def forget(world: World, campaign: Campaign) -> None:
    """As another request would: nothing is known of the figures."""
    for view in views(world, campaign):
        changed(world.session, f"figures:{campaign.id}:{figures.slice_of(view)}")


def views(world: World, campaign: Campaign) -> Iterator[View]:
    everything = Sight(everything=True)
    yield View(campaign.id, everything)
    for home in range(2):
        town, department = world.towns[home], world.departments[home]
        yield View(campaign.id, everything, town)
        yield View(campaign.id, sight_of([Held(town, Role.TOWN_OFFICER)]))
        yield View(campaign.id, sight_of([Held(department, Role.DEPARTMENT_OFFICER)]))
        yield View(campaign.id, sight_of([Held(department, Role.DEPARTMENT_OFFICER)]), town)


def shown(world: World, view: View) -> list[object]:
    """Every figure of a page about this view."""
    session, now = world.session, world.now
    standing_now = progress(session, view, now=now)
    standing_now.counted_at = None
    facts: list[object] = [standing_now, whereabouts.places(session, view, now=now)]
    facts += [tallied(session, view, by, now=now) for by in Dimension]
    calendar, today = load(session), day_of(now)
    return facts + [
        whereabouts.waits(session, view, key, calendar=calendar, today=today) for key in whereabouts.MODELS
    ]


def something_happens(world: World, campaign: Campaign, random: Random) -> None:
    """A day passes or not; one obligation goes a step further, back or aside; a firm moves."""
    world.advance(world.now + timedelta(days=random.choice((0, 1, 3)), minutes=1))
    one = random.choice(obligations(world, campaign))
    nodes = world.open_nodes(one)
    if "self_check" in nodes and random.random() < 0.3:
        world.check(one, result="defects", defects=[{"title": "护栏松动", "place": "二号车间"}])
    elif "self_check" in nodes:
        world.check(one)
    elif "sign" in nodes:
        world.sign(one)
    for node, decision in (("town_review", "town_decision"), ("department_review", "department_decision")):
        if node in nodes:
            home, _, role = world.task(one, node).candidate_group.partition(":")
            answers = {decision: "accept"}, {decision: "return", "reason": "照片看不清"}
            world.do(one, node, world.person(int(home), role), **random.choice(answers))
    if random.random() < 0.2:  # an enterprise moves: what is open goes with it
        firm = one.enterprise_id
        for each in obligations(world, campaign):
            if each.enterprise_id == firm and each.closed_at is None:
                each.town_id = world.towns[0]
        world.session.flush()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_random_events_every_figure_equals_what_one_counts(
    world: World, under_way: Campaign, seed: int
) -> None:
    random = Random(seed)
    for _ in range(EVENTS):
        something_happens(world, under_way, random)
    recount(world, under_way)
    kept = [shown(world, view) for view in views(world, under_way)]
    assert all(figures.counted_at(world.session, view) == world.now for view in views(world, under_way))
    world.session.execute(delete(CampaignFigures))
    forget(world, under_way)
    assert kept == [shown(world, view) for view in views(world, under_way)]


def test_figures_are_of_the_instant_they_were_counted_at(world: World, under_way: Campaign) -> None:
    recount(world, under_way)
    counted_at = world.now
    world.now = at("2025-07-01 11:00")
    world.submit(obligations(world, under_way)[0])
    whole = View(under_way.id, Sight(everything=True))
    before = progress(world.session, whole, now=world.now)
    assert (before.whole.reviewing, before.counted_at) == (0, counted_at)
    recount(world, under_way)
    assert progress(world.session, whole, now=world.now).whole.reviewing == 1


def test_nothing_is_counted_again_while_nothing_happens(world: World, under_way: Campaign) -> None:
    assert recounting.recount_due(world.sessions, world.sessions, now=world.now, large=1) == 1
    assert (
        recounting.recount_due(world.sessions, world.sessions, now=world.now + timedelta(minutes=1), large=1)
        == 0
    )
    assert (
        recounting.recount_due(world.sessions, world.sessions, now=world.now + timedelta(days=1), large=1)
        == 1
    )


def test_a_date_that_passes_is_counted(world: World, under_way: Campaign) -> None:
    recount(world, under_way)
    for hour, expected in (("2025-07-15 23:59", 1), ("2025-07-15 23:59", 0), ("2025-07-16 00:01", 1)):
        assert recounting.recount_due(world.sessions, world.sessions, now=at(hour), large=1) == expected


def test_a_small_campaign_is_counted_when_somebody_asks(world: World, under_way: Campaign) -> None:
    assert recounting.recount_due(world.sessions, world.sessions, now=world.now) == 0
    assert figures.counted_at(world.session, View(under_way.id, Sight(everything=True))) is None


def test_who_sees_one_enterprise_gets_no_figures_of_others(world: World, under_way: Campaign) -> None:
    recount(world, under_way)
    one = obligations(world, under_way)[0]
    view = View(under_way.id, sight_of([Held(one.enterprise_id, Role.PRINCIPAL)]))
    assert progress(world.session, view, now=world.now).whole.total == 2


@pytest.mark.parametrize("suspended", [False, True])
def test_the_ledger_calls_overdue_what_the_figures_call_overdue(
    world: World, under_way: Campaign, suspended: bool
) -> None:
    world.submit(obligations(world, under_way)[0])
    world.advance(at("2025-07-18 10:00"))
    if suspended:
        standing.suspend(world.session, under_way.id, reason="汛期集中抢险", actor="lead", now=world.now)
    whole = View(under_way.id, Sight(everything=True))
    listed = [one for one in ledger.entries(world.session, whole, now=world.now) if one.overdue]
    assert (
        progress(world.session, whole, now=world.now).whole.overdue == len(listed) == (0 if suspended else 5)
    )


def test_who_holds_several_offices_is_shown_what_is_counted_now(world: World, under_way: Campaign) -> None:
    recount(world, under_way)
    both = [Held(world.towns[0], Role.TOWN_OFFICER), Held(world.departments[1], Role.DEPARTMENT_OFFICER)]
    found = progress(world.session, View(under_way.id, sight_of(both)), now=world.now)
    # three of the department, two more of the town
    assert (found.enterprises, found.counted_at) == (5, None)


def test_a_department_without_anything_has_no_figures_and_counts_nothing(
    world: World, under_way: Campaign
) -> None:
    recount(world, under_way)
    view = View(under_way.id, sight_of([Held(world.office, Role.DEPARTMENT_OFFICER)]))
    found = progress(world.session, view, now=world.now)
    assert (found.whole.total, found.enterprises, found.counted_at) == (0, 0, world.now)
