"""A launch takes two officials, and what is approved is what was proposed."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.exceptions import SamePerson
from tests.factories import World, at, drive_of
from workflows.audit.models import AuditEntry
from workflows.campaigns import proposals, standing
from workflows.campaigns.models import Campaign, LaunchProposal
from workflows.campaigns.scope import Scope
from workflows.campaigns.types import CampaignTemplate
from workflows.exceptions import Conflict, InvalidForm
from workflows.obligations.models import Obligation


def propose(
    world: World, template: CampaignTemplate, who: str = "a", scope: Scope | None = None
) -> LaunchProposal:
    return proposals.propose(
        world.session, template, scope=scope or Scope(), office_id=world.office, title=template.title,
        note="请审批", person=world.lead(who), now=world.now,
    )  # fmt: skip


@pytest.fixture
def template(world: World) -> CampaignTemplate:
    world.firm()
    return drive_of("1a")


def test_nothing_is_launched_before_it_is_approved(world: World, template: CampaignTemplate) -> None:
    proposal = propose(world, template)
    world.jump(world.now)
    assert world.session.scalars(select(Campaign)).all() == []
    assert proposal.is_open


def test_what_a_second_official_approves_is_launched(world: World, template: CampaignTemplate) -> None:
    proposal = propose(world, template)
    world.do(proposal, "approve_launch", world.lead("b"), approved=True)
    world.jump(world.now)
    campaign = world.session.get(Campaign, proposal.campaign_id)
    assert campaign is not None
    assert (campaign.launched_by, campaign.approved_by) == (world.lead("a").actor, world.lead("b").actor)
    assert world.session.scalars(select(Obligation.item_code)).all() == ["1a"]
    kept = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "campaign.launch")).one()
    assert kept.detail["approved_by"] == world.lead("b").actor


def test_the_proposer_cannot_approve(world: World, template: CampaignTemplate) -> None:
    proposal = propose(world, template)
    with pytest.raises(SamePerson):
        world.do(proposal, "approve_launch", world.lead("a"), approved=True)
    assert proposal.is_open


def test_a_returned_proposal_goes_back_and_can_be_withdrawn(world: World, template: CampaignTemplate) -> None:
    proposal = propose(world, template)
    world.do(proposal, "approve_launch", world.lead("b"), approved=False, reason="范围要再核对")
    assert world.open_nodes(proposal) == ["propose"]
    world.do(proposal, "propose", world.lead("a"), action="withdraw")
    assert (proposal.is_open, proposal.withdrawn_at) == (False, world.now)


def test_the_same_is_proposed_once_for_the_same_enterprises(world: World, template: CampaignTemplate) -> None:
    first = propose(world, template, scope=Scope(town_ids=(world.towns[0],)))
    with pytest.raises(Conflict) as refused:
        propose(world, template, who="c")
    assert refused.value.data["proposal_id"] == first.id


def test_what_meanwhile_runs_already_is_not_approved(world: World, template: CampaignTemplate) -> None:
    proposal = propose(world, template)
    world.launch(template)
    with pytest.raises(Conflict):
        world.do(proposal, "approve_launch", world.lead("b"), approved=True)
    assert world.open_nodes(proposal) == ["approve_launch"]


def test_what_is_over_meanwhile_is_not_approved(world: World, template: CampaignTemplate) -> None:
    proposal = propose(world, template)
    world.now = at("2025-10-01 09:00")
    with pytest.raises(InvalidForm) as refused:
        world.do(proposal, "approve_launch", world.lead("b"), approved=True)
    assert [(one.path, one.code) for one in refused.value.data["problems"]] == [("approved", "template-over")]


def test_a_cancelled_campaign_can_be_proposed_again(world: World, template: CampaignTemplate) -> None:
    proposal = propose(world, template)
    world.do(proposal, "approve_launch", world.lead("b"), approved=True)
    campaign = world.session.get(Campaign, proposal.campaign_id)
    assert campaign is not None
    standing.cancel(world.session, campaign.id, reason="重新安排时间", actor="lead", now=world.now)
    assert propose(world, template).is_open
