"""The figures of a department's monthly report, against what was done."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from tests.factories import World, at, drive_of
from workflows.campaigns import recounting
from workflows.campaigns.models import Campaign
from workflows.campaigns.planning import periods
from workflows.campaigns.types import Recurrence, RecurrenceKind
from workflows.duties.models import UnitTask
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise
from workflows.reports.drafting import days_between, draft_due
from workflows.reports.figures import count
from workflows.reports.models import ReportFigures
from workflows.reports.reported import of_duty
from workflows.reports.snapshots import Figures


@pytest.fixture
def july(world: World) -> tuple[Campaign, Figures]:
    """Three firms of one department, one of another. Closed: one on 3 July; a hazard of July fixed the same month."""
    for _ in range(3):
        world.firm()
    world.firm(department_id=world.departments[1])
    campaign = world.launch(drive_of("3", due={"3": "2025-07-10"}, duties=True))
    world.advance(at("2025-07-03 10:00"))
    mine = Obligation.campaign_id == campaign.id, Obligation.department_id == world.departments[0]
    ones = list(world.session.scalars(select(Obligation).where(*mine).order_by(Obligation.id)))
    world.submit(ones[0])
    world.finish(ones[0])
    world.submit(ones[1])
    world.close_hazard(
        world.hazard(world.session.get_one(Enterprise, ones[2].enterprise_id), campaign_id=campaign.id)
    )
    world.advance(at("2025-07-25 10:00"))
    return campaign, figures(world, report(world, campaign))


def figures(world: World, task: UnitTask) -> Figures:
    """The figures of a report as they stand."""
    one = of_duty(world.session, task)
    assert one is not None
    return count(world.session, one, now=world.now)


def report(world: World, campaign: Campaign) -> UnitTask:
    """The report of the first department for July."""
    query = select(UnitTask).where(
        UnitTask.campaign_id == campaign.id,
        UnitTask.duty_code == "D8",
        UnitTask.body_id == world.departments[0],
    )
    return next(one for one in world.session.scalars(query) if one.due_at and one.due_at.month == 7)


def test_figures_of_a_large_campaign_are_all_of_the_instant_they_were_counted(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", due={"3": "2025-07-10"}, duties=True))
    world.advance(at("2025-07-03 10:00"))
    recounting.recount_due(world.sessions, world.sessions, now=world.now, large=1)
    counted_at, world.now = world.now, at("2025-07-03 10:04")
    one = world.session.scalars(select(Obligation).where(Obligation.campaign_id == campaign.id)).one()
    world.submit(one)
    world.finish(one)
    world.session.flush()
    with Session(world.session.connection()) as later:  # a transaction keeps what it has read of the figures
        reported = of_duty(later, later.get_one(UnitTask, report(world, campaign).id))
        assert reported is not None
        found = count(later, reported, now=world.now)
    assert (found.as_of, found.whole.done, found.closed_new) == (counted_at, 0, 0)


def test_it_counts_what_the_department_supervises(july: tuple[Campaign, Figures]) -> None:
    _, month = july
    assert (month.enterprises, month.whole.total, month.whole.done, month.whole.reviewing) == (3, 3, 1, 1)
    assert (month.whole.overdue, month.since) == (1, date(2025, 7, 1))


def test_it_tells_what_the_month_has_added(july: tuple[Campaign, Figures]) -> None:
    _, month = july
    assert (month.closed_new, month.hazards_new, month.hazards_closed_new) == (1, 1, 1)
    assert (month.hazards, month.hazards_closed) == (1, 1)


def test_what_came_before_the_month_is_not_new(world: World, july: tuple[Campaign, Figures]) -> None:
    campaign, _ = july
    task = report(world, campaign)
    task.period = "2025-08"
    later = figures(world, task)
    assert (later.since, later.closed_new, later.hazards_new, later.whole.done) == (date(2025, 8, 1), 0, 0, 1)


def test_only_a_monthly_duty_of_a_department_is_such_a_report(
    world: World, july: tuple[Campaign, Figures]
) -> None:
    campaign, _ = july
    tasks = world.session.scalars(select(UnitTask).where(UnitTask.campaign_id == campaign.id))
    assert {one.duty_code for one in tasks if of_duty(world.session, one)} == {"D8"}


def test_a_february_report_is_drafted_on_the_25th_and_due_on_the_last_day() -> None:
    found = {
        name: due
        for name, _, due in periods(
            Recurrence(RecurrenceKind.MONTHLY, day=30), date(2026, 1, 1), date(2026, 3, 31)
        )
    }
    assert found == {"2026-01": date(2026, 1, 30), "2026-02": date(2026, 2, 28), "2026-03": date(2026, 3, 30)}
    assert list(days_between(at("2026-01-25 00:00"), at("2026-03-01 09:00"))) == [at("2026-02-25 00:00")]


def test_the_day_of_drafting_comes_once_a_month_over_a_year() -> None:
    found = list(days_between(at("2025-11-30 09:00"), at("2026-02-01 09:00")))
    assert found == [at("2025-12-25 00:00"), at("2026-01-25 00:00")]


def test_figures_read_back_are_those_that_were_kept(july: tuple[Campaign, Figures]) -> None:
    _, month = july
    assert Figures.from_json(month.as_json()) == month
    assert sum(one.total for one in month.towns.values()) == month.whole.total == 3
    assert set(month.items) == {"3"}


def test_the_database_keeps_taken_figures(world: World, july: tuple[Campaign, Figures]) -> None:
    campaign, _ = july
    [kept] = world.session.scalars(
        select(ReportFigures).where(ReportFigures.instance_id == report(world, campaign).instance_id)
    )
    kept.taken_by = "account:1"
    with pytest.raises(DBAPIError, match="append-only"):
        world.session.flush()
    world.session.rollback()


def test_the_system_drafts_a_report_once_and_tells_the_department(
    world: World, july: tuple[Campaign, Figures]
) -> None:
    campaign, _ = july
    draft_due(world.session, now=at("2025-07-26 09:00"))
    task = report(world, campaign)
    rows = world.session.scalars(
        select(ReportFigures).where(ReportFigures.instance_id == task.instance_id)
    ).all()
    told = Notification.kind == "report.drafted", Notification.subject == f"unit_task:{task.id}"
    assert [one.taken_by for one in rows] == ["system"]
    assert len(world.session.scalars(select(Notification).where(*told)).all()) == 1
