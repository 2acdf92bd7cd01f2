"""Every path of a tip: looked into by the town, then a hazard, part of one, none, or another enterprise's."""

from __future__ import annotations

from tests.bpmn.playing import Play

ACCEPTED = {
    "decision": "accept", "hazard_title": "护栏缺失", "hazard_place": "二号平台", "hazard_description": "护栏缺一段",
    "pass_on_photo": False,
}  # fmt: skip


def topics(play: Play) -> list[str]:
    return [call.topic for call in play.domain.calls if call.topic.startswith("tip.")]


def test_the_town_looks_into_it_within_its_time(play: Play) -> None:
    [task] = play.start("tip").tasks().values()
    assert (task.node, task.candidate_group) == ("triage", "3:town_officer")
    assert task.due_at is not None


def test_it_becomes_a_hazard(play: Play) -> None:
    assert play.start("tip").do("triage", **ACCEPTED).ended
    assert topics(play) == ["tip.accept"]


def test_it_is_part_of_a_known_hazard(play: Play) -> None:
    assert play.start("tip").do("triage", decision="duplicate", duplicate_of=11).ended
    assert topics(play) == ["tip.join"]


def test_it_is_no_hazard(play: Play) -> None:
    assert play.start("tip").do("triage", decision="not_hazard", reason="经现场查看，护栏完好").ended
    assert topics(play) == ["tip.close"]


def test_the_town_of_another_enterprise_looks_into_it_anew(play: Play) -> None:
    run = play.start("tip").do("triage", decision="other_enterprise", enterprise="云麓食品")
    [task] = run.tasks().values()
    assert (task.node, task.candidate_group) == ("triage", "13:town_officer")
    assert topics(play) == ["tip.forward"]


def test_the_town_is_reminded_and_then_the_office_told(play: Play) -> None:
    play.start("tip")
    play.at("07-10")
    acted = [call.variables["ladder"] for call in play.domain.called("escalation.act")]
    assert acted == ["tip", "tip"]


def test_the_ladder_ends_with_the_triage(play: Play) -> None:
    play.start("tip").do("triage", **ACCEPTED)
    play.at("07-10")
    assert play.domain.called("escalation.act") == []
