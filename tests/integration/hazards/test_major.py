"""A major hazard: control first, two marks by named persons, supervision, acceptance, review, suspension, closure."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from engine.exceptions import SamePerson
from engine.models import ProcessInstance
from tests.factories import World, at, end_of
from tests.remediation import REVIEW, acceptance, account, measures, plate, suspension
from workflows.audit.models import AuditEntry
from workflows.exceptions import InvalidForm
from workflows.hazards.models import Hazard
from workflows.markings import open_nodes_by_marking
from workflows.notifications.models import Notification


def graded(world: World) -> Hazard:
    """Confirmed as major; nothing else was done."""
    hazard = world.hazard()
    world.report(hazard, possible_casualties=5)
    world.do(hazard, "assess", world.town(), level="major", assessment="符合判定标准")
    return hazard


def problems(world: World, hazard: Hazard, node: str, **form: Any) -> list[tuple[str, str]]:
    with pytest.raises(InvalidForm) as refused:
        world.do(hazard, node, world.safety(hazard.enterprise_id), **form)
    return [(one.path, one.code) for one in refused.value.data["problems"]]


def in_review(world: World) -> Hazard:
    """On the government's list, fixed, accepted, with consent."""
    hazard = graded(world)
    world.controlled(hazard, accounted=True)
    world.fix(hazard)
    world.accept_major(hazard)
    return hazard


def suspended(world: World) -> Hazard:
    """Not passed by the review; suspended until 15 August."""
    hazard = in_review(world)
    world.do(hazard, "site_review", world.department("b"), review_passed=False, **REVIEW)
    world.do(hazard, "suspend", world.department("a"), **suspension("2025-08-15"))
    return hazard


def reviewed_again(world: World, hazard: Hazard, *, passed: bool) -> None:
    proof = world.proof(hazard.enterprise_id)
    safety = world.safety(hazard.enterprise_id)
    world.do(hazard, "rectify", safety, rectify_statement="已停产整顿", rectify_evidence=[proof])
    world.do(hazard, "re_review", world.department("b"), review_passed=passed, **REVIEW)


def told(world: World, kind: str) -> set[str]:
    return set(world.session.scalars(select(Notification.candidate_group).where(Notification.kind == kind)))


def audited(world: World, action: str) -> tuple[str, Any]:
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one()
    return entry.actor, entry.detail


# --- control


def test_measures_before_the_hazard_was_found_are_refused(world: World) -> None:
    hazard = graded(world)
    early = measures(world.now) | {"cordon_on": "2025-06-19"}
    assert problems(world, hazard, "interim", **early) == [("cordon_on", "before-report")]


def test_measures_of_tomorrow_are_refused(world: World) -> None:
    late = measures(world.now) | {"cordon_on": "2025-06-21"}
    assert problems(world, graded(world), "interim", **late) == [("cordon_on", "in-future")]


def test_no_measure_at_all_is_refused(world: World) -> None:
    none = dict.fromkeys(("evacuation", "cordon", "stoppage"), "not_needed")
    assert problems(world, graded(world), "interim", **none) == [("evacuation", "measure-none")]


def test_a_hazard_is_major_as_soon_as_the_town_says_so(world: World) -> None:
    hazard = graded(world)
    assert (hazard.level, hazard.due_at) == ("major", None)
    assert world.task(hazard, "interim").due_at == end_of("2025-06-27")  # five working days


def test_the_part_of_the_process_around_its_tasks_counts_as_a_place(world: World) -> None:
    hazard = graded(world)
    marking = world.session.get_one(ProcessInstance, hazard.instance_id).marking_id
    assert {"control", "interim", "survey"} <= open_nodes_by_marking(world.session, "hazard")[marking or 0]


# --- the two marks


def test_each_mark_has_its_person_its_day_and_its_number(world: World) -> None:
    hazard = graded(world)
    world.controlled(hazard, accounted=True)
    assert (hazard.plated_by, hazard.plate_no) == (world.department().actor, "测安督〔2025〕3号")
    assert (hazard.accounted_by, hazard.account_no) == (world.lead().actor, "测政办〔2025〕8号")
    assert hazard.plated_at == hazard.accounted_at == world.now


def test_the_department_lists_without_the_government(world: World) -> None:
    hazard = graded(world)
    world.controlled(hazard)
    assert (hazard.plated_by, hazard.accounted_at) == (world.department().actor, None)
    assert told(world, "hazard.accounted") == set()


def test_what_the_government_does_not_list_bears_the_departments_mark_only(world: World) -> None:
    hazard = graded(world)
    safety = world.safety(hazard.enterprise_id)
    proof = world.proof(hazard.enterprise_id)
    survey = {"survey_by": "agency", "survey_findings": "除尘管道锈穿", "survey_documents": [proof]}
    world.do(hazard, "survey", safety, **survey)
    plan = dict.fromkeys(
        ("responsibility", "measures", "funds", "emergency_plan", "interim_measures"), "已写明"
    )
    world.do(hazard, "plan_major", safety, due_on="2025-07-20", **plan)
    world.do(hazard, "approve_plan", world.department(), approved=True)
    world.do(hazard, "list_plate", world.department(), **plate(request_account=True))
    world.do(hazard, "list_account", world.lead(), **account(accounted=False))
    assert (hazard.plated_at, hazard.accounted_at) == (world.now, None)


