"""Every path of an objection to a line of a failing list."""

from __future__ import annotations

from tests.bpmn.playing import Play


def test_the_department_answers_within_its_time_and_it_is_recorded(play: Play) -> None:
    objection = play.start("objection")
    [task] = objection.tasks().values()
    assert (task.candidate_group, task.name) == ("5:department_officer", "答复异议")
    assert task.due_at is not None
    objection.do("answer", upheld=True, answer="材料属实，予以剔除")
    assert objection.ended
    assert [call.topic for call in play.domain.calls] == ["objection.record"]


def test_a_refusal_ends_it_as_well(play: Play) -> None:
    objection = play.start("objection").do("answer", upheld=False, answer="经核实仍未办结")
    assert objection.ended
    [call] = play.domain.called("objection.record")
    assert call.variables["upheld"] is False
