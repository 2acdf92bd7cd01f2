"""From a signed list to the end of an enforcement: visits, orders with their date, re-checks, decisions."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.exceptions import SamePerson
from tests.factories import World, at, drive_of, end_of
from workflows.audit.models import AuditEntry
from workflows.campaigns import standing
from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.enforcement import queries
from workflows.enforcement.models import Enforcement
from workflows.escalation.models import Escalation
from workflows.exceptions import InvalidForm
from workflows.failing import service
from workflows.notifications.models import Notification
from workflows.sight import Sight

VISITED = {"findings": "第3项证照仍未换发", "first_inspector": "韩立", "second_inspector": "陆平"}
SIGNED = "2025-08-14 09:00"  # the first day on which the list of 08-10 may be signed


def opened(world: World) -> Enforcement:
    """The enforcement on the only enterprise of a list that was just signed."""
    world.firm(name="宏岳铸造")
    world.launch(drive_of("3"))
    world.advance(at(SIGNED))
    listed = world.session.scalars(select(FailingList)).one()
    service.sign(
        world.session, listed.id, opinion="情况属实，同意上报", person=world.department(), now=world.now
    )
    world.advance(world.now)
    return world.session.scalars(select(Enforcement)).one()


def visit(world: World, one: Enforcement, result: str, who: str = "a", **more: Any) -> None:
    world.do(one, "visit", world.department(who), result=result, **VISITED, **more)


def ordered(world: World) -> Enforcement:
    one = opened(world)
    visit(world, one, "order", order_due_on="2025-08-29")
    return one


def step(world: World, one: Enforcement) -> str:
    return queries.steps(world.session, [one])[one.id]


def told(world: World, kind: str) -> dict[str, dict[str, Any]]:
    found = world.session.scalars(select(Notification).where(Notification.kind == kind))
    return {notice.candidate_group: notice.data for notice in found}


def test_every_enterprise_that_stands_is_visited_by_the_end_of_phase_three(world: World) -> None:
    one = opened(world)
    assert (step(world, one), one.due_at) == ("visit", end_of("2025-09-15"))
    assert f"{one.enterprise_id}:principal" in told(world, "failing_list.signed")
    assert told(world, "failing_list.handed_over")[f"{world.office}:lead_officer"]["count"] == 1


def test_nobody_visits_who_was_struck(world: World) -> None:
    gone, left = world.firm(), world.firm()
    world.launch(drive_of("3"))
    world.advance(at(SIGNED))
    entry = world.session.scalars(
        select(FailingListEntry).where(FailingListEntry.enterprise_id == gone.id)
    ).one()
    facts = {"person": world.department(), "now": world.now}
    service.strike(world.session, entry.id, reason="该企业已停产", **facts)
    service.sign(world.session, entry.list_id, opinion="情况属实，同意上报", **facts)
    world.advance(world.now)
    assert world.session.scalars(select(Enforcement.enterprise_id)).all() == [left.id]


def test_what_is_put_right_is_closed(world: World) -> None:
    one = opened(world)
    visit(world, one, "put_right")
    assert (step(world, one), one.outcome, one.closed_at) == ("closed", "closed", world.now)


def test_an_order_sets_its_date_and_tells_the_enterprise_why(world: World) -> None:
    one = ordered(world)
    assert (step(world, one), one.due_at, one.round) == ("put_right", end_of("2025-08-29"), 2)
    assert (
        told(world, "enforcement.ordered")[f"{one.enterprise_id}:principal"]["reason"] == VISITED["findings"]
    )


def test_an_order_lies_ahead(world: World) -> None:
    one = opened(world)
    with pytest.raises(InvalidForm):
        visit(world, one, "order", order_due_on="2025-08-13")


def test_an_order_needs_a_date(world: World) -> None:
    one = opened(world)
    with pytest.raises(InvalidForm):
        visit(world, one, "order")


def test_what_is_reported_is_checked_again_within_ten_days(world: World) -> None:
    one = ordered(world)
    world.advance(at("2025-08-20 10:00"))
    firm = one.enterprise_id
    world.do(one, "put_right", world.safety(firm), statement="证照已换发", evidence=[world.proof(firm)])
    assert (step(world, one), one.due_at) == ("visit", end_of("2025-08-30"))


def test_the_end_of_the_time_leads_to_a_recheck_by_itself(world: World) -> None:
    one = ordered(world)
    world.advance(at("2025-08-30 00:00"))
    world.session.expire_all()
    assert (step(world, one), one.due_at) == ("visit", end_of("2025-09-08"))


def test_the_enterprise_is_reminded_before_its_time_ends(world: World) -> None:
    one = ordered(world)
    world.advance(at("2025-08-30 00:00"))
    query = select(Escalation).where(Escalation.subject_kind == "enforcement", Escalation.round == 2)
    climbed = [(s.action, s.candidate_group, s.acted_at) for s in world.session.scalars(query)]
    # Friday 08-29 is the last day: three working days before is Tuesday, one before Thursday
    assert climbed == [
        ("remind", f"{one.enterprise_id}:safety_officer", at("2025-08-26 09:00")),
        ("notify", f"{one.enterprise_id}:principal", at("2025-08-28 09:00")),
    ]


def test_a_visit_that_is_late_reaches_the_lead_office(world: World) -> None:
    opened(world)
    world.advance(at("2025-09-16 09:00"))
    assert f"{world.office}:lead_officer" in told(world, "ladder.office_task")


def test_a_penalty_is_decided_by_somebody_else_with_opinion_and_the_rights_told(world: World) -> None:
    one = opened(world)
    visit(world, one, "further")
    form = {"decision": "penalty", "opinion": "两次检查均未整改，依法处理", "appeal_told": True}
    with pytest.raises(SamePerson):
        world.do(one, "determine", world.department("a"), **form)
    with pytest.raises(InvalidForm):
        world.do(one, "determine", world.department("b"), **{**form, "appeal_told": False})
    world.do(one, "determine", world.department("b"), **form)
    assert (one.outcome, one.closed_at) == ("penalty", world.now)
    assert f"{one.enterprise_id}:principal" in told(world, "enforcement.penalty")
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "enforcement.penalty")).one()
    assert (entry.actor, entry.detail) == (world.department("b").actor, {"opinion": form["opinion"]})


def test_without_a_penalty_it_is_closed_and_says_so(world: World) -> None:
    one = opened(world)
    visit(world, one, "further")
    world.do(one, "determine", world.department("b"), decision="none", opinion="情节轻微并已主动改正")
    assert one.outcome == "none"


def test_another_order_gives_another_date(world: World) -> None:
    one = opened(world)
    visit(world, one, "further")
    facts = {"decision": "again", "opinion": "设备到货推迟，再给一次期限", "order_due_on": "2025-09-05"}
    world.do(one, "determine", world.department("b"), **facts)
    assert (step(world, one), one.due_at) == ("put_right", end_of("2025-09-05"))


def test_it_goes_on_when_its_campaign_is_cancelled(world: World) -> None:
    one = ordered(world)
    standing.cancel(world.session, one.campaign_id, reason="并入另一个行动", actor="lead", now=world.now)
    world.session.expire_all()
    assert world.open_nodes(one) == ["put_right"]


def test_who_sees_it(world: World) -> None:
    one = opened(world)
    firm = one.enterprise_id
    for sight in (
        Sight(False, enterprise_ids=(firm,)),
        Sight(False, town_ids=(one.town_id,)),
        Sight(False, department_ids=(one.department_id,)),
        Sight(True),
    ):
        assert [found.id for found, _ in queries.listed(world.session, sight=sight)] == [one.id]
    other = Sight(False, enterprise_ids=(world.firm().id,), town_ids=(world.towns[1],))
    assert queries.listed(world.session, sight=other) == []
