"""Every path of the approval of a launch."""

from __future__ import annotations

import pytest

from engine.exceptions import SamePerson
from tests.bpmn.playing import Play


def test_what_a_second_official_approves_begins(play: Play) -> None:
    launch = play.start("launch").do("propose", action="submit", actor="account:1")
    launch.do("approve_launch", approved=True, actor="account:2")
    assert launch.ended
    assert [call.topic for call in play.domain.calls] == ["launch.begin"]


def test_what_is_returned_can_be_proposed_again(play: Play) -> None:
    launch = play.start("launch").do("propose", action="submit", actor="account:1")
    launch.do("approve_launch", approved=False, reason="范围漏了两个镇", actor="account:2")
    launch.do("propose", action="submit", note="已核对，范围无误", actor="account:1")
    launch.do("approve_launch", approved=True, actor="account:2")
    assert launch.ended


def test_what_is_returned_can_be_withdrawn(play: Play) -> None:
    launch = play.start("launch").do("propose", action="submit", actor="account:1")
    launch.do("approve_launch", approved=False, reason="今年不再开展", actor="account:2")
    launch.do("propose", action="withdraw", actor="account:1")
    assert launch.ended
    assert [call.topic for call in play.domain.calls] == ["launch.withdraw"]


def test_nobody_approves_a_proposal_of_their_own(play: Play) -> None:
    launch = play.start("launch").do("propose", action="submit", actor="account:1")
    with pytest.raises(SamePerson):
        launch.do("approve_launch", approved=True, actor="account:1")


def test_both_are_officials_of_the_office(play: Play) -> None:
    launch = play.start("launch")
    assert {task.candidate_group for task in launch.tasks().values()} == {"9:lead_officer"}
    launch.do("propose", action="submit", actor="account:1")
    assert {task.candidate_group for task in launch.tasks().values()} == {"9:lead_officer"}
