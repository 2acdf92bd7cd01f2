"""Every path of a body's yearly self-evaluation."""

from __future__ import annotations

import pytest

from engine.exceptions import SamePerson
from tests.bpmn.playing import Play

SAID = "各项任务都已完成，下一步是补齐应急演练记录。"


def test_the_body_files_it_and_the_lead_office_accepts_it(play: Play) -> None:
    one = play.start("self_evaluation")
    [task] = one.tasks().values()
    assert (task.candidate_group, task.name) == ("3:town_officer", "报送年度自评")
    assert task.due_at is not None
    one.do("file", statement=SAID)
    [check] = one.tasks().values()
    assert (check.candidate_group, check.name) == ("1:lead_officer", "核对自评")
    one.do("check", actor="account:9", office_decision="accept")
    assert one.ended
    topics = [call.topic for call in play.domain.calls]
    assert topics == ["escalation.plan", "self_evaluation.record", "self_evaluation.close"]


def test_what_is_sent_back_is_filed_again(play: Play) -> None:
    one = play.start("self_evaluation").do("file", statement=SAID)
    one.do("check", actor="account:9", office_decision="return", reason="请补充指标数据")
    assert one.tasks().keys() == {"file"}
    [call] = play.domain.called("self_evaluation.next_round")
    assert call.variables["reason"] == "请补充指标数据"
    one.do("file", statement=SAID).do("check", actor="account:9", office_decision="accept")
    assert one.ended


def test_the_ladder_climbs_to_its_end_beside_it(play: Play) -> None:
    one = play.start("self_evaluation")
    for when in ("07-08", "07-14", "07-16", "07-18", "07-31"):
        assert one.next_timer == f"{when} 09:00"
        play.at(when)
    assert one.next_timer is None
    assert one.open() == {"file"}


def test_filing_ends_the_ladder(play: Play) -> None:
    assert play.start("self_evaluation").do("file", statement=SAID).next_timer is None


def test_nobody_checks_what_they_filed(play: Play) -> None:
    one = play.start("self_evaluation").do("file", statement=SAID)
    with pytest.raises(SamePerson):
        one.do("check", actor="account:3:town_officer", office_decision="accept")
