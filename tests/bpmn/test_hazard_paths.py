"""Every path of a hazard, from the report to the check of its effect."""

from __future__ import annotations

import pytest

from engine.exceptions import SamePerson
from tests.bpmn.hazards import (
    ACCEPTED,
    MAJOR_PLAN,
    accepted,
    actions,
    assessed,
    closed,
    controlled,
    effect,
    fixed,
    group,
    hazard_calls,
    listed,
    planned,
    reported,
    secured,
    steps,
    surveyed,
    taken_over,
    verified,
)
from tests.bpmn.playing import REPORT, Play, Run


def test_a_general_hazard_is_fixed_verified_by_the_town_and_closed(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=True)
    assert closed(run)
    assert hazard_calls(play) == ["schedule", "plan_supervision", "close"]


# --- the effect, weeks later


def test_the_effect_is_checked_weeks_later_by_the_town(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=True)
    assert (run.tasks(), run.next_timer) == ({}, "07-25 09:00")
    play.at("07-25")
    assert (run.tasks().keys(), group(run)) == ({"check_effect"}, "3:town_officer")
    assert effect(run, effective=True).ended
    assert hazard_calls(play)[-1] == "record_effect"


def test_measures_without_effect_begin_another_round(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=True)
    play.at("07-25")
    effect(run, effective=False)
    assert run.tasks().keys() == {"fix"}
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "reopened")
    assert closed(verified(fixed(run), passed=True))


def test_whoever_verified_the_fix_does_not_check_its_effect(play: Play) -> None:
    run = fixed(planned(assessed(reported(play)))).do("verify", actor="verifier", passed=True)
    play.at("07-25")
    with pytest.raises(SamePerson):
        effect(run, actor="verifier", effective=True)


def test_a_late_check_of_the_effect_climbs_a_ladder_of_its_own(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=True)
    play.at("07-25")
    steps(play, run, ("08-04", "08-06", "08-12"))
    assert actions(play) == ["town_task", "department_task", "office_task"]


def test_a_closed_hazard_is_opened_again_before_its_effect_is_checked(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=True)
    assert play.send("hazard_reopened", "hazard:11", reopen_reason="护栏又松动") == 1
    assert run.tasks().keys() == {"fix"}


# --- at any time


def test_a_duplicate_goes_with_the_other_one(play: Play) -> None:
    run = reported(play)
    assert play.send("hazard_merged", "hazard:11", merged_into=9) == 1
    assert run.ended
    assert hazard_calls(play) == ["merge"]


def test_a_hazard_turns_out_to_be_major_before_it_is_planned(play: Play) -> None:
    upgraded(play, assessed(reported(play)))


def test_a_hazard_turns_out_to_be_major_while_it_is_fixed(play: Play) -> None:
    upgraded(play, planned(assessed(reported(play))))


def test_a_hazard_turns_out_to_be_major_when_it_is_verified(play: Play) -> None:
    upgraded(play, fixed(planned(assessed(reported(play)))))


def upgraded(play: Play, run: Run) -> None:
    assert play.send("hazard_upgraded", "hazard:11", upgrade_reason="裂缝扩大") == 1
    assert run.tasks().keys() == {"interim", "survey"}
    assert accepted(fixed(controlled(run)))


# --- levels


def test_a_hazard_that_matches_the_criteria_is_reported_to_the_department_at_once(play: Play) -> None:
    run = reported(play, matches_major_criteria=True, immediate_measures="停产并设警戒")
    assert run.variables["suggested_level"] == "major"
    assert hazard_calls(play) == ["report_at_once"]
    assert run.tasks().keys() == {"assess"}


def test_a_hazard_that_endangers_three_people_is_proposed_as_major(play: Play) -> None:
    assert reported(play, possible_casualties=3).variables["suggested_level"] == "major"


def test_a_hazard_that_endangers_two_people_is_proposed_as_general(play: Play) -> None:
    run = reported(play, possible_casualties=2)
    assert run.variables["suggested_level"] == "general"
    assert hazard_calls(play) == []


def test_a_hazard_that_the_town_raises_to_major_is_reported_before_it_is_planned(play: Play) -> None:
    run = assessed(reported(play), level="major")
    assert hazard_calls(play) == ["report_confirmed", "begin_control"]
    assert run.tasks().keys() == {"interim", "survey"}


def test_a_hazard_that_the_town_confirms_as_major_is_not_reported_twice(play: Play) -> None:
    run = assessed(reported(play, possible_casualties=3), level="major")
    assert hazard_calls(play) == ["report_at_once", "begin_control"]
    assert "report_confirmed" in run.ran()


def test_the_town_decides_the_level_whatever_the_table_proposes(play: Play) -> None:
    raised = assessed(reported(play), level="major")
    assert raised.tasks().keys() == {"interim", "survey"}
    lowered = assessed(reported(play, possible_casualties=5), level="general")
    assert lowered.tasks().keys() == {"plan"}


# --- what fails, and what is taken back


def test_a_general_hazard_that_fails_its_verification_is_fixed_again(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=False, findings="护栏仍然松动")
    assert run.tasks().keys() == {"fix"}
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "verification_failed")
    assert closed(verified(fixed(run), passed=True))


def test_a_major_hazard_that_fails_its_acceptance_is_fixed_again(play: Play) -> None:
    run = taken_over(fixed(controlled(assessed(reported(play), level="major"))), passed=False)
    assert run.tasks().keys() == {"fix"}
    assert accepted(fixed(run))


