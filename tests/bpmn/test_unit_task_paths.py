"""Every path of a duty of a government body."""

from __future__ import annotations

import pytest

from engine.exceptions import SamePerson
from tests.bpmn.playing import Play, Run

FILED = {"statement": "方案已报送", "evidence": {"plan": [7]}}


def test_what_is_filed_and_accepted_is_closed(play: Play) -> None:
    run = filed(play)
    run.do("check", office_decision="accept")
    assert run.ended
    assert len(play.domain.called("unit_task.close")) == 1


def test_the_body_files_and_the_lead_office_checks(play: Play) -> None:
    run = play.start("unit_task")
    assert run.tasks()["file"].candidate_group == "3:town_officer"
    run.do("file", **FILED)
    assert run.tasks()["check"].candidate_group == "1:lead_officer"


def test_what_is_returned_is_filed_again_in_a_new_round(play: Play) -> None:
    run = filed(play)
    run.do("check", office_decision="return", reason="缺少进度安排")
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "return")
    run.do("file", **FILED).do("check", office_decision="accept")
    assert run.ended


def test_what_was_filed_is_taken_back_before_it_is_checked(play: Play) -> None:
    run = filed(play)
    assert play.send("submission_withdrawn", "unit_task:5") == 1
    assert run.tasks().keys() == {"file"}
    assert (run.variables["round"], run.variables["round_kind"], run.next_timer) == (
        1,
        "first",
        "07-08 09:00",
    )
    run.do("file", **FILED).do("check", office_decision="accept")
    assert run.ended


def test_what_was_checked_is_not_taken_back(play: Play) -> None:
    run = filed(play)
    run.do("check", office_decision="return", reason="缺少进度安排")
    assert play.send("submission_withdrawn", "unit_task:5") == 0
    assert run.tasks().keys() == {"file"}


def test_a_continuous_duty_goes_on_after_each_acceptance_until_it_is_over(play: Play) -> None:
    play.domain.goes_on = True
    run = filed(play)
    run.do("check", office_decision="accept")
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "continued")
    play.domain.goes_on = False
    run.do("file", **FILED).do("check", office_decision="accept")
    assert run.ended


def test_the_ladder_climbs_to_its_end_beside_the_work(play: Play) -> None:
    run = play.start("unit_task")
    seen = []
    for when in ("07-08", "07-14", "07-16", "07-18", "07-31"):
        seen.append(run.next_timer)
        play.at(when)
    assert seen == ["07-08 09:00", "07-14 09:00", "07-16 09:00", "07-18 09:00", "07-31 09:00"]
    assert run.next_timer is None
    assert run.open() == {"file"}


def test_filing_ends_the_ladder(play: Play) -> None:
    assert filed(play).next_timer is None


def test_nobody_checks_what_they_filed(play: Play) -> None:
    run = play.start("unit_task", body_id=1, body_role="lead_officer")
    run.do("file", actor="lu", **FILED)
    with pytest.raises(SamePerson):
        run.do("check", actor="lu", office_decision="accept")


def filed(play: Play) -> Run:
    return play.start("unit_task").do("file", **FILED)
