"""Every path of an enforcement: visits, orders, re-checks, and the decision of a named person."""

from __future__ import annotations

from typing import Any

import pytest

from engine.exceptions import SamePerson
from tests.bpmn.playing import Play, Run

VISITED = {"findings": "第3项证照仍未换发", "first_inspector": "韩立", "second_inspector": "陆平"}
REASONS = "两次复查均未整改，依据安全生产法处理"


def visit(run: Run, result: str, **more: Any) -> Run:
    return run.do("visit", result=result, **VISITED, **more)


def ordered(play: Play) -> Run:
    return visit(play.start("enforcement"), "order", order_due_on="2025-09-05")


def to_decide(play: Play) -> Run:
    return visit(play.start("enforcement"), "further")


def topics(play: Play) -> list[str]:
    return [call.topic for call in play.domain.calls if call.topic.startswith("enforcement")]


def test_the_department_visits_first(play: Play) -> None:
    [task] = play.start("enforcement").tasks().values()
    assert (task.node, task.candidate_group) == ("visit", "5:department_officer")


def test_what_is_put_right_is_closed(play: Play) -> None:
    assert visit(play.start("enforcement"), "put_right").ended
    assert topics(play) == ["enforcement.close"]


def test_an_order_goes_to_the_enterprise_with_its_date(play: Play) -> None:
    [task] = ordered(play).tasks().values()
    assert (task.node, task.candidate_group) == ("put_right", "40:safety_officer")
    assert task.due_at is not None


def test_what_the_enterprise_reports_is_checked_again_and_closed(play: Play) -> None:
    run = ordered(play).do("put_right", statement="证照已换发", evidence=[3])
    assert set(run.tasks()) == {"visit"}
    assert visit(run, "put_right").ended
    assert topics(play) == ["enforcement.order", "enforcement.expect_recheck", "enforcement.close"]


def test_the_end_of_the_time_leads_to_a_recheck_by_itself(play: Play) -> None:
    run = ordered(play)
    play.at("09-06 00:00")
    assert set(run.tasks()) == {"visit"}


def test_a_penalty_is_decided_by_somebody_who_was_not_on_the_visit(play: Play) -> None:
    run = play.start("enforcement").do("visit", actor="account:7", result="further", **VISITED)
    form = {"decision": "penalty", "opinion": REASONS, "appeal_told": True}
    with pytest.raises(SamePerson):
        run.do("determine", actor="account:7", **form)
    assert run.do("determine", actor="account:9", **form).ended
    assert topics(play) == ["enforcement.sanction"]


def test_a_suspension_is_recorded_like_a_penalty(play: Play) -> None:
    form = {"decision": "suspension", "opinion": REASONS, "appeal_told": True}
    assert to_decide(play).do("determine", actor="account:9", **form).ended
    [call] = play.domain.called("enforcement.sanction")
    assert call.variables["decision"] == "suspension"


def test_without_a_penalty_it_is_closed(play: Play) -> None:
    assert to_decide(play).do("determine", actor="account:9", decision="none", opinion=REASONS).ended
    assert topics(play) == ["enforcement.close"]


def test_another_order_begins_another_time_to_put_it_right(play: Play) -> None:
    run = to_decide(play).do(
        "determine", actor="account:9", decision="again", opinion=REASONS, order_due_on="2025-09-12"
    )
    assert set(run.tasks()) == {"put_right"}
    assert topics(play) == ["enforcement.order"]


def test_a_late_visit_reaches_the_lead_office(play: Play) -> None:
    play.start("enforcement")
    play.at("09-12 09:00")
    play.at("09-16 09:00")
    # Monday 2025-09-15 is the last day: a reminder on Friday, the lead office on Tuesday
    acted = [call.at.date().isoformat() for call in play.domain.called("escalation.act")]
    assert acted == ["2025-09-12", "2025-09-16"]