# --- supervision


def test_the_department_looks_every_ten_working_days(world: World) -> None:
    hazard = graded(world)
    world.controlled(hazard, "2025-08-15")  # Friday 06-20
    world.advance(at("2025-07-04 10:00"))
    world.do(hazard, "supervise", world.department(), in_order=True, supervision_findings="按方案推进")
    assert world.open_nodes(hazard) == ["fix"]
    world.advance(at("2025-07-18 10:00"))
    assert sorted(world.open_nodes(hazard)) == ["fix", "supervise"]


def test_nobody_supervises_a_general_hazard(world: World) -> None:
    hazard = world.hazard()
    world.planned(hazard, "2025-07-18")
    world.advance(at("2025-07-10 10:00"))
    assert world.open_nodes(hazard) == ["fix"]


# --- acceptance


def test_an_acceptance_without_its_written_opinion_is_refused(world: World) -> None:
    hazard = graded(world)
    world.controlled(hazard)
    world.fix(hazard)
    with pytest.raises(InvalidForm) as refused:
        world.do(hazard, "accept", world.department(), passed=True, acceptance_by="experts", opinion="合格")
    assert [(one.path, one.code) for one in refused.value.data["problems"]] == [
        ("acceptance_documents", "required")
    ]


def test_a_refused_consent_says_why_to_the_enterprise(world: World) -> None:
    hazard = graded(world)
    world.controlled(hazard)
    world.fix(hazard)
    world.do(hazard, "accept", world.department(), **acceptance(world.proof(world.departments[0])))
    world.do(hazard, "consent", world.department("b"), consented=False, consent_reason="通风系统未复测")
    query = select(Notification).where(Notification.kind == "round.verification_failed")
    assert world.session.scalars(query).one().data["reason"] == "通风系统未复测"


def test_what_the_government_listed_is_written_off_after_the_review(world: World) -> None:
    hazard = in_review(world)
    assert hazard.closed_at is None
    world.do(hazard, "site_review", world.department("b"), review_passed=True, **REVIEW)
    assert (hazard.written_off_at, hazard.closed_at, hazard.outcome) == (world.now, world.now, "closed")


def test_whoever_accepted_does_not_review(world: World) -> None:
    hazard = in_review(world)
    with pytest.raises(SamePerson):
        world.do(hazard, "site_review", world.department("a"), review_passed=True, **REVIEW)


# --- suspension, closure


def test_a_suspension_gives_a_day_and_names_who_decided(world: World) -> None:
    hazard = suspended(world)
    assert (hazard.due_at, hazard.round_kind) == (end_of("2025-08-15"), "suspension")
    assert world.task(hazard, "rectify").due_at == end_of("2025-08-15")
    actor, detail = audited(world, "hazard.suspend")
    assert (actor, detail["licences"]) == (world.department("a").actor, "held")
    assert f"{hazard.enterprise_id}:principal" in told(world, "hazard.suspended")


def test_whoever_reviewed_does_not_decide_the_suspension(world: World) -> None:
    hazard = in_review(world)
    world.do(hazard, "site_review", world.department("b"), review_passed=False, **REVIEW)
    with pytest.raises(SamePerson):
        world.do(hazard, "suspend", world.department("b"), **suspension("2025-08-15"))


def test_a_suspension_without_word_of_the_appeal_is_refused(world: World) -> None:
    hazard = in_review(world)
    world.do(hazard, "site_review", world.department("b"), review_passed=False, **REVIEW)
    with pytest.raises(InvalidForm):
        world.do(
            hazard, "suspend", world.department("a"), **suspension("2025-08-15") | {"appeal_told": False}
        )


def test_a_late_suspension_climbs_the_quick_ladder(world: World) -> None:
    hazard = suspended(world)
    world.advance(at("2025-08-20 10:00"))
    assert [offset for offset, _ in world.acted(hazard, round=2)] == [0, 1, 3]


def test_what_passes_the_second_review_is_written_off(world: World) -> None:
    hazard = suspended(world)
    reviewed_again(world, hazard, passed=True)
    assert (hazard.written_off_at, hazard.outcome) == (world.now, "closed")


def test_a_closure_is_decided_by_a_named_person_with_its_outcome(world: World) -> None:
    hazard = suspended(world)
    reviewed_again(world, hazard, passed=False)
    closure = {"closure": "close", "closure_outcome": "区政府决定关闭", "closure_opinion": "两次审查不合格"}
    world.do(hazard, "decide_closure", world.lead(), **closure, appeal_told=True)
    assert (hazard.outcome, hazard.closed_at) == ("shut_down", world.now)
    actor, detail = audited(world, "hazard.shut_down")
    assert (actor, detail["outcome"]) == (world.lead().actor, "区政府决定关闭")


def test_instead_of_a_closure_there_is_another_day(world: World) -> None:
    hazard = suspended(world)
    reviewed_again(world, hazard, passed=False)
    again = {"closure": "again", "rectify_due_on": "2025-09-30", "closure_opinion": "再整顿一个月"}
    world.do(hazard, "decide_closure", world.lead(), **again)
    assert (hazard.due_at, world.open_nodes(hazard)) == (end_of("2025-09-30"), ["rectify"])
