"""Every path after a failing list is signed."""

from __future__ import annotations

from tests.bpmn.playing import Play, Run

TEXT = "截至8月10日，下列企业仍未落实安全生产主体责任，现予通报。"


def issued(play: Play) -> Run:
    run = play.start("failing_list")
    play.sweep()
    return run


def test_enterprises_are_told_first_then_the_department_decides_on_a_circular(play: Play) -> None:
    run = issued(play)
    assert [call.topic for call in play.domain.calls] == ["failing_list.issue"]
    [task] = run.tasks().values()
    assert task.candidate_group == "5:department_officer"


def test_a_circular_is_published_when_a_person_signs_it(play: Play) -> None:
    run = issued(play).do("circular", published=True, text=TEXT, opinion="同意通报全区")
    assert run.ended
    assert len(play.domain.called("failing_list.publish")) == 1


def test_nothing_is_published_when_nobody_signs(play: Play) -> None:
    run = issued(play).do("circular", published=False, opinion="整改中，暂不通报")
    assert run.ended
    assert play.domain.called("failing_list.publish") == []
