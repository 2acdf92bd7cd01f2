"""Every path of a request for more time."""

from __future__ import annotations

from tests.bpmn.playing import Play


def test_a_granted_extension_moves_the_obligation_to_its_next_round(play: Play) -> None:
    obligation = play.start("obligation")
    request = play.start("extension")
    request.do("decide", granted=True, decided_due_on="2025-08-15")
    assert request.ended
    assert obligation.variables["round_kind"] == "extension"
    assert obligation.next_timer == "08-08 09:00"


def test_a_granted_extension_may_concern_a_hazard(play: Play) -> None:
    request = play.start("extension", subject="hazard", subject_id=11)
    request.do("decide", granted=True, decided_due_on="2025-08-15")
    assert request.ended
    assert [c.topic for c in play.domain.calls] == ["extension.grant"]


def test_a_refused_extension_leaves_the_obligation_as_it_is(play: Play) -> None:
    obligation = play.start("obligation")
    request = play.start("extension").do("decide", granted=False, reason="没有正当理由")
    assert request.ended
    assert obligation.variables["round"] == 1
    assert len(play.domain.called("extension.refuse")) == 1


def test_the_department_decides(play: Play) -> None:
    [task] = play.start("extension").tasks().values()
    assert task.candidate_group == "5:department_officer"