@pytest.mark.parametrize("actor", ["reporter", "fixer"])
def test_nobody_verifies_what_he_reported_or_fixed(play: Play, actor: str) -> None:
    run = fixed(planned(assessed(reported(play, actor="reporter"))), actor="fixer")
    with pytest.raises(SamePerson):
        run.do("verify", actor=actor, passed=True)


@pytest.mark.parametrize("actor", ["reporter", "fixer"])
def test_nobody_accepts_what_he_reported_or_fixed(play: Play, actor: str) -> None:
    run = controlled(assessed(reported(play, actor="reporter"), level="major"))
    fixed(run, actor="fixer")
    with pytest.raises(SamePerson):
        run.do("accept", actor=actor, **ACCEPTED)


def test_each_task_goes_to_the_group_of_its_role(play: Play) -> None:
    run = reported(play)
    groups = [group(run)]
    secured(assessed(run, level="major"))
    groups.append(group(run))
    groups.append(group(surveyed(run)))
    groups.append(group(run.do("plan_major", **MAJOR_PLAN)))
    groups.append(group(run.do("approve_plan", approved=True)))
    groups.append(group(listed(run)))
    groups.append(group(fixed(run)))
    assert groups == [
        "3:town_officer",
        "40:safety_officer",
        "40:safety_officer",
        "5:department_officer",
        "5:department_officer",
        "40:safety_officer",
        "5:department_officer",
    ]


def test_an_extension_begins_a_new_round_whose_ladder_counts_from_the_new_date(play: Play) -> None:
    run = planned(assessed(reported(play)), due_on="2025-07-15")
    play.at("07-08")
    assert play.send("extension_granted", "hazard:11", due_at="2025-08-15T23:59:59+08:00") == 1
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "extension")
    assert run.next_timer == "08-08 09:00"
    assert closed(verified(fixed(run), passed=True))


def test_an_extension_of_an_obligation_with_the_same_number_does_not_touch_the_hazard(play: Play) -> None:
    run = planned(assessed(reported(play)))
    assert play.send("extension_granted", "obligation:11", due_at="2025-08-15T23:59:59+08:00") == 0
    assert run.variables["round"] == 1


def test_a_fix_is_taken_back_before_the_town_has_verified_it(play: Play) -> None:
    run = fixed(planned(assessed(reported(play)), due_on="2025-07-15"))
    assert play.send("submission_withdrawn", "hazard:11") == 1
    assert run.tasks().keys() == {"fix"}
    assert (run.variables["round"], run.variables["round_kind"], run.next_timer) == (
        1,
        "first",
        "07-08 09:00",
    )
    assert closed(verified(fixed(run), passed=True))


def test_the_fix_of_a_major_hazard_is_taken_back_before_it_is_accepted(play: Play) -> None:
    run = fixed(controlled(assessed(reported(play), level="major")))
    assert play.send("submission_withdrawn", "hazard:11") == 1
    assert run.tasks().keys() == {"fix"}
    assert accepted(fixed(run))


def test_a_fix_that_was_verified_or_that_nobody_sent_in_is_not_taken_back(play: Play) -> None:
    run = planned(assessed(reported(play)))
    assert play.send("submission_withdrawn", "hazard:11") == 0
    verified(fixed(run), passed=True)
    assert play.send("submission_withdrawn", "hazard:11") == 0
    assert closed(run)


def test_a_hazard_that_nobody_plans_climbs_a_ladder_of_its_own(play: Play) -> None:
    run = play.start("hazard")  # to be planned by 07-01
    steps(play, run, ("06-24", "06-30", "07-02"))
    reported_late = run.do("report", **REPORT)
    steps(play, reported_late, ("07-04", "07-10"))
    assert actions(play) == ["remind", "remind", "notify", "town_task", "department_task"]
    assert run.tasks().keys() == {"assess"}


def test_the_ladder_of_the_preparation_ends_with_the_plan(play: Play) -> None:
    run = assessed(reported(play))
    assert run.next_timer == "06-24 09:00"
    planned(run, due_on="2025-07-30")
    assert run.next_timer == "07-23 09:00"
    assert run.variables["round"] == 1


def test_nobody_grades_what_he_reported(play: Play) -> None:
    run = reported(play, actor="reporter")
    with pytest.raises(SamePerson):
        run.do("assess", actor="reporter", level="general", assessment="局部护栏缺失")


def test_nobody_approves_his_own_plan(play: Play) -> None:
    run = surveyed(assessed(reported(play), level="major")).do("plan_major", actor="planner", **MAJOR_PLAN)
    with pytest.raises(SamePerson):
        run.do("approve_plan", actor="planner", approved=True)


def test_the_ladder_of_a_general_hazard_ends_with_the_department(play: Play) -> None:
    run = planned(assessed(reported(play)), due_on="2025-07-15")
    steps(play, run, ("07-08", "07-14", "07-16", "07-18", "07-24"))
    assert actions(play) == ["remind", "remind", "notify", "town_task", "department_task"]
    assert run.next_timer is None


def test_the_ladder_of_a_major_hazard_begins_on_the_day_and_goes_up_to_the_committee(play: Play) -> None:
    controlled(assessed(reported(play), level="major"))
    for day in ("07-15", "07-16", "07-18"):
        play.at(day)
    assert actions(play) == ["department_task", "district_task", "committee_task"]
