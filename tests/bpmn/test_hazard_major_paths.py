"""Every path of a major hazard: control first, two marks, acceptance, review, suspension, closure."""

from __future__ import annotations

import pytest

from engine.exceptions import SamePerson
from tests.bpmn.hazards import (
    ACCEPTED,
    INTERIM,
    MAJOR_PLAN,
    REVIEW,
    SUSPENSION,
    accepted,
    actions,
    approved,
    assessed,
    closed,
    controlled,
    fixed,
    group,
    listed,
    reported,
    reviewed,
    secured,
    steps,
    surveyed,
    suspended,
    taken_over,
    to_review,
)
from tests.bpmn.playing import Play

# --- major: control first


def test_interim_measures_and_the_assessment_go_side_by_side(play: Play) -> None:
    run = assessed(reported(play), level="major")
    surveyed(run)
    assert run.tasks().keys() == {"interim", "plan_major"}
    secured(run)
    assert run.tasks().keys() == {"plan_major"}


def test_the_fix_begins_when_measures_are_in_place_and_the_plan_is_checked(play: Play) -> None:
    run = listed(approved(surveyed(assessed(reported(play), level="major"))))
    assert run.tasks().keys() == {"interim"}
    secured(run)
    assert run.tasks().keys() == {"fix"}
    assert (run.tasks()["fix"].due_at is not None, run.variables["ladder"]) == (True, "hazard_major")


def test_measures_that_are_not_in_place_go_back_to_the_enterprise(play: Play) -> None:
    run = assessed(reported(play), level="major").do("interim", **INTERIM)
    run.do("confirm_interim", interim_confirmed=False, interim_findings="警戒范围不够")
    assert run.tasks().keys() == {"interim", "survey"}
    secured(run)
    assert run.tasks().keys() == {"survey"}


def test_nobody_confirms_the_measures_he_took(play: Play) -> None:
    run = assessed(reported(play), level="major").do("interim", actor="taker", **INTERIM)
    with pytest.raises(SamePerson):
        run.do("confirm_interim", actor="taker", interim_confirmed=True)


def test_a_plan_that_is_refused_goes_back_to_the_enterprise(play: Play) -> None:
    run = surveyed(assessed(reported(play), level="major")).do("plan_major", **MAJOR_PLAN)
    run.do("approve_plan", approved=False, reason="资金来源不明")
    assert "plan_major" in run.tasks()
    assert accepted(fixed(secured(listed(approved(run)))))


def test_the_government_decides_only_what_the_department_asks(play: Play) -> None:
    run = approved(surveyed(assessed(reported(play), level="major")))
    run.do("list_plate", plated=True, plate_reason="影响面较大", request_account=True)
    assert run.tasks()["list_account"].candidate_group == "1:lead_officer"
    run.do("list_account", accounted=True, account_reason="影响公共安全")
    assert run.variables["accounted"] is True
    assert run.tasks().keys() == {"interim"}


def test_nobody_decides_both_marks(play: Play) -> None:
    run = approved(surveyed(assessed(reported(play), level="major")))
    run.do("list_plate", actor="one", plated=True, plate_reason="影响面较大", request_account=True)
    with pytest.raises(SamePerson):
        run.do("list_account", actor="one", accounted=True, account_reason="影响公共安全")


def test_control_has_a_ladder_of_its_own_the_quicker_one(play: Play) -> None:
    run = assessed(reported(play), level="major")  # to be prepared by Friday 06-27
    steps(play, run, ("06-27", "06-30", "07-02"))
    assert actions(play) == ["department_task", "district_task", "committee_task"]


def test_control_can_be_rehearsed_alone(play: Play) -> None:
    assert secured(listed(approved(surveyed(play.start("hazard_control"))))).ended


# --- major: supervision and acceptance


def test_the_department_supervises_a_major_fix_again_and_again(play: Play) -> None:
    run = controlled(assessed(reported(play), level="major"))
    assert run.tasks().keys() == {"fix"}
    play.at("07-04")
    run.do("supervise", in_order=True, supervision_findings="按方案推进")
    assert run.tasks().keys() == {"fix"}
    play.at("07-18")
    assert run.tasks().keys() == {"fix", "supervise"}


