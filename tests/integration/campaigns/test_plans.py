"""No list behind a number of a campaign reads every obligation, every task or every process."""

from __future__ import annotations

from itertools import product

import pytest

from tests.factories import World, at, drive_of
from tests.integration.plans import as_if_large, asked, plans, scanned
from workflows.calendar.service import load
from workflows.campaigns import recounting, trend, whereabouts
from workflows.campaigns.models import Campaign
from workflows.campaigns.progress import progress
from workflows.campaigns.stuck import stuck
from workflows.campaigns.views import View
from workflows.escalation.queries import for_groups
from workflows.obligations import queries as obligations
from workflows.obligations.parts import Part
from workflows.obligations.queries import Filter
from workflows.register.types import Industry
from workflows.sight import Sight
from workflows.times import day_of

NODES = (
    ("obligation", "self_check"), ("obligation", "town_review"), ("obligation", "await_hazards"),
    ("obligation", "closed"), ("hazard", "report"), ("hazard", "closed"), ("unit_task", "file"),
)  # fmt: skip


@pytest.fixture
def under_way(world: World) -> Campaign:
    """Three enterprises: one is reviewed, one waits for its hazard, one is late."""
    one, other, _ = (world.firm() for _ in range(3))
    campaign = world.launch(drive_of("3", due={"3": "2025-08-05"}))
    world.advance(at("2025-07-01 10:00"))
    mine = obligations.listed(
        world.session, wanted=Filter(campaign.id), sight=Sight(everything=True), now=world.now
    )
    reviewed, held = (found for found, firm in mine if firm.id in (one.id, other.id))
    world.submit(reviewed)
    world.check(held, result="defects", defects=[{"title": "护栏松动", "place": "二号车间"}])
    world.sign(held)
    world.accept(held)
    world.jump(at("2025-08-18 10:00"))
    as_if_large(world.session)
    return campaign


def sights(world: World) -> tuple[Sight, ...]:
    town, department = world.towns[0], world.departments[0]
    return (
        Sight(everything=True),
        Sight(everything=False, town_ids=(town,)),
        Sight(everything=False, department_ids=(department,)),
    )


def test_the_list_of_a_node_comes_from_an_index(world: World, under_way: Campaign) -> None:
    for sight, (key, node) in product(sights(world), NODES):
        view = View(under_way.id, sight)
        found = plans(
            world.session, lambda v=view, k=key, n=node: whereabouts.standing_at(world.session, v, k, n)
        )
        assert [line for line in found if scanned(line)] == [], (sight, key, node)


def test_a_page_of_obligations_comes_from_an_index(world: World, under_way: Campaign) -> None:
    for sight, offset in product(sights(world), (0, 50)):
        wanted = Filter(under_way.id, offset=offset)
        found = plans(
            world.session,
            lambda w=wanted, s=sight: obligations.listed(world.session, wanted=w, sight=s, now=world.now),
        )
        assert [line for line in found if scanned(line)] == [], (sight, offset)


def test_each_filter_of_obligations_goes_along_an_index(world: World, under_way: Campaign) -> None:
    homes = {"town_id": world.towns[0], "department_id": world.departments[0]}
    filters = [
        Filter(), Filter(under_way.id, item_code="3"), Filter(under_way.id, industry=Industry.OTHER, **homes),
        *(Filter(under_way.id, **{name: home}) for name, home in homes.items()),
        *(Filter(under_way.id, part=part) for part in Part),
    ]  # fmt: skip
    for wanted, sight in product(filters, sights(world)):
        found = plans(
            world.session,
            lambda w=wanted, s=sight: obligations.listed(world.session, wanted=w, sight=s, now=world.now),
        )
        assert [line for line in found if scanned(line)] == [], (wanted, sight)


def test_a_page_of_closed_obligations_looks_at_no_other_rows(world: World, under_way: Campaign) -> None:
    if world.session.connection().dialect.name != "sqlite":
        pytest.skip("the words of a plan are SQLite's")
    wanted = Filter(under_way.id, department_id=world.departments[0], part=Part.DONE)
    everything = Sight(everything=True)
    found = plans(
        world.session,
        lambda: obligations.listed(world.session, wanted=wanted, sight=everything, now=world.now),
    )
    assert any("ix_obligation_done" in line for line in found), found


def test_what_reached_somebody_comes_from_an_index(world: World, under_way: Campaign) -> None:
    found = plans(world.session, lambda: for_groups(world.session, sorted(world.town().groups)))
    assert [line for line in found if scanned(line)] == []


def test_a_page_of_a_counted_campaign_reads_no_obligation(world: World, under_way: Campaign) -> None:
    trend.keep_finished_days(world.sessions, now=world.now)
    recounting.recount_due(world.sessions, world.sessions, now=world.now, large=1)
    view, calendar = View(under_way.id, Sight(everything=True)), load(world.session)

    def page() -> None:
        progress(world.session, view, now=world.now)
        places = whereabouts.places(world.session, view, now=world.now)
        stuck(world.session, view, places)
        for key in whereabouts.KEPT:
            whereabouts.waits(world.session, view, key, calendar=calendar, today=day_of(world.now))

    about = [statement for statement, _ in asked(world.session, page) if "obligation.id" in statement]
    assert [
        statement for statement in about if "FROM incident" not in statement
    ] == []  # broken ones, one by one
