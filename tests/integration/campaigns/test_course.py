"""Where the work of a campaign stands, who is behind, and what was closed day by day: against a slow recount."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.models import ProcessInstance, UserTask
from engine.types import TaskStatus
from tests.factories import World, at, drive_of
from workflows.accounts.types import Held, Role
from workflows.calendar.service import load
from workflows.campaigns import comparison, trend, whereabouts
from workflows.campaigns.models import Campaign, CampaignDay
from workflows.campaigns.stuck import stuck
from workflows.campaigns.tallies import Dimension
from workflows.campaigns.views import View
from workflows.obligations.models import Obligation
from workflows.register.types import Industry
from workflows.sight import Sight, sight_of
from workflows.times import day_of

EVERYTHING = Sight(everything=True)


@pytest.fixture
def under_way(world: World) -> Campaign:
    """Six firms in two towns with item 3: one closed, one in review, one held by a hazard, three untouched."""
    firms = [world.firm(industry=Industry.METAL_SMELTING) for _ in range(4)]
    others = {"town_id": world.towns[1], "department_id": world.departments[1]}
    firms += [world.firm(industry=Industry.CONSTRUCTION, **others) for _ in range(2)]
    world.now = at("2025-06-20 09:00")
    campaign = world.launch(drive_of("3", due={"3": "2025-08-15"}))
    world.advance(at("2025-07-01 10:00"))
    ones = obligations(world, campaign)
    world.advance(at("2025-07-03 10:00"))
    world.submit(ones[0])
    world.finish(ones[0])
    world.advance(at("2025-07-07 10:00"))
    world.submit(ones[1])
    world.check(ones[2], result="defects", defects=[{"title": "护栏松动", "place": "二号车间"}])
    world.sign(ones[2])
    world.accept(ones[2])
    return campaign


def obligations(world: World, campaign: Campaign) -> list[Obligation]:
    query = select(Obligation).where(Obligation.campaign_id == campaign.id).order_by(Obligation.id)
    return list(world.session.scalars(query))


def whole(campaign: Campaign, town_id: int | None = None) -> View:
    return View(campaign.id, EVERYTHING, town_id)


def test_tokens_stand_where_tasks_are_open(world: World, under_way: Campaign) -> None:
    found = whereabouts.tokens(world.session, whole(under_way), "obligation", now=world.now)
    query = select(UserTask.node).join(ProcessInstance).where(ProcessInstance.group_id == under_way.id)
    mine = query.where(UserTask.status == TaskStatus.OPEN, ProcessInstance.business_key.like("obligation:%"))
    open_tasks = Counter(world.session.scalars(mine))
    assert {node: found[node][0] for node in open_tasks} == open_tasks == {"self_check": 3, "town_review": 1}
    assert (found["closed"], found["await_hazards"]) == ([1, 0], [1, 0])


def test_tokens_of_one_town_are_its_own(world: World, under_way: Campaign) -> None:
    towns = [
        whereabouts.tokens(world.session, whole(under_way, town), "obligation", now=world.now)
        for town in world.towns
    ]
    assert [one.get("self_check") for one in towns] == [[1, 0], [2, 0]]
    assert "closed" not in towns[1]


def test_a_department_sees_where_its_own_enterprises_stand(world: World, under_way: Campaign) -> None:
    sight = sight_of([Held(world.departments[1], Role.DEPARTMENT_OFFICER)])
    view = View(under_way.id, sight)
    assert whereabouts.tokens(world.session, view, "obligation", now=world.now) == {"self_check": [2, 0]}


def test_what_is_past_its_date_is_counted_at_its_node(world: World, under_way: Campaign) -> None:
    late = at("2025-08-16 09:00")
    found = whereabouts.tokens(world.session, whole(under_way), "obligation", now=late)
    assert found["self_check"] == [3, 3]


@pytest.mark.parametrize("node", ["self_check", "town_review", "await_hazards", "closed"])
def test_the_list_behind_a_number_has_as_many_rows(world: World, under_way: Campaign, node: str) -> None:
    number = whereabouts.tokens(world.session, whole(under_way), "obligation", now=world.now)[node][0]
    rows = whereabouts.standing_at(world.session, whole(under_way), "obligation", node)
    assert len(rows) == number > 0


def test_the_list_says_whose_it_is_and_since_when_the_longest_first(
    world: World, under_way: Campaign
) -> None:
    rows = whereabouts.standing_at(world.session, whole(under_way), "hazard", "report")
    owner = obligations(world, under_way)[2].enterprise_id
    assert [(one.subject.enterprise_id, day_of(one.since)) for one in rows if one.since] == [
        (owner, date(2025, 7, 7))
    ]
    checks = whereabouts.standing_at(world.session, whole(under_way), "obligation", "self_check")
    assert [one.since for one in checks] == sorted(one.since for one in checks if one.since)
    assert all(one.who for one in checks)


def test_waiting_is_counted_in_working_days(world: World, under_way: Campaign) -> None:
    """Opened on Tuesday 1 July; the review on Monday the 7th. Seen on Wednesday the 9th."""
    calendar = load(world.session)
    found = whereabouts.waits(
        world.session, whole(under_way), "obligation", calendar=calendar, today=date(2025, 7, 9)
    )
    assert found == {"self_check": [0, 0, 0, 3, 0], "town_review": [0, 1, 0, 0, 0]}  # six days, two days


def test_waiting_counts_no_weekend(world: World, under_way: Campaign) -> None:
    calendar = load(world.session)
    seen = [
        whereabouts.waits(world.session, whole(under_way), "obligation", calendar=calendar, today=day)
        for day in (date(2025, 7, 11), date(2025, 7, 12), date(2025, 7, 13))
    ]
    assert [one["town_review"] for one in seen] == [[0, 0, 1, 0, 0]] * 3  # four since Monday, and no more


def test_every_open_task_is_in_one_column(world: World, under_way: Campaign) -> None:
    calendar = load(world.session)
    for offset in range(0, 60, 7):
        today = date(2025, 7, 7) + timedelta(days=offset)
        found = whereabouts.waits(
            world.session, whole(under_way), "obligation", calendar=calendar, today=today
        )
        assert (sum(found["self_check"]), sum(found["town_review"])) == (3, 1)


@pytest.mark.parametrize("by", list(Dimension))
def test_what_is_compared_makes_up_the_whole(world: World, under_way: Campaign, by: Dimension) -> None:
    lines = comparison.compare(world.session, whole(under_way), by, now=world.now)
    assert sum(one.total for _, one in lines) == 6
    assert sum(one.done for _, one in lines) == 1


def test_who_is_furthest_behind_comes_first(world: World, under_way: Campaign) -> None:
    towns = comparison.compare(world.session, whole(under_way), Dimension.TOWN, now=world.now)
    assert [(key, one.done, one.total) for key, one in towns] == [
        (world.towns[1], 0, 2),
        (world.towns[0], 1, 4),
    ]
    industries = comparison.compare(world.session, whole(under_way), Dimension.INDUSTRY, now=world.now)
    assert [key for key, _ in industries] == [Industry.CONSTRUCTION, Industry.METAL_SMELTING]


def test_one_town_is_compared_by_its_items(world: World, under_way: Campaign) -> None:
    [(code, one)] = comparison.compare(
        world.session, whole(under_way, world.towns[1]), Dimension.ITEM, now=world.now
    )
    assert (code, one.total) == ("3", 2)


def test_obligations_that_wait_for_hazards_are_said_to_be_stuck(world: World, under_way: Campaign) -> None:
    found, other = (
        stuck(world.session, view, whereabouts.places(world.session, view, now=world.now))
        for view in (whole(under_way), whole(under_way, world.towns[1]))
    )
    assert (found.incidents, found.calendar, found.hazards) == (0, 0, 1)
    assert not other.is_anything


def test_finished_days_are_kept_once_with_what_was_closed(world: World, under_way: Campaign) -> None:
    trend.keep_finished_days(world.sessions, now=world.now)
    assert trend.keep_finished_days(world.sessions, now=world.now) == 0
    days = world.session.scalars(
        select(CampaignDay).where(CampaignDay.campaign_id == under_way.id).order_by(CampaignDay.day)
    ).all()
    assert [one.day for one in days] == [date(2025, 6, 20) + timedelta(days=n) for n in range(17)]
    home = f"{world.towns[0]}/{world.departments[0]}"
    assert {one.day: one.closed for one in days if one.closed} == {date(2025, 7, 3): {home: 1}}


def test_the_trend_equals_a_slow_recount_of_closings(world: World, under_way: Campaign) -> None:
    one = obligations(world, under_way)[1]
    world.finish(one)
    trend.keep_finished_days(world.sessions, now=world.now)
    found = trend.closed_by_day(world.session, whole(under_way), now=world.now + timedelta(minutes=1))
    slow = Counter(day_of(each.closed_at) for each in obligations(world, under_way) if each.closed_at)
    assert {day: number for day, number in found.items() if number} == slow
    assert slow == {date(2025, 7, 3): 1, date(2025, 7, 7): 1}


def test_the_trend_of_a_town_and_of_a_department_is_their_own(world: World, under_way: Campaign) -> None:
    trend.keep_finished_days(world.sessions, now=world.now)
    other = View(under_way.id, sight_of([Held(world.departments[1], Role.DEPARTMENT_OFFICER)]))
    own = View(under_way.id, sight_of([Held(world.departments[0], Role.DEPARTMENT_OFFICER)]))
    views = whole(under_way, world.towns[0]), whole(under_way, world.towns[1]), own, other
    sums = [sum(trend.closed_by_day(world.session, view, now=world.now).values()) for view in views]
    assert sums == [1, 0, 1, 0]


def test_a_sweep_keeps_the_days_that_are_over(world: World, under_way: Campaign) -> None:
    world.jump(at("2025-07-10 00:01"))
    last = (
        select(CampaignDay.day)
        .where(CampaignDay.campaign_id == under_way.id)
        .order_by(CampaignDay.day.desc())
    )
    assert world.session.scalars(last).first() == date(2025, 7, 9)
