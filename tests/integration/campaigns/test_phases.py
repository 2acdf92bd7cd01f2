"""Phases change at Shanghai midnight, whatever people do; the archive leaves open what is due later."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from engine.models import HistoryEntry, Incident, ProcessInstance
from engine.types import InstanceStatus
from tests.factories import World, at, drive_of
from workflows.campaigns.models import Campaign
from workflows.obligations.models import Obligation
from workflows.obligations.queries import states
from workflows.obligations.rules import ObligationState

CHANGES = {
    "phase_1_end": datetime(2025, 6, 30, 16, 0, tzinfo=UTC),
    "phase_2_end": datetime(2025, 8, 15, 16, 0, tzinfo=UTC),
    "phase_3_end": datetime(2025, 9, 15, 16, 0, tzinfo=UTC),
    "phase_4_end": datetime(2025, 9, 30, 16, 0, tzinfo=UTC),
}


def changes(world: World, campaign: Campaign) -> dict[str | None, datetime]:
    query = select(HistoryEntry.node, HistoryEntry.at).where(
        HistoryEntry.instance_id == campaign.instance_id, HistoryEntry.kind == "timer_fired"
    )
    return {node: moment for node, moment in world.session.execute(query) if node != "failing_list_due"}


def is_open(world: World, campaign: Campaign, node: str) -> bool:
    from engine.markings import open_nodes

    assert campaign.instance_id is not None
    return node in {token.node for token in open_nodes(world.session, campaign.instance_id)}


def finish(world: World, campaign: Campaign) -> None:
    """Everything the lead office does after the last phase."""
    for number in (1, 2, 3, 4):
        world.do(campaign, f"review_{number}", world.lead(), assessment="阶段工作正常")
    world.do(campaign, "summary", world.lead(), summary="专项行动总结，总体情况正常")


def test_the_phases_change_at_the_published_instants(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("17"))
    world.advance(at("2025-10-01 12:00"))
    assert changes(world, campaign) == CHANGES


@pytest.mark.parametrize("node", list(CHANGES))
def test_a_second_before_its_end_a_phase_still_runs(world: World, node: str) -> None:
    world.firm()
    campaign = world.launch(drive_of("17"))
    world.advance(CHANGES[node].replace(day=CHANGES[node].day, hour=15, minute=59, second=59))
    assert is_open(world, campaign, node)
    world.advance(CHANGES[node])
    assert not is_open(world, campaign, node)


def test_a_phase_review_left_open_does_not_hold_up_the_next_phase(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("17", "22b"))
    world.advance(at("2025-10-01 12:00"))
    assert world.open_nodes(campaign) == ["review_1", "review_2", "review_3", "review_4", "summary"]
    assert is_open(world, campaign, "review_1")


def test_the_campaign_ends_with_its_summary_when_every_phase_is_reviewed(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("17"))
    world.advance(at("2025-10-01 12:00"))
    finish(world, campaign)
    assert campaign.instance_id is not None
    instance = world.session.get_one(ProcessInstance, campaign.instance_id)
    assert instance.status is InstanceStatus.COMPLETED
    assert campaign.archived_at == world.now


def test_filing_by_the_end_of_november_stays_open_after_the_archive(world: World) -> None:
    firm = world.firm()
    campaign = world.launch(drive_of("22b"))
    world.advance(at("2025-10-01 12:00"))
    finish(world, campaign)
    one = world.session.scalars(select(Obligation).where(Obligation.campaign_id == campaign.id)).one()
    assert states(world.session, [one])[one.id] is ObligationState.IN_PROGRESS
    world.advance(at("2025-11-30 20:00"))
    assert world.open_nodes(one) == ["self_check"]
    world.submit(one)
    world.accept(one)
    assert firm.id == one.enterprise_id
    assert states(world.session, [one])[one.id] in (ObligationState.CLOSED, ObligationState.SAMPLED)


def test_filing_by_the_end_of_november_is_reminded_after_the_archive(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("22b"))
    world.advance(at("2025-10-01 12:00"))
    finish(world, campaign)
    one = world.session.scalars(select(Obligation).where(Obligation.campaign_id == campaign.id)).one()
    world.advance(at("2025-12-01 12:00"))
    # 11-30 is a Sunday; no holiday and no 调休 in November 2025
    assert world.acted(one) == [
        (-5, "2025-11-24 09:00"),
        (-1, "2025-11-28 09:00"),
        (1, "2025-12-01 09:00"),
    ]


def test_the_same_drive_may_be_launched_again_after_the_archive(world: World) -> None:
    world.firm()
    template = drive_of("17")
    campaign = world.launch(template)
    world.advance(at("2025-09-30 12:00"))
    campaign.archived_at = world.now
    world.session.flush()
    assert world.launch(template).id != campaign.id


def test_ten_days_of_downtime_across_the_cut_off_do_not_stop_the_campaign(world: World) -> None:
    world.firm()
    campaign = world.launch(drive_of("3", "22b"))
    world.advance(at("2025-08-08 12:00"))
    world.jump(at("2025-08-18 12:00"))
    world.advance(at("2025-09-16 00:00"))
    assert list(world.session.scalars(select(Incident.message))) == []
    assert is_open(world, campaign, "phase_4_end")


def test_a_launch_in_july_goes_through_the_first_phase_at_once(world: World) -> None:
    world.firm()
    world.now = at("2025-07-10 09:00")
    campaign = world.launch(drive_of("1a", "3"))
    query = select(Obligation.item_code).where(Obligation.campaign_id == campaign.id)
    assert list(world.session.scalars(query)) == ["3"]
    assert is_open(world, campaign, "phase_2_end")