def test_the_fix_ends_the_supervision(play: Play) -> None:
    run = controlled(assessed(reported(play), level="major"))
    play.at("07-04")
    assert fixed(run).tasks().keys() == {"accept"}


def test_a_major_hazard_is_accepted_and_resumes_with_consent(play: Play) -> None:
    run = taken_over(fixed(controlled(assessed(reported(play), level="major"))), passed=True)
    assert run.tasks().keys() == {"consent"}
    assert closed(run.do("consent", actor="consenter", consented=True))
    assert run.variables["outcome"] == "accepted"


def test_a_refused_consent_goes_back_to_the_work(play: Play) -> None:
    run = taken_over(fixed(controlled(assessed(reported(play), level="major"))), passed=True)
    run.do("consent", actor="consenter", consented=False, consent_reason="通风系统未复测")
    assert (run.tasks().keys(), run.variables["round_kind"]) == ({"fix"}, "verification_failed")


def test_what_the_government_listed_is_reviewed_on_site_and_written_off(play: Play) -> None:
    run = to_review(play)
    assert run.tasks().keys() == {"site_review"}
    assert closed(reviewed(run, passed=True))
    assert "write_off" in run.ran()


def test_whoever_accepted_does_not_review(play: Play) -> None:
    run = fixed(controlled(assessed(reported(play), level="major"), accounted=True))
    run.do("accept", actor="one", **ACCEPTED).do("consent", actor="consenter", consented=True)
    with pytest.raises(SamePerson):
        run.do("site_review", actor="one", **REVIEW, review_passed=True)


def test_a_failed_review_leads_to_a_suspension_decided_by_somebody_else(play: Play) -> None:
    run = to_review(play).do("site_review", actor="one", **REVIEW, review_passed=False)
    with pytest.raises(SamePerson):
        run.do("suspend", actor="one", **SUSPENSION)
    run.do("suspend", actor="two", **SUSPENSION)
    assert run.tasks().keys() == {"rectify"}
    assert run.tasks()["rectify"].due_at is not None


def test_instead_of_a_suspension_the_fix_can_begin_again(play: Play) -> None:
    run = reviewed(to_review(play), passed=False)
    run.do("suspend", actor="two", suspension="rework", suspension_opinion="限期重新整改")
    assert (run.tasks().keys(), run.variables["round_kind"]) == ({"fix"}, "verification_failed")


def test_after_the_suspension_another_review_writes_it_off(play: Play) -> None:
    run = suspended(play)
    assert closed(run.do("re_review", actor="reviewer", **REVIEW, review_passed=True))
    assert "write_off" in run.ran()


def test_what_fails_again_is_closed_by_a_named_person(play: Play) -> None:
    run = suspended(play).do("re_review", actor="reviewer", **REVIEW, review_passed=False)
    assert group(run) == "1:lead_officer"
    run.do("decide_closure", closure="close", closure_outcome="区政府决定关闭", closure_opinion="两次审查不合格",
           appeal_told=True)  # fmt: skip
    assert run.ended
    assert run.variables["outcome"] == "shut_down"


def test_instead_of_a_closure_the_suspension_can_go_on(play: Play) -> None:
    run = suspended(play).do("re_review", actor="reviewer", **REVIEW, review_passed=False)
    run.do("decide_closure", closure="again", rectify_due_on="2025-09-30", closure_opinion="再整顿一个月")
    assert run.tasks().keys() == {"rectify"}


def test_the_suspension_has_a_ladder(play: Play) -> None:
    run = reviewed(to_review(play), passed=False).do("suspend", actor="two", **SUSPENSION)
    steps(play, run, ("08-15", "08-18", "08-20"))
    assert actions(play) == ["department_task", "district_task", "committee_task"]


def test_acceptance_can_be_rehearsed_alone(play: Play) -> None:
    run = taken_over(play.start("hazard_acceptance"), passed=True).do(
        "consent", actor="consenter", consented=True
    )
    assert reviewed(run, passed=True).ended
