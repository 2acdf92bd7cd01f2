"""Every path of a co-signature."""

from __future__ import annotations

from tests.bpmn.playing import Play


def test_the_named_person_signs_and_it_is_recorded(play: Play) -> None:
    asked = play.start("cosign")
    [task] = asked.tasks().values()
    assert task.candidate_group == "account:9"
    asked.do("countersign", agreed=True)
    assert asked.ended
    assert [c.topic for c in play.domain.calls] == ["cosign.record"]


def test_a_refusal_ends_it_as_well(play: Play) -> None:
    asked = play.start("cosign").do("countersign", agreed=False, opinion="材料还不够")
    assert asked.ended
    [call] = play.domain.called("cosign.record")
    assert call.variables["agreed"] is False
