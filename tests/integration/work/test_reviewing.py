"""A review: evidence slot by slot beside last time's, marks on what is missing, a draw that says why."""

from __future__ import annotations

import pytest

from tests.factories import World
from web.taskforms import draw_words, proofs
from workflows.campaigns.models import Campaign
from workflows.exceptions import InvalidForm
from workflows.obligations.models import Obligation
from workflows.obligations.rules import DrawReason, draw_number, draw_reason
from workflows.register.types import RiskLevel
from workflows.taskview import TaskView, view


@pytest.fixture
def one(world: World) -> Obligation:
    found = world.obligation()
    world.submit(found)
    return found


def seen(world: World, one: Obligation) -> TaskView:
    return view(world.session, world.task(one, "town_review").id, person=world.town(), now=world.now)


def test_what_is_ticked_becomes_part_of_the_reason(world: World, one: Obligation) -> None:
    world.do(one, "town_review", world.town(), town_decision="return", missing=["licences"], reason="请重拍")
    form = world.last_form(one, "town_review")
    [slot] = seen_item_slots(world, one)
    assert form["reason"] == f"缺少材料：{slot}。请重拍"
    task = world.task(one, "self_check")
    shown = view(world.session, task.id, person=world.safety(one.enterprise_id), now=world.now)
    assert shown.returned is not None
    assert shown.returned.form["missing"] == ["licences"]


def seen_item_slots(world: World, one: Obligation) -> list[str]:
    task = world.task(one, "self_check")
    item = view(world.session, task.id, person=world.safety(one.enterprise_id), now=world.now).item
    assert item is not None
    return [slot.title for slot in item.evidence]


def test_marks_alone_are_reason_enough(world: World, one: Obligation) -> None:
    world.do(one, "town_review", world.town(), town_decision="return", missing=["licences"])
    assert world.open_nodes(one) == ["self_check"]


@pytest.mark.parametrize(
    "form",
    [
        {"town_decision": "accept", "missing": ["licences"]},
        {"town_decision": "return", "missing": ["nothing_such"], "reason": "请重新拍照"},
        {"town_decision": "return"},
    ],
)
def test_marks_that_make_no_sense_are_refused(world: World, one: Obligation, form: dict[str, object]) -> None:
    with pytest.raises(InvalidForm):
        world.do(one, "town_review", world.town(), **form)


def test_the_evidence_stands_slot_by_slot_beside_last_time(world: World, one: Obligation) -> None:
    [first] = proofs(seen(world, one))
    assert (first.code, first.required, first.before, len(first.now)) == ("licences", True, (), 1)
    world.do(one, "town_review", world.town(), town_decision="return", reason="请重新拍照")
    world.submit(one)
    [second] = proofs(seen(world, one))
    assert second.before == first.now
    assert second.now != first.now
    assert seen(world, one).previous_returned


def test_last_time_may_be_another_launch_of_the_same_template(world: World) -> None:
    firm = world.firm()
    ones = [world.obligation(firm), world.obligation(firm)]
    campaigns = [world.session.get_one(Campaign, one.campaign_id) for one in ones]
    campaigns[1].template_code = campaigns[0].template_code
    for one in ones:
        world.submit(one)
    shown = seen(world, ones[1])
    assert shown.previous is not None
    assert shown.previous.instance_id == ones[0].instance_id
    assert not shown.previous_returned


@pytest.mark.parametrize("risk", [RiskLevel.MAJOR, RiskLevel.LOW])
def test_the_draw_says_why_and_can_be_drawn_again(world: World, risk: RiskLevel) -> None:
    one = world.obligation(world.firm(risk_level=risk))
    world.submit(one)
    world.accept(one)
    held = world.variables(one)
    assert held["draw_number"] == draw_number(held["draw_seed"])
    again = draw_reason(seed=held["draw_seed"], risk_is_major=risk is RiskLevel.MAJOR, was_overdue=False)
    assert DrawReason(held["draw_reason"]) is again
    assert held["sampled"] is again.sampled
    assert draw_words(held)
