"""Every path of an obligation, from the dispatch to the close."""

from __future__ import annotations

import pytest

from engine import runtime
from engine.exceptions import SamePerson
from engine.types import Json
from tests.bpmn.playing import REPORT, Play, Run

DEFECT = {"title": "护栏缺失", "place": "二号平台"}
EXTENDED = "2025-08-15T23:59:59+08:00"


def test_a_compliant_item_that_is_accepted_and_not_sampled_is_closed(play: Play) -> None:
    run = accepted(submitted(play.start("obligation")))
    assert run.ended
    assert [c.topic for c in play.domain.calls if c.topic.startswith("obligation")] == [
        "obligation.notify",
        "obligation.draw_sample",
        "obligation.close",
    ]


def test_each_task_goes_to_the_group_of_its_role(play: Play) -> None:
    run = play.start("obligation")
    groups = [group(run)]
    run.do("self_check", result="compliant", statement="已张贴")
    groups.append(group(run))
    run.do("sign", signed=True)
    groups.append(group(run))
    run.do("town_review", town_decision="accept")
    groups.append(group(run))
    assert groups == ["40:safety_officer", "40:principal", "3:town_officer", "5:department_officer"]


def test_the_enterprise_sees_the_due_date_on_its_task(play: Play) -> None:
    due_at = play.start("obligation").tasks()["self_check"].due_at
    assert due_at is not None
    assert due_at.isoformat() == "2025-07-15T15:59:59+00:00"


def test_an_item_that_does_not_apply_is_signed_and_reviewed_like_any_other(play: Play) -> None:
    run = play.start("obligation")
    run.do("self_check", result="not_applicable", reason="本企业没有外包作业活动")
    run.do("sign", signed=True)
    assert accepted(run).ended


def test_the_principal_sends_the_item_back_within_the_same_round(play: Play) -> None:
    run = play.start("obligation").do("self_check", result="compliant", statement="已张贴")
    run.do("sign", signed=False, opinion="照片看不清楚")
    assert run.tasks().keys() == {"self_check"}
    assert run.variables["round"] == 1
    assert len(play.domain.called("escalation.plan")) == 1
    assert accepted(submitted(run)).ended


def test_an_item_returned_by_the_town_begins_a_new_round(play: Play) -> None:
    run = submitted(play.start("obligation"))
    run.do("town_review", town_decision="return", reason="缺两张照片")
    assert run.tasks().keys() == {"self_check"}
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "return")
    assert accepted(submitted(run)).ended


def test_an_item_returned_by_the_department_begins_a_new_round(play: Play) -> None:
    run = submitted(play.start("obligation")).do("town_review", town_decision="accept")
    run.do("department_review", department_decision="return", reason="承诺书没有签字")
    assert run.tasks().keys() == {"self_check"}
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "return")
    assert accepted(submitted(run)).ended


def test_the_safety_officer_withdraws_before_the_principal_signs(play: Play) -> None:
    run = play.start("obligation").do("self_check", result="compliant", statement="已张贴")
    assert play.send("submission_withdrawn", "obligation:7") == 1
    assert run.tasks().keys() == {"self_check"}
    assert len(play.domain.called("escalation.plan")) == 1  # the ladder beside it has gone on
    assert accepted(submitted(run)).ended


def test_the_enterprise_withdraws_before_the_town_has_reviewed(play: Play) -> None:
    run = submitted(play.start("obligation"))
    assert play.send("submission_withdrawn", "obligation:7") == 1
    assert run.tasks().keys() == {"self_check"}
    assert (run.variables["round"], run.variables["round_kind"]) == (1, "first")
    assert accepted(submitted(run)).ended


def test_nothing_can_be_withdrawn_once_the_town_has_decided(play: Play) -> None:
    run = submitted(play.start("obligation")).do("town_review", town_decision="accept")
    assert play.send("submission_withdrawn", "obligation:7") == 0
    assert run.tasks().keys() == {"department_review"}


def test_a_new_round_has_a_ladder_of_its_own(play: Play) -> None:
    run = play.start("obligation")
    play.at("07-08")
    submitted(run).do("town_review", town_decision="return", reason="缺两张照片")
    assert [c.variables["step"] for c in play.domain.called("escalation.plan")] == [0, 0]


def test_defects_hold_the_item_until_their_hazards_are_closed(play: Play) -> None:
    run = accepted(with_defects(play.start("obligation")))
    assert run.open() == {"await_hazards"}
    assert play.send("hazards_closed", "obligation:7", open_hazards=0) == 1
    assert run.ended


def test_the_closing_of_another_items_hazards_does_not_release_it(play: Play) -> None:
    run = accepted(with_defects(play.start("obligation")))
    assert play.send("hazards_closed", "obligation:8", open_hazards=0) == 0
    assert run.open() == {"await_hazards"}


def test_an_item_whose_hazards_are_already_closed_does_not_wait(play: Play) -> None:
    run = with_defects(play.start("obligation"))
    runtime.set_variables(play.session, run.id, {"open_hazards": 0}, now=play.now, actor="system")
    assert accepted(run).ended


