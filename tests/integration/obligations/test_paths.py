"""An obligation from notice to closure, as people complete their tasks with real evidence."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from engine.exceptions import SamePerson
from engine.models import ProcessInstance
from engine.types import InstanceStatus
from tests.factories import World, at, drive_of, end_of
from workflows.audit.models import AuditEntry
from workflows.hazards.models import Hazard
from workflows.inbox import Person
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.obligations.queries import states
from workflows.obligations.rules import ObligationState
from workflows.register.types import RiskLevel
from workflows.submissions.queries import of_instance

DEFECTS = [
    {"title": "护栏松动", "place": "二号车间"},
    {"title": "灭火器过期", "place": "仓库", "description": "三具"},
]
REASON = "本企业不涉及该项作业和场所"


def state(world: World, one: Obligation) -> ObligationState:
    return states(world.session, [one])[one.id]


def ended(world: World, one: Obligation) -> bool:
    assert one.instance_id is not None
    return world.session.get_one(ProcessInstance, one.instance_id).status is InstanceStatus.COMPLETED


def to_the_end(world: World, one: Obligation) -> None:
    """Through reviews, and a site check where one is drawn."""
    world.accept(one)
    if world.open_nodes(one) == ["site_check"]:
        pass_site(world, one)


def pass_site(world: World, one: Obligation, who: str = "site") -> None:
    world.do(one, "site_check", world.town(who), site_result="pass", second_inspector="李检查")


def fail_site(world: World, one: Obligation) -> None:
    world.do(
        one, "site_check", world.town("site"),
        site_result="fail", findings="证照已过期", second_inspector="李检查",
    )  # fmt: skip


def return_from_town(world: World, one: Obligation) -> None:
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片看不清，请重拍")


def major(world: World) -> Obligation:
    """Of major risk: always drawn for a site check."""
    return world.obligation(world.firm(risk_level=RiskLevel.MAJOR))


# --- the straight way


def test_an_obligation_begins_with_the_self_check_of_the_safety_officer(world: World) -> None:
    one = world.obligation()
    assert world.open_nodes(one) == ["self_check"]
    assert state(world, one) is ObligationState.IN_PROGRESS


def test_a_compliant_self_check_goes_to_the_principal(world: World) -> None:
    one = world.obligation()
    world.check(one)
    assert world.open_nodes(one) == ["sign"]
    assert state(world, one) is ObligationState.IN_PROGRESS


def test_what_is_signed_is_submitted_to_the_town(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    assert world.open_nodes(one) == ["town_review"]
    assert state(world, one) is ObligationState.SUBMITTED
    assert one.submitted_at == world.now


def test_what_the_town_accepts_goes_to_the_department(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="accept")
    assert world.open_nodes(one) == ["department_review"]
    assert state(world, one) is ObligationState.SUBMITTED


def test_the_sample_is_drawn_from_campaign_and_obligation_alone(world: World) -> None:
    for _ in range(8):
        world.firm()
    campaign = world.launch(drive_of("3"))
    world.advance(at("2025-07-01 09:00"))
    listed = list(world.session.scalars(select(Obligation).where(Obligation.campaign_id == campaign.id)))
    for one in listed:
        world.submit(one)
        world.accept(one)
    drawn = {one.id for one in listed if state(world, one) is ObligationState.SAMPLED}
    closed = {one.id for one in listed if state(world, one) is ObligationState.CLOSED}
    expected = set()
    for one in listed:
        digest = hashlib.sha256(f"{campaign.id}/obligation:{one.id}".encode()).digest()
        if int.from_bytes(digest[:4], "big") % 100 < 20:
            expected.add(one.id)
    assert drawn == expected
    assert closed == {one.id for one in listed} - expected


def test_an_accepted_obligation_of_major_risk_is_looked_at(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    assert world.open_nodes(one) == ["site_check"]
    assert state(world, one) is ObligationState.SAMPLED


def test_an_obligation_that_was_once_overdue_is_looked_at(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-18 12:00"))
    world.submit(one)
    world.accept(one)
    assert state(world, one) is ObligationState.SAMPLED


def test_what_was_late_in_an_earlier_round_stays_once_overdue(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.obligations.rules.SAMPLE_PERCENT", 0)
    one = world.obligation()
    world.advance(at("2025-08-16 01:00"))  # late, and no step up acts before Monday
    world.submit(one)
    return_from_town(world, one)
    world.submit(one)
    world.accept(one)
    assert state(world, one) is ObligationState.SAMPLED


def test_an_extension_does_not_undo_that_the_date_had_passed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("workflows.obligations.rules.SAMPLE_PERCENT", 0)
    one = world.obligation()
    world.advance(at("2025-08-16 01:00"))
    extension = world.ask(one, "2025-09-10")
    world.do(extension, "decide", world.department(), granted=True, decided_due_on="2025-09-10")
    world.submit(one)
    world.accept(one)
    assert state(world, one) is ObligationState.SAMPLED


def test_an_obligation_signed_an_hour_after_its_day_was_overdue(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-16 01:00"))  # a Saturday: the first step up comes on Monday
    world.submit(one)
    world.accept(one)
    assert state(world, one) is ObligationState.SAMPLED


def test_a_passed_site_check_closes(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    pass_site(world, one)
    assert ended(world, one)
    assert state(world, one) is ObligationState.CLOSED
    assert (one.outcome, one.closed_at) == ("compliant", world.now)


def test_the_enterprise_is_told_of_the_closure(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    pass_site(world, one)
    query = select(Notification).where(Notification.kind == "obligation.closed")
    notice = world.session.scalars(query).one()
    assert (notice.candidate_group, notice.subject) == (
        f"{one.enterprise_id}:safety_officer",
        f"obligation:{one.id}",
    )


def test_every_decision_is_in_the_audit_log_with_its_actor(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    pass_site(world, one)
    query = select(AuditEntry.action, AuditEntry.actor).where(AuditEntry.subject == f"obligation:{one.id}")
    found = [(action, actor) for action, actor in world.session.execute(query.order_by(AuditEntry.id))]
    assert found == [
        ("task.self_check", world.safety(one.enterprise_id).actor),
        ("task.sign", world.principal(one.enterprise_id).actor),
        ("task.town_review", world.town().actor),
        ("task.department_review", world.department().actor),
        ("task.site_check", world.town("site").actor),
    ]


def test_what_was_entered_is_kept_form_by_form(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    return_from_town(world, one)
    world.submit(one)
    assert one.instance_id is not None
    kept = [(s.node, s.round) for s in of_instance(world.session, one.instance_id)]
    assert kept == [("self_check", 1), ("sign", 1), ("town_review", 1), ("self_check", 2), ("sign", 2)]


# --- not applicable, sent back


def test_what_does_not_apply_is_reviewed_and_closed_as_such(world: World) -> None:
    one = world.obligation()
    world.check(one, result="not_applicable", reason=REASON)
    world.sign(one)
    to_the_end(world, one)
    assert state(world, one) is ObligationState.NOT_APPLICABLE
    assert one.outcome == "not_applicable"


def test_the_principal_sends_the_self_check_back(world: World) -> None:
    one = world.obligation()
    world.check(one)
    world.do(one, "sign", world.principal(one.enterprise_id), signed=False, opinion="请补充会议记录")
    assert world.open_nodes(one) == ["self_check"]
    assert (one.round, one.submitted_at) == (1, None)


def test_sending_back_inside_the_enterprise_does_not_restart_the_ladder(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-08 10:00"))
    world.check(one)
    world.do(one, "sign", world.principal(one.enterprise_id), signed=False, opinion="请补充会议记录")
    world.advance(at("2025-08-13 10:00"))
    assert world.acted(one) == [(-5, "2025-08-08 09:00")]


# --- returned by a reviewer


def test_what_the_town_returns_begins_a_second_round(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    return_from_town(world, one)
    assert world.open_nodes(one) == ["self_check"]
    assert state(world, one) is ObligationState.RETURNED
    assert (one.round, one.round_kind, one.submitted_at) == (2, "return", None)


def test_what_the_department_returns_begins_a_second_round(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="accept")
    world.do(
        one, "department_review", world.department(), department_decision="return", reason="缺少任命文件"
    )
    assert state(world, one) is ObligationState.RETURNED
    assert one.round == 2


def test_a_returned_obligation_can_be_returned_again(world: World) -> None:
    one = world.obligation()
    for _ in range(3):
        world.submit(one)
        return_from_town(world, one)
    assert one.round == 4
    world.submit(one)
    to_the_end(world, one)
    assert ended(world, one)


def test_the_reason_reaches_the_enterprise(world: World) -> None:
    one = world.obligation()
    world.submit(one)
    return_from_town(world, one)
    query = select(Notification).where(Notification.kind == "round.return")
    notice = world.session.scalars(query).one()
    assert notice.data["reason"] == "照片看不清，请重拍"


def test_returned_early_the_due_date_stays(world: World) -> None:
    one = world.obligation()
    world.now = at("2025-07-10 15:00")
    world.submit(one)
    return_from_town(world, one)
    assert one.due_at == end_of("2025-08-15")


def test_returned_late_there_are_at_least_five_working_days(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-14 15:00"))
    world.submit(one)
    return_from_town(world, one)
    assert one.due_at == end_of("2025-08-21")  # Fri 15, Mon 18, Tue 19, Wed 20, Thu 21
    assert world.task(one, "self_check").due_at == end_of("2025-08-21")
    assert one.original_due_at == end_of("2025-08-15")


def test_five_working_days_skip_the_national_holiday(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-26 15:00"))
    world.submit(one)
    world.advance(at("2025-09-29 15:00"))
    return_from_town(world, one)
    # 09-30 works; 10-01 to 10-08 rest; 10-09 and 10-10 work, Saturday 10-11 works, then Monday 10-13
    assert one.due_at == end_of("2025-10-13")


def test_the_ladder_starts_again_in_the_second_round(world: World) -> None:
    one = world.obligation()
    world.advance(at("2025-08-14 10:00"))
    world.submit(one)
    return_from_town(world, one)
    world.advance(at("2025-08-26 10:00"))
    assert world.acted(one, round=1) == [(-5, "2025-08-08 09:00"), (-1, "2025-08-14 09:00")]
    assert world.acted(one, round=2) == [
        (-5, "2025-08-14 10:00"),
        (-1, "2025-08-20 09:00"),
        (1, "2025-08-22 09:00"),
        (3, "2025-08-26 09:00"),
    ]


def test_an_undated_obligation_stays_undated_when_it_is_returned(world: World) -> None:
    one = world.obligation(code="17", due=None)
    world.submit(one)
    return_from_town(world, one)
    assert one.due_at is None
    world.advance(at("2025-12-31 10:00"))
    assert world.steps(one) == []


def test_a_return_in_the_last_days_of_a_published_year_does_not_fail(world: World) -> None:
    """No calendar of 2027 is published: what is returned still begins its round, with five working days."""
    one = world.obligation(due="2026-12-28")
    world.jump(at("2026-12-28 10:00"))
    world.submit(one)
    return_from_town(world, one)
    assert world.open_nodes(one) == ["self_check"]
    assert one.due_at is not None
    assert one.due_at >= end_of("2027-01-05")


# --- defects


def test_each_defect_opens_a_hazard_of_the_same_enterprise(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS)
    opened = list(world.session.scalars(select(Hazard).order_by(Hazard.id)))
    assert [(h.title, h.place, h.obligation_id) for h in opened] == [
        ("护栏松动", "二号车间", one.id),
        ("灭火器过期", "仓库", one.id),
    ]
    assert {h.enterprise_id for h in opened} == {one.enterprise_id}
    assert {h.found_by for h in opened} == {world.safety(one.enterprise_id).actor}


def test_an_obligation_with_defects_is_signed_and_reviewed_while_they_are_open(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS)
    world.sign(one)
    world.accept(one)
    assert world.open_nodes(one) == []
    assert state(world, one) is ObligationState.ACCEPTED


def test_an_obligation_waits_for_its_last_hazard(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS)
    world.sign(one)
    world.accept(one)
    first, last = world.session.scalars(select(Hazard).order_by(Hazard.id))
    world.close_hazard(first)
    assert state(world, one) is ObligationState.ACCEPTED
    assert world.variables(one)["open_hazards"] == 1
    world.close_hazard(last)
    assert state(world, one) in (ObligationState.CLOSED, ObligationState.SAMPLED)


def test_an_obligation_whose_defects_were_fixed_says_so(world: World) -> None:
    one = major(world)
    world.check(one, result="defects", defects=DEFECTS[:1])
    world.sign(one)
    world.accept(one)
    world.close_hazard(world.session.scalars(select(Hazard)).one())
    pass_site(world, one)
    assert one.outcome == "defects_fixed"


def test_hazards_closed_before_the_reviews_hold_up_nothing(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS[:1])
    world.sign(one)
    world.close_hazard(world.session.scalars(select(Hazard)).one())
    world.accept(one)
    assert state(world, one) in (ObligationState.CLOSED, ObligationState.SAMPLED)


def test_defects_of_a_second_round_are_waited_for_too(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS[:1])
    world.sign(one)
    return_from_town(world, one)
    world.check(one, result="defects", defects=DEFECTS[1:])
    world.sign(one)
    world.accept(one)
    assert world.variables(one)["open_hazards"] == 2
    for hazard in world.session.scalars(select(Hazard).order_by(Hazard.id)).all():
        assert state(world, one) is ObligationState.ACCEPTED
        world.close_hazard(hazard)
    assert state(world, one) is not ObligationState.ACCEPTED


@pytest.mark.parametrize("back", ["sign", "town"])
def test_defects_that_are_sent_again_with_a_returned_form_are_not_opened_twice(
    world: World, back: str
) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS)
    if back == "sign":
        world.do(one, "sign", world.principal(one.enterprise_id), signed=False, opinion="请补充现场照片")
    else:
        world.sign(one)
        return_from_town(world, one)
    first = world.session.scalars(select(Hazard).order_by(Hazard.id)).first()
    assert first is not None
    world.report(first, title="护栏断裂")  # the report may say it better than the self-check did
    more = {"title": "通道堵塞", "place": "仓库"}
    world.check(one, result="defects", defects=[*DEFECTS, more])
    titles = list(world.session.scalars(select(Hazard.title).order_by(Hazard.id)))
    assert titles == ["护栏断裂", "灭火器过期", "通道堵塞"]
    assert world.variables(one)["open_hazards"] == 3


def test_a_defect_that_comes_back_after_its_hazard_was_closed_is_a_new_hazard(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=DEFECTS[:1])
    world.sign(one)
    world.close_hazard(world.session.scalars(select(Hazard)).one())
    return_from_town(world, one)
    world.check(one, result="defects", defects=DEFECTS[:1])
    assert world.variables(one)["open_hazards"] == 1


def test_two_defects_alike_in_one_form_are_two_hazards(world: World) -> None:
    one = world.obligation()
    world.check(one, result="defects", defects=[DEFECTS[0], DEFECTS[0]])
    assert world.variables(one)["open_hazards"] == 2


# --- site check


def test_a_failed_site_check_begins_another_round(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    fail_site(world, one)
    assert world.open_nodes(one) == ["self_check"]
    assert (one.round, one.round_kind) == (2, "site_failed")
    assert state(world, one) is ObligationState.RETURNED


def test_after_a_failed_site_check_the_site_is_checked_again(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    fail_site(world, one)
    world.submit(one)
    world.accept(one)
    pass_site(world, one)
    assert ended(world, one)


def test_the_findings_reach_the_enterprise(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    fail_site(world, one)
    query = select(Notification).where(Notification.kind == "round.site_failed")
    assert world.session.scalars(query).one().data["reason"] == "证照已过期"


def test_who_reviewed_may_not_check_the_site(world: World) -> None:
    one = major(world)
    world.submit(one)
    world.accept(one)
    with pytest.raises(SamePerson):
        pass_site(world, one, who="a")
    assert world.open_nodes(one) == ["site_check"]


# --- four eyes


def in_two_roles(world: World, one: Obligation) -> Person:
    """Somebody who is a person of the enterprise and of both authorities."""
    groups = [
        f"{one.enterprise_id}:safety_officer",
        f"{one.enterprise_id}:principal",
        f"{world.towns[0]}:town_officer",
        f"{world.departments[0]}:department_officer",
    ]
    return Person("in-two-roles", frozenset(groups), one.enterprise_id)


def test_who_signed_may_not_review(world: World) -> None:
    one = world.obligation()
    both = in_two_roles(world, one)
    world.check(one)
    world.do(one, "sign", both, signed=True)
    with pytest.raises(SamePerson):
        world.do(one, "town_review", both, town_decision="accept")
    world.do(one, "town_review", world.town(), town_decision="accept")
    with pytest.raises(SamePerson):
        world.do(one, "department_review", both, department_decision="accept")
    assert world.open_nodes(one) == ["department_review"]


def test_who_reviewed_for_the_town_may_not_review_for_the_department(world: World) -> None:
    one = world.obligation()
    both = in_two_roles(world, one)
    world.submit(one)
    world.do(one, "town_review", both, town_decision="accept")
    with pytest.raises(SamePerson):
        world.do(one, "department_review", both, department_decision="accept")
