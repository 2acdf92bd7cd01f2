"""The figures of a department's monthly report, against what was done."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from tests.factories import World, at, drive_of
from workflows.campaigns.models import Campaign
from workflows.campaigns.monthly import Month, month_of, reports_monthly
from workflows.duties.models import UnitTask
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise
from workflows.taskview import row_of


@pytest.fixture
def july(world: World) -> tuple[Campaign, Month]:
    """Three firms of one department, one of another. Closed: one on 3 July; a hazard of July fixed the same month."""
    for _ in range(3):
        world.firm()
    world.firm(department_id=world.departments[1])
    campaign = world.launch(drive_of("3", due={"3": "2025-07-10"}, duties=True))
    world.advance(at("2025-07-03 10:00"))
    mine = Obligation.campaign_id == campaign.id, Obligation.department_id == world.departments[0]
    ones = list(world.session.scalars(select(Obligation).where(*mine).order_by(Obligation.id)))
    world.submit(ones[0])
    world.accept(ones[0])
    if "site_check" in world.open_nodes(ones[0]):
        world.do(ones[0], "site_check", world.town("b"), site_result="pass", second_inspector="李检查")
    world.submit(ones[1])
    world.close_hazard(
        world.hazard(world.session.get_one(Enterprise, ones[2].enterprise_id), campaign_id=campaign.id)
    )
    world.advance(at("2025-07-25 10:00"))
    return campaign, month_of(world.session, report(world, campaign), now=world.now)


def report(world: World, campaign: Campaign) -> UnitTask:
    """The report of the first department for July."""
    query = select(UnitTask).where(
        UnitTask.campaign_id == campaign.id,
        UnitTask.duty_code == "D8",
        UnitTask.body_id == world.departments[0],
    )
    return next(one for one in world.session.scalars(query) if one.due_at and one.due_at.month == 7)


def test_it_counts_what_the_department_supervises(july: tuple[Campaign, Month]) -> None:
    _, month = july
    assert (month.enterprises, month.tally.total, month.tally.done, month.tally.reviewing) == (3, 3, 1, 1)
    assert (month.tally.overdue, month.since) == (1, date(2025, 7, 1))


def test_it_tells_what_the_month_has_added(july: tuple[Campaign, Month]) -> None:
    _, month = july
    assert (month.closed_new, month.hazards_new, month.hazards_closed_new) == (1, 1, 1)
    assert (month.hazards, month.hazards_closed) == (1, 1)


def test_what_came_before_the_month_is_not_new(world: World, july: tuple[Campaign, Month]) -> None:
    campaign, _ = july
    task = report(world, campaign)
    task.due_at = at("2025-08-30 23:59")
    later = month_of(world.session, task, now=at("2025-08-20 09:00"))
    assert (later.since, later.closed_new, later.hazards_new, later.tally.done) == (date(2025, 8, 1), 0, 0, 1)


def test_only_a_monthly_duty_of_a_department_is_such_a_report(
    world: World, july: tuple[Campaign, Month]
) -> None:
    campaign, _ = july
    tasks = world.session.scalars(select(UnitTask).where(UnitTask.campaign_id == campaign.id))
    assert {one.duty_code for one in tasks if reports_monthly(row_of(campaign, one), one)} == {"D8"}