def test_a_hazard_from_the_self_check_releases_its_item_when_it_closes(play: Play) -> None:
    run = accepted(with_defects(play.start("obligation")))
    hazard = play.start("hazard", obligation_id=7)
    hazard.do("report", **REPORT).do("assess", level="general", assessment="局部护栏缺失")
    hazard.do("plan", measures="补装护栏", responsible_person="李明", due_on="2025-07-30")
    hazard.do("fix", cause="锈蚀", correction="已更换", prevention="每月检查", evidence=[5])
    assert run.open() == {"await_hazards"}
    hazard.do("verify", passed=True)
    assert run.ended


def test_a_sampled_item_that_passes_on_site_is_closed(play: Play) -> None:
    run = sampled(play)
    assert group(run) == "3:town_officer"
    visited(run, site_result="pass")
    assert run.ended


def test_a_sampled_item_that_fails_on_site_begins_a_new_round(play: Play) -> None:
    run = sampled(play)
    visited(run, site_result="fail", findings="现场没有张贴")
    assert run.tasks().keys() == {"self_check"}
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "site_failed")
    visited(accepted(submitted(run)), site_result="pass")
    assert run.ended


@pytest.mark.parametrize("actor", ["town", "department", "officer", "principal"])
def test_nobody_who_had_the_item_in_hand_checks_it_on_site(play: Play, actor: str) -> None:
    play.domain.sampled = True
    run = play.start("obligation")
    run.do("self_check", actor="officer", result="compliant", statement="已张贴")
    run.do("sign", actor="principal", signed=True)
    run.do("town_review", actor="town", town_decision="accept")
    run.do("department_review", actor="department", department_decision="accept")
    with pytest.raises(SamePerson):
        visited(run, actor=actor, site_result="pass")


def test_an_extension_begins_a_new_round_whose_ladder_counts_from_the_new_date(play: Play) -> None:
    run = play.start("obligation")
    play.at("07-08")
    assert run.next_timer == "07-14 09:00"
    assert play.send("extension_granted", "obligation:7", due_at=EXTENDED) == 1
    assert run.tasks().keys() == {"self_check"}
    assert (run.variables["round"], run.variables["round_kind"]) == (2, "extension")
    assert run.next_timer == "08-08 09:00"
    play.at("08-08")
    assert [c.variables["step"] for c in play.domain.called("escalation.act")] == [0, 0]


def test_an_extension_takes_the_item_back_from_the_principals_desk(play: Play) -> None:
    run = play.start("obligation").do("self_check", result="compliant", statement="已张贴")
    play.send("extension_granted", "obligation:7", due_at=EXTENDED)
    assert run.tasks().keys() == {"self_check"}
    assert accepted(submitted(run)).ended


def test_an_extension_of_a_submitted_item_reaches_nobody(play: Play) -> None:
    run = submitted(play.start("obligation"))
    assert play.send("extension_granted", "obligation:7", due_at=EXTENDED) == 0
    assert run.tasks().keys() == {"town_review"}


def test_the_ladder_takes_each_step_on_its_day_and_then_ends(play: Play) -> None:
    run = play.start("obligation")
    for day in ("07-08", "07-14", "07-16", "07-18", "07-24", "07-31", "08-05"):
        assert run.next_timer == f"{day} 09:00"
        play.at(day)
    assert [
        (c.variables["action"], c.variables["recipient"]) for c in play.domain.called("escalation.act")
    ] == [
        ("remind", "safety_officer"),
        ("remind", "safety_officer"),
        ("notify", "principal"),
        ("town_task", "town_officer"),
        ("department_task", "department_officer"),
        ("draft_circular", "lead_officer"),
        ("draft_enforcement", "lead_officer"),
    ]
    assert run.next_timer is None
    assert run.open() - {"extended"} == {"self_check"}
    assert accepted(submitted(run)).ended


def test_submitting_ends_the_ladder_of_the_round(play: Play) -> None:
    run = submitted(play.start("obligation"))
    assert run.next_timer is None
    play.at("09-01")
    assert play.domain.called("escalation.act") == []


def test_an_item_without_a_date_has_no_ladder(play: Play) -> None:
    run = play.start("obligation", due_at=None)
    assert run.next_timer is None
    assert run.tasks()["self_check"].due_at is None
    assert accepted(submitted(run)).ended


def test_work_goes_on_while_the_calendar_is_missing(play: Play) -> None:
    play.domain.calendar.clear()
    run = play.start("obligation")
    assert {"self_check", "await_calendar"} <= run.open()
    assert accepted(submitted(run)).ended


def submitted(run: Run) -> Run:
    return run.do("self_check", result="compliant", statement="已张贴").do("sign", signed=True)


def with_defects(run: Run) -> Run:
    return run.do("self_check", result="defects", defects=[DEFECT]).do("sign", signed=True)


def accepted(run: Run) -> Run:
    run.do("town_review", town_decision="accept")
    return run.do("department_review", department_decision="accept")


def sampled(play: Play) -> Run:
    play.domain.sampled = True
    return accepted(submitted(play.start("obligation")))


def visited(run: Run, *, actor: str = "account:another", **form: Json) -> Run:
    return run.do("site_check", actor=actor, second_inspector="韩立", **form)


def group(run: Run) -> str:
    [task] = run.tasks().values()
    return task.candidate_group
