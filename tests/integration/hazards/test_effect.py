"""Correction that lasts: causes kept, the effect checked weeks later by somebody else, what came back recognised."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.exceptions import SamePerson
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from tests.factories import World, at, end_of
from workflows.hazards.models import Hazard
from workflows.hazards.queries import steps_of
from workflows.hazards.repeats import earlier
from workflows.hazards.rules import HazardStep
from workflows.notifications.models import Notification


def closed(world: World) -> Hazard:
    """A general hazard that was closed on Friday 06-20."""
    hazard = world.hazard()
    world.close_hazard(hazard)
    return hazard


def check(world: World, hazard: Hazard, *, effective: bool, who: str = "b") -> None:
    world.advance(at("2025-07-28 10:00"))
    world.do(
        hazard, "check_effect", world.town(who), effective=effective, effect_findings="几周之后到现场看过"
    )


def test_cause_correction_and_prevention_are_facts_of_the_hazard(world: World) -> None:
    hazard = closed(world)
    assert (hazard.cause, hazard.correction, hazard.prevention) == ("年久失修", "已更换", "列入点检")


def test_a_hazard_counts_as_closed_before_its_effect_is_checked(world: World) -> None:
    hazard = closed(world)
    assert (hazard.closed_at, hazard.outcome) == (world.now, "closed")
    assert steps_of(world.session, [hazard])[hazard.id] is HazardStep.CLOSED


def test_the_effect_is_due_thirty_working_days_after_the_closure(world: World) -> None:
    hazard = closed(world)
    world.advance(at("2025-07-24 10:00"))
    assert world.open_nodes(hazard) == []
    world.advance(at("2025-07-25 10:00"))  # the twenty-fifth working day
    assert world.task(hazard, "check_effect").due_at == end_of("2025-08-01")  # the thirtieth


def test_measures_that_work_end_it(world: World) -> None:
    hazard = closed(world)
    check(world, hazard, effective=True)
    assert (hazard.effective, hazard.effect_checked_at) == (True, world.now)
    assert world.session.get_one(ProcessInstance, hazard.instance_id).status is InstanceStatus.COMPLETED


def test_measures_without_effect_open_it_again_with_a_day_of_its_own(world: World) -> None:
    hazard = closed(world)
    check(world, hazard, effective=False)
    assert (hazard.closed_at, hazard.outcome, hazard.effective) == (None, None, False)
    assert (world.open_nodes(hazard), hazard.round, hazard.round_kind) == (["fix"], 2, "reopened")
    assert hazard.due_at == end_of("2025-08-04")  # five working days
    query = select(Notification).where(Notification.kind == "round.reopened")
    assert {one.data["reason"] for one in world.session.scalars(query)} == {"几周之后到现场看过"}


def test_whoever_verified_does_not_check_the_effect(world: World) -> None:
    hazard = closed(world)
    with pytest.raises(SamePerson):
        check(world, hazard, effective=True, who="a")


def test_a_late_check_goes_to_town_department_and_lead_office(world: World) -> None:
    hazard = closed(world)
    world.advance(at("2025-08-12 10:00"))
    assert world.acted(hazard, round=-2) == [
        (1, "2025-08-04 09:00"),
        (3, "2025-08-06 09:00"),
        (7, "2025-08-12 09:00"),
    ]


def test_a_second_check_has_a_ladder_of_its_own(world: World) -> None:
    hazard = closed(world)
    check(world, hazard, effective=False)
    world.fix(hazard)
    world.do(hazard, "verify", world.town(), passed=True)
    world.advance(at("2025-09-09 10:00"))
    assert [offset for offset, _ in world.acted(hazard, round=-3)] == [1]


# --- what came back


def test_an_earlier_hazard_at_the_same_place_is_recognised_however_it_is_written(world: World) -> None:
    firm = world.firm()
    first = world.hazard(firm)
    world.report(first, place="二号 炉")
    again = world.hazard(firm)
    world.report(again, place="2号炉")
    [found] = earlier(world.session, again)
    assert (found.hazard.id, found.same_place) == (first.id, True)


def test_an_earlier_hazard_of_the_same_kind_is_recognised_elsewhere(world: World) -> None:
    firm = world.firm()
    first = world.hazard(firm)
    world.report(first, place="二号炉", kind="electrical")
    again = world.hazard(firm)
    world.report(again, place="仓库", kind="electrical")
    [found] = earlier(world.session, again)
    assert (found.hazard.id, found.same_place, found.same_kind) == (first.id, False, True)


def test_the_same_place_of_another_enterprise_is_another_place(world: World) -> None:
    world.report(world.hazard(), place="二号炉")
    again = world.hazard()
    world.report(again, place="二号炉")
    assert earlier(world.session, again) == []


def test_what_came_later_is_no_earlier_hazard(world: World) -> None:
    firm = world.firm()
    first = world.hazard(firm)
    world.report(first, place="二号炉")
    world.report(world.hazard(firm), place="二号炉")
    assert earlier(world.session, first) == []
