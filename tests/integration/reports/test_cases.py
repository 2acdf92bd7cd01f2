"""What may become a typical case of a summary."""

from __future__ import annotations

import pytest

from tests.factories import World, drive_of
from tests.integration.plans import plans
from workflows.campaigns.models import Campaign
from workflows.exceptions import NotFound
from workflows.hazards.models import Hazard
from workflows.reports import cases
from workflows.subjects import Subject, SubjectKind


@pytest.fixture
def fixed(world: World) -> tuple[Campaign, Hazard]:
    """A campaign in which one hazard was closed and one is open."""
    firm = world.firm(name="宏岳铸造")
    campaign = world.launch(drive_of("3", duties=True))
    done = world.hazard(firm, campaign_id=campaign.id)
    world.close_hazard(done)
    world.hazard(firm, campaign_id=campaign.id)
    return campaign, done


def test_a_closed_hazard_is_offered_with_what_was_done_and_an_open_one_is_not(
    world: World, fixed: tuple[Campaign, Hazard]
) -> None:
    campaign, done = fixed
    [case] = cases.offered(world.session, campaign.id, "")
    assert (case.subject, case.unit) == (Subject(SubjectKind.HAZARD, done.id), "宏岳铸造")
    assert case.result
    assert set(case.as_row()) == {"title", "unit", "practice", "result"}


@pytest.mark.parametrize(("search", "number"), [("宏岳", 1), ("云麓", 0), ("%", 0)])
def test_cases_are_searched_by_enterprise(
    world: World, fixed: tuple[Campaign, Hazard], search: str, number: int
) -> None:
    assert len(cases.offered(world.session, fixed[0].id, search)) == number


def test_obligations_whose_defects_were_fixed_are_searched_along_their_index(
    world: World, fixed: tuple[Campaign, Hazard]
) -> None:
    if world.session.connection().dialect.name != "sqlite":
        pytest.skip("the words of a plan are SQLite's")
    found = plans(world.session, lambda: cases.offered(world.session, fixed[0].id, "宏岳"))
    assert any("ix_obligation_fixed" in line for line in found), found


def test_a_case_of_another_campaign_is_not_found(world: World, fixed: tuple[Campaign, Hazard]) -> None:
    with pytest.raises(NotFound):
        cases.find(world.session, fixed[0].id + 1, Subject(SubjectKind.HAZARD, fixed[1].id))
