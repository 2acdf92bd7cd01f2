"""At any time: a hazard's level is raised, it goes to another department, with another one, or is opened again."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.markings import open_nodes
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from tests.factories import World, at, end_of
from workflows.exceptions import Conflict, InvalidForm
from workflows.hazards import directing
from workflows.hazards.models import Hazard
from workflows.hazards.queries import steps_of
from workflows.hazards.rules import HazardStep
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise

REASON = "裂缝扩大，现场核实"
DEFECTS = [{"title": "护栏松动", "place": "二号车间"}]


def told(world: World, kind: str) -> set[str]:
    return set(world.session.scalars(select(Notification.candidate_group).where(Notification.kind == kind)))


def upgrade(world: World, hazard: Hazard) -> None:
    directing.upgrade(world.session, hazard, reason=REASON, person=world.town(), now=world.now)
    world.session.expire_all()


def merge(world: World, hazard: Hazard, into: Hazard) -> None:
    directing.merge(world.session, hazard, into_id=into.id, person=world.town(), now=world.now)
    world.session.expire_all()


def transfer(world: World, hazard: Hazard, number: int = 1) -> None:
    department_id = world.departments[number]
    directing.transfer(
        world.session, hazard, department_id=department_id, reason=REASON, person=world.department(), now=world.now
    )  # fmt: skip
    world.session.expire_all()


def reopen(world: World, hazard: Hazard) -> Hazard:
    found = directing.reopen(world.session, hazard, reason=REASON, person=world.town(), now=world.now)
    world.session.expire_all()
    return found


def found_by_self_check(world: World) -> tuple[Obligation, Hazard]:
    """An obligation that is accepted but for its hazard."""
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS)
    world.sign(one)
    world.accept(one)
    return one, world.session.scalars(select(Hazard)).one()


def waits(world: World, one: Obligation) -> bool:
    """For its hazards."""
    assert one.instance_id is not None
    return "await_hazards" in {token.node for token in open_nodes(world.session, one.instance_id)}


# --- upgrade


def test_a_hazard_under_repair_becomes_major_and_is_controlled_first(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, "2025-07-18")
    upgrade(world, hazard)
    assert (hazard.level, hazard.round_kind) == ("major", "upgraded")
    assert sorted(world.open_nodes(hazard)) == ["interim", "survey"]
    assert f"{world.office}:lead_officer" in told(world, "hazard.upgraded")


def test_an_upgraded_hazard_climbs_the_quick_ladder_from_the_date_of_its_new_plan(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, "2025-07-18")
    upgrade(world, hazard)
    world.controlled(hazard, "2025-07-25")  # a Friday
    assert (hazard.due_at, hazard.original_due_at) == (end_of("2025-07-25"), end_of("2025-07-18"))
    world.advance(at("2025-07-30 10:00"))
    assert [offset for offset, _ in world.acted(hazard, round=2)] == [0, 1, 3]


def test_a_major_hazard_is_not_upgraded_again(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard)
    with pytest.raises(Conflict):
        upgrade(world, hazard)


def test_what_nobody_has_graded_is_graded_and_not_upgraded(world: World) -> None:
    hazard = world.hazard()
    world.report(hazard)
    with pytest.raises(Conflict):
        upgrade(world, hazard)


# --- transfer


def test_another_department_takes_what_is_open_and_nothing_is_done_again(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard)
    world.fix(hazard)
    transfer(world, hazard)
    assert world.task(hazard, "accept").candidate_group == f"{world.departments[1]}:department_officer"
    assert hazard.department_id == world.departments[1]
    assert f"{world.departments[1]}:department_officer" in told(world, "hazard.transferred")


def test_later_steps_go_to_the_new_department(world: World) -> None:
    hazard = world.hazard()
    world.planned_major(hazard)
    transfer(world, hazard)
    world.fix(hazard)
    assert world.task(hazard, "accept").candidate_group == f"{world.departments[1]}:department_officer"


@pytest.mark.parametrize("place", ["its own department", "a town"])
def test_only_another_department_takes_a_hazard_over(world: World, place: str) -> None:
    hazard = world.hazard()
    chosen = hazard.department_id if place == "its own department" else world.towns[0]
    with pytest.raises(InvalidForm) as refused:
        directing.transfer(
            world.session, hazard, department_id=chosen, reason=REASON, person=world.town(), now=world.now
        )
    assert refused.value.data["problems"][0].path == "department"


# --- merge


def test_a_duplicate_is_closed_as_part_of_the_other_one_and_its_reporter_is_told(world: World) -> None:
    firm = world.firm()
    first, again = world.hazard(firm), world.hazard(firm)
    merge(world, again, first)
    assert (again.outcome, again.merged_into_id, again.closed_at) == ("merged", first.id, world.now)
    assert world.session.get_one(ProcessInstance, again.instance_id).status is InstanceStatus.COMPLETED
    assert f"{firm.id}:safety_officer" in told(world, "hazard.merged")


def test_the_obligation_of_a_duplicate_waits_for_the_other_one(world: World) -> None:
    one, duplicate = found_by_self_check(world)
    other = world.hazard(world.session.get_one(Enterprise, one.enterprise_id))
    merge(world, duplicate, other)
    assert (world.variables(one)["open_hazards"], waits(world, one)) == (1, True)
    world.close_hazard(other)
    assert (world.variables(one)["open_hazards"], waits(world, one)) == (0, False)


def test_duplicates_of_a_duplicate_follow_it(world: World) -> None:
    firm = world.firm()
    first, second, third = world.hazard(firm), world.hazard(firm), world.hazard(firm)
    merge(world, third, second)
    merge(world, second, first)
    assert third.merged_into_id == first.id


def test_a_hazard_of_another_enterprise_is_not_the_same_hazard(world: World) -> None:
    hazard, other = world.hazard(), world.hazard()
    with pytest.raises(InvalidForm) as refused:
        merge(world, hazard, other)
    assert refused.value.data["problems"][0].code == "other-enterprise"


@pytest.mark.parametrize("other", ["itself", "a closed one"])
def test_a_duplicate_goes_with_another_one_that_is_open(world: World, other: str) -> None:
    firm = world.firm()
    hazard = world.hazard(firm)
    target = hazard if other == "itself" else world.hazard(firm)
    if other == "a closed one":
        world.close_hazard(target)
    with pytest.raises(InvalidForm) as refused:
        merge(world, hazard, target)
    assert refused.value.data["problems"][0].code == "not-open"


def test_what_is_being_fixed_is_not_merged_any_more(world: World) -> None:
    firm = world.firm()
    first, again = world.hazard(firm), world.hazard(firm)
    world.planned(again)
    with pytest.raises(Conflict):
        merge(world, again, first)


# --- reopen


def test_a_closed_hazard_is_opened_again_while_its_effect_is_to_be_checked(world: World) -> None:
    hazard = world.hazard()
    world.close_hazard(hazard)
    assert reopen(world, hazard).id == hazard.id
    assert (hazard.closed_at, hazard.outcome, world.open_nodes(hazard)) == (None, None, ["fix"])
    assert hazard.due_at == end_of("2025-06-27")  # five working days
    assert steps_of(world.session, [hazard])[hazard.id] is HazardStep.FIX


def test_after_the_check_of_its_effect_a_new_hazard_follows_it(world: World) -> None:
    hazard = world.hazard()
    world.close_hazard(hazard)
    world.advance(at("2025-07-28 10:00"))
    world.do(hazard, "check_effect", world.town("b"), effective=True, effect_findings="几周之后到现场看过")
    new = reopen(world, hazard)
    assert (new.follows_id, new.source, new.place) == (hazard.id, "reopened", hazard.place)
    assert hazard.closed_at is not None


def test_what_is_open_is_not_opened_again(world: World) -> None:
    with pytest.raises(Conflict):
        reopen(world, world.hazard())


def test_an_obligation_that_still_waits_learns_that_a_hazard_is_open_again(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=[*DEFECTS, {"title": "灭火器过期", "place": "仓库"}])
    world.sign(one)
    first, _second = world.session.scalars(select(Hazard).order_by(Hazard.id)).all()
    world.close_hazard(first)
    assert world.variables(one)["open_hazards"] == 1
    reopen(world, first)
    assert world.variables(one)["open_hazards"] == 2
