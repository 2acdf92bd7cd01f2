"""Every path of a hazard, from the report to the close."""

from __future__ import annotations

import pytest

from engine.exceptions import SamePerson
from engine.types import Json
from tests.bpmn.playing import REPORT, Play, Run

MAJOR_PLAN: dict[str, Json] = {
    "responsibility": "车间主任负责",
    "measures": "更换除尘管道",
    "funds": "三万元，自筹",
    "due_on": "2025-07-15",
    "emergency_plan": "粉尘爆炸处置方案",
    "interim_measures": "停产并设警戒",
}


def test_a_general_hazard_is_fixed_verified_by_the_town_and_closed(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=True)
    assert run.ended
    assert [c.topic for c in play.domain.calls if c.topic.startswith("hazard")] == [
        "hazard.schedule",
        "hazard.close",
    ]


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
    assert hazard_calls(play) == ["report_confirmed"]
    assert run.tasks().keys() == {"plan_major"}


def test_a_hazard_that_the_town_confirms_as_major_is_not_reported_twice(play: Play) -> None:
    run = assessed(reported(play, possible_casualties=3), level="major")
    assert hazard_calls(play) == ["report_at_once"]
    assert "report_confirmed" in run.ran()


def test_the_town_decides_the_level_whatever_the_table_proposes(play: Play) -> None:
    raised = assessed(reported(play), level="major")
    assert raised.tasks().keys() == {"plan_major"}
    lowered = assessed(reported(play, possible_casualties=5), level="general")
    assert lowered.tasks().keys() == {"plan"}


def test_a_major_hazard_is_planned_approved_fixed_accepted_and_closed(play: Play) -> None:
    run = approved(assessed(reported(play, possible_casualties=3), level="major"))
    assert run.tasks()["fix"].due_at is not None
    assert run.variables["ladder"] == "hazard_major"
    assert taken_over(fixed(run), passed=True).ended


def test_a_plan_that_is_refused_goes_back_to_the_enterprise(play: Play) -> None:
    run = assessed(reported(play), level="major").do("plan_major", **MAJOR_PLAN)
    run.do("approve_plan", approved=False, reason="资金来源不明")
    assert run.tasks().keys() == {"plan_major"}
    assert taken_over(fixed(approved(run)), passed=True).ended


def test_a_general_hazard_that_fails_its_verification_is_fixed_again(play: Play) -> None:
    run = verified(fixed(planned(assessed(reported(play)))), passed=False, findings="护栏仍然松动")
    assert run.tasks().keys() == {"fix"}
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "verification_failed")
    assert verified(fixed(run), passed=True).ended


def test_a_major_hazard_that_fails_its_acceptance_is_fixed_again(play: Play) -> None:
    run = taken_over(fixed(approved(assessed(reported(play), level="major"))), passed=False)
    assert run.tasks().keys() == {"fix"}
    assert taken_over(fixed(run), passed=True).ended


@pytest.mark.parametrize("actor", ["reporter", "fixer"])
def test_nobody_verifies_what_he_reported_or_fixed(play: Play, actor: str) -> None:
    run = fixed(planned(assessed(reported(play, actor="reporter"))), actor="fixer")
    with pytest.raises(SamePerson):
        run.do("verify", actor=actor, passed=True)


@pytest.mark.parametrize("actor", ["reporter", "fixer"])
def test_nobody_accepts_what_he_reported_or_fixed(play: Play, actor: str) -> None:
    run = approved(assessed(reported(play, actor="reporter"), level="major"))
    fixed(run, actor="fixer")
    with pytest.raises(SamePerson):
        run.do("accept", actor=actor, passed=True, acceptance_by="experts", opinion="整改到位")


def test_each_task_goes_to_the_group_of_its_role(play: Play) -> None:
    run = reported(play)
    groups = [group(run)]
    groups.append(group(assessed(run, level="major")))
    groups.append(group(run.do("plan_major", **MAJOR_PLAN)))
    groups.append(group(run.do("approve_plan", approved=True)))
    groups.append(group(fixed(run)))
    assert groups == [
        "3:town_officer",
        "40:safety_officer",
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
    assert verified(fixed(run), passed=True).ended


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
    assert verified(fixed(run), passed=True).ended


def test_the_fix_of_a_major_hazard_is_taken_back_before_it_is_accepted(play: Play) -> None:
    run = fixed(approved(assessed(reported(play), level="major")))
    assert play.send("submission_withdrawn", "hazard:11") == 1
    assert run.tasks().keys() == {"fix"}
    assert taken_over(fixed(run), passed=True).ended


def test_a_fix_that_was_verified_or_that_nobody_sent_in_is_not_taken_back(play: Play) -> None:
    run = planned(assessed(reported(play)))
    assert play.send("submission_withdrawn", "hazard:11") == 0
    verified(fixed(run), passed=True)
    assert play.send("submission_withdrawn", "hazard:11") == 0
    assert run.ended


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
    run = assessed(reported(play), level="major").do("plan_major", actor="planner", **MAJOR_PLAN)
    with pytest.raises(SamePerson):
        run.do("approve_plan", actor="planner", approved=True)


def test_the_ladder_of_a_general_hazard_ends_with_the_department(play: Play) -> None:
    run = planned(assessed(reported(play)), due_on="2025-07-15")
    steps(play, run, ("07-08", "07-14", "07-16", "07-18", "07-24"))
    assert actions(play) == ["remind", "remind", "notify", "town_task", "department_task"]
    assert run.next_timer is None


def test_the_ladder_of_a_major_hazard_begins_on_the_day_and_goes_up_to_the_committee(play: Play) -> None:
    run = approved(assessed(reported(play), level="major"))
    steps(play, run, ("07-15", "07-16", "07-18"))
    assert actions(play) == ["department_task", "district_task", "committee_task"]
    assert run.next_timer is None


def reported(play: Play, *, actor: str | None = None, **changes: Json) -> Run:
    return play.start("hazard").do("report", actor=actor, **{**REPORT, **changes})


def assessed(run: Run, *, level: str = "general") -> Run:
    return run.do("assess", level=level, assessment="局部护栏缺失")


def planned(run: Run, *, due_on: str = "2025-07-30") -> Run:
    return run.do("plan", measures="补装护栏", responsible_person="李明", due_on=due_on)


def approved(run: Run) -> Run:
    return run.do("plan_major", **MAJOR_PLAN).do("approve_plan", approved=True)


def fixed(run: Run, *, actor: str | None = None) -> Run:
    return run.do("fix", actor=actor, cause="锈蚀", correction="已更换", prevention="每月检查", evidence=[5])


def verified(run: Run, **form: Json) -> Run:
    return run.do("verify", **form)


def taken_over(run: Run, *, passed: bool) -> Run:
    return run.do("accept", passed=passed, acceptance_by="experts", opinion="专家组验收意见")


def steps(play: Play, run: Run, days: tuple[str, ...]) -> None:
    for day in days:
        assert run.next_timer == f"{day} 09:00"
        play.at(day)


def hazard_calls(play: Play) -> list[str]:
    return [c.node for c in play.domain.calls if c.topic.startswith("hazard.")]


def actions(play: Play) -> list[str]:
    return [c.variables["action"] for c in play.domain.called("escalation.act")]


def group(run: Run) -> str:
    [task] = run.tasks().values()
    return task.candidate_group
