"""A launch is proposed on one page, approved on another; a campaign is suspended, resumed, cancelled."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select

from engine.models import UserTask
from tests.people import add_account
from tests.web.house import NOW, Place
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.assignments.models import StandIn
from workflows.campaigns import library, templates
from workflows.campaigns.models import Campaign, LaunchProposal
from workflows.sweep import sweep

FORM = {"template": "hundred-day-drive", "note": "按区里统一安排"}
WHY = {"reason": "台风红色预警，全区停工"}


def task_of(place: Place) -> int:
    with place.look() as session:
        return session.scalars(select(UserTask.id).where(UserTask.node == "approve_launch")).one()


def campaign_of(place: Place) -> Campaign:
    with place.look() as session:
        return session.get_one(Campaign, place.house.campaign)


def test_a_proposal_waits_for_another_official(place: Place) -> None:
    address = place.enter("lead").post("/campaigns", data=FORM).headers["location"]
    page = place.enter("other_lead").get(address).text
    assert "待审批" in page
    assert "按区里统一安排" in place.enter("other_lead").get(f"/tasks/{task_of(place)}").text
    assert "待审批的发起" in place.enter("lead").get("/campaigns").text


def test_nobody_approves_a_launch_of_their_own(place: Place) -> None:
    lead = place.enter("lead")
    lead.post("/campaigns", data=FORM)
    answer = lead.post(f"/tasks/{task_of(place)}", data={"approved": "true"})
    assert answer.status_code == 403
    assert "须由另一个人办理" in answer.text


def test_the_same_cannot_be_proposed_twice(place: Place) -> None:
    lead = place.enter("lead")
    first = lead.post("/campaigns", data=FORM).headers["location"].split("?")[0]
    again = lead.post("/campaigns", data=FORM)
    assert again.status_code == 409
    assert first in again.text


def test_a_return_without_a_reason_is_refused_at_its_field(place: Place) -> None:
    place.enter("lead").post("/campaigns", data=FORM)
    answer = place.enter("other_lead").post(f"/tasks/{task_of(place)}", data={"approved": "false"})
    assert answer.status_code == 422
    assert "理由" in answer.text


def test_an_office_of_one_cannot_launch_and_is_told_so(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        session.scalars(select(Account).where(Account.username == "other_lead")).one().active = False
    page = place.enter("lead").get("/campaigns/new").text
    assert "没有第二个人可以审批" in page
    assert "提交审批：" not in page


@pytest.mark.parametrize("step", ["suspend", "cancel"])
def test_a_reason_that_is_too_short_comes_back_as_typed(place: Place, step: str) -> None:
    answer = place.enter("lead").post(
        f"/campaigns/{place.house.campaign}/{step}", data={"reason": "停", "confirmed": "true"}
    )
    assert answer.status_code == 422
    assert ">停</textarea>" in answer.text
    assert "至少写5个字" in answer.text
    assert campaign_of(place).runs


def test_cancelling_must_be_confirmed(place: Place) -> None:
    answer = place.enter("lead").post(f"/campaigns/{place.house.campaign}/cancel", data=WHY)
    assert answer.status_code == 422
    assert campaign_of(place).runs


def test_suspending_and_resuming_are_told_to_the_enterprise(place: Place) -> None:
    lead, path = place.enter("lead"), f"/campaigns/{place.house.campaign}"
    assert lead.post(f"{path}/suspend", data=WHY).headers["location"].endswith("?done=suspended")
    assert campaign_of(place).suspended_at is not None
    officer = place.enter("officer")
    assert WHY["reason"] in officer.get("/notices").text
    assert "暂不受理提交" in officer.get(f"/obligations/{place.house.late}").text
    assert "行动已暂停" in officer.get(f"/tasks/{place.house.check}").text
    lead.post(f"{path}/resume", data={"reason": "预警解除，恢复生产"})
    assert campaign_of(place).runs


def test_a_task_of_a_suspended_campaign_is_refused_and_nothing_typed_is_lost(place: Place) -> None:
    lead, path = place.enter("lead"), f"/campaigns/{place.house.campaign}"
    lead.post(f"{path}/suspend", data=WHY)
    officer = place.enter("officer")
    form = {"result": "not_applicable", "reason": "本企业没有这项业务，不适用"}
    assert officer.post(f"/tasks/{place.house.check}", data=form).status_code in (409, 422)
    kept = officer.post(f"/tasks/{place.house.check}/draft", data=form)
    assert kept.status_code == 303


def test_a_second_step_of_the_same_kind_says_who_was_first(place: Place) -> None:
    lead, path = place.enter("lead"), f"/campaigns/{place.house.campaign}/suspend"
    lead.post(path, data=WHY)
    again = place.enter("other_lead").post(path, data=WHY)
    assert again.status_code == 409
    assert "变更了这个行动" in again.text


def test_what_was_cancelled_is_withdrawn_and_can_be_launched_again(place: Place) -> None:
    lead, path = place.enter("lead"), f"/campaigns/{place.house.campaign}"
    lead.post(f"{path}/cancel", data=WHY | {"confirmed": "true"})
    assert campaign_of(place).cancelled_at is not None
    assert "已取消" in lead.get("/campaigns").text
    assert "撤回" in place.enter("officer").get(f"/tasks/{place.house.check}").text
    lead.post("/campaigns", data=FORM)
    with place.look() as session:
        assert session.scalars(select(LaunchProposal)).one().is_open


def page_of(place: Place, **query: object) -> str:
    return place.enter("lead").get("/campaigns/new", params={"template": "hundred-day-drive", **query}).text


def with_list(place: Place, entries: str, **more: object) -> str:
    """The address to which sending a list leads."""
    answer = place.enter("lead").post("/campaigns/new/list", data={**FORM, "entries": entries, **more})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_a_list_names_back_what_it_does_not_know_and_keeps_what_was_typed(place: Place) -> None:
    page = place.enter("lead").get(with_list(place, "宏岳铸造\n云麓食品公司")).text
    assert "2 行里认出 1 家企业" in page
    assert "第2行：台账里没有“云麓食品公司”。您是指“云麓食品”吗？" in page
    assert ">\n宏岳铸造\n云麓食品公司</textarea>" in page
    assert "提交审批：1 家企业" in page


def test_a_list_keeps_what_was_chosen_before(place: Place) -> None:
    address = with_list(place, "宏岳铸造", town=place.house.town, capacity="7")
    assert f"town={place.house.town}" in address
    assert "按每人每周 7 件估算" in place.enter("lead").get(address).text


def test_a_file_is_a_list_too(place: Place) -> None:
    file = {"file": ("名单.csv", "企业名称\n云麓食品\n".encode("gb18030"), "text/csv")}
    answer = place.enter("lead").post("/campaigns/new/list", data=FORM, files=file)
    assert "1 行里认出 1 家企业" in place.enter("lead").get(answer.headers["location"]).text


def test_sending_no_list_takes_it_away(place: Place) -> None:
    assert "list=" not in with_list(place, "  ")


@pytest.mark.parametrize("key", ["0" * 64, "../../etc/passwd", "x"])
def test_a_list_that_does_not_exist_is_no_launch_for_everybody(place: Place, key: str) -> None:
    lead = place.enter("lead")
    assert lead.get("/campaigns/new", params={"list": key}).status_code == 404
    assert lead.post("/campaigns", data={**FORM, "list": key}).status_code == 404


def test_the_approver_sees_the_list_and_who_was_not_found(place: Place) -> None:
    key = with_list(place, "宏岳铸造\n没有这家").partition("list=")[2].partition("#")[0]
    answer = place.enter("lead").post("/campaigns", data={**FORM, "list": key})
    page = place.enter("other_lead").get(answer.headers["location"]).text
    assert "只发给名单里的 1 家企业" in page
    assert "1 行没有认出，不会派发" in page


def test_a_list_that_names_nobody_cannot_be_proposed(place: Place) -> None:
    key = with_list(place, "没有这家").partition("list=")[2].partition("#")[0]
    answer = place.enter("lead").post("/campaigns", data={**FORM, "list": key})
    assert answer.status_code == 422
    assert "所选范围内没有在业企业" in answer.text


def test_weeks_beyond_the_capacity_are_marked_in_words(place: Place) -> None:
    assert "周超出" not in page_of(place, capacity="1000", year=2026)
    page = page_of(place, capacity="1", year=2026)  # fourteen items and more are due on 08-15
    assert "周超出" in page
    assert "有几周超出审核能力" in page


@pytest.mark.parametrize("capacity", ["0", "abc", "10001"])
def test_a_capacity_that_makes_no_sense_comes_back_as_typed(place: Place, capacity: str) -> None:
    answer = place.enter("lead").post("/campaigns", data={**FORM, "capacity": capacity})
    assert answer.status_code == 422
    assert f'value="{capacity}"' in answer.text
    assert "每人每周可审" in answer.text


def test_the_approver_sees_the_capacity_that_was_entered(place: Place) -> None:
    answer = place.enter("lead").post("/campaigns", data={**FORM, "capacity": "37"})
    assert "按每人每周 37 件估算" in place.enter("other_lead").get(answer.headers["location"]).text


def test_a_town_without_officers_is_said_before_the_launch(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        session.scalars(select(Account).where(Account.username == "other_town")).one().active = False
    page = page_of(place)
    assert "没有审核人：测试镇2。" in page
    assert "只有一人" in page  # the other town has one officer


def test_enterprises_without_account_are_counted_and_lead_to_the_register(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        session.scalars(select(Account).where(Account.username == "principal")).one().active = False
    page = page_of(place)
    assert "没有主要负责人 2 家" in page  # the other firm has never had one
    assert f"/enterprises?account=none&amp;town={place.house.town}" in page
    found = place.enter("lead").get(f"/enterprises?account=none&town={place.house.town}").text
    assert "宏岳铸造" in found
    assert "柳泉机械" not in found  # stopped: nothing is handed out to it


def test_the_campaign_page_shows_a_dispatch_and_asks_again_while_it_runs(place: Place) -> None:
    lead = place.enter("lead")
    lead.post("/campaigns", data={**FORM, "industry": "other"})
    campaign = place.approve()
    page = lead.get(f"/campaigns/{campaign}").text
    assert "正在准备派发" in page
    assert 'hx-trigger="every 2s"' in page
    sweep(place.app.state.sessions, now=NOW)
    again = lead.get(f"/campaigns/{campaign}/dispatch").text
    assert "已派发" in again
    assert "every 2s" not in again


QUERY = "template=hundred-day-drive&year=2025&capacity=7"
STAND_IN = "/campaigns/new/stand-in"


def asked(place: Place, absent: str = "lead", to: str = "other_lead", **more: str) -> dict[str, str]:
    """What the form sends for the lead office, for ten days of August."""
    with place.look() as session:
        ids = {one.username: str(one.id) for one in session.scalars(select(Account))}
    days = {"from_on": "2025-08-20", "to_on": "2025-08-29"}
    group = f"{place.house.office}:lead_officer"
    return {"absent": ids[absent], "group": group, "to": ids.get(to, to), **days, **more}


def stand_ins(place: Place) -> list[StandIn]:
    with place.look() as session:
        return list(session.scalars(select(StandIn)))


def test_a_stand_in_is_named_on_the_launch_page_and_the_choice_is_kept(place: Place) -> None:
    lead = place.enter("lead")
    answer = lead.post(f"{STAND_IN}?{QUERY}", data=asked(place, "other_lead", "lead"))
    assert (answer.status_code, answer.headers["location"]) == (303, f"/campaigns/new?{QUERY}#staffing")
    assert "8/20至8/29由Lead代办" in lead.get("/campaigns/new").text
    assert "Lead安排Lead在" in place.enter("other_lead").get("/notices").text


def test_the_days_of_the_campaign_that_are_left_are_offered(place: Place) -> None:
    page = page_of(place)  # from 06-20 to 09-30; today is 08-18
    assert ' name="from_on" value="2025-08-18"' in page
    assert ' name="to_on" value="2025-09-30"' in page


def test_a_body_of_one_is_offered_no_stand_in(place: Place) -> None:
    page = page_of(place)
    assert "为Lead指定代办" in page
    assert "为Town指定代办" not in page


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"to": ""}, "to", "请选一位同事"),
        ({"to": "lead"}, "to", "不能由本人代办，请选一位同事"),
        ({"to": "town"}, "to", "请选同单位、同岗位的同事"),
        ({"to": "leader"}, "to", "请选同单位、同岗位的同事"),
        ({"from_on": "2025-08-17"}, "from_on", "请选今天或以后的日期"),
        ({"to_on": "2025-08-19"}, "to_on", "须在开始日期当天或之后"),
        ({"to_on": "2026-08-29"}, "to_on", "太晚了，请核对"),
    ],
)
def test_a_stand_in_that_cannot_be_is_refused_beside_its_field(
    place: Place, changed: dict[str, str], field: str, said: str
) -> None:
    data = asked(place, **changed)
    answer = place.enter("lead").post(f"{STAND_IN}?{QUERY}", data=data)
    assert answer.status_code == 422
    key = f"stand-in-{place.house.office}-lead_officer-{data['absent']}-{field}"
    wrong = re.search(rf'<p class="field-error" id="{key}-error">.*?<span>(.*?)</span>', answer.text)
    assert wrong is not None
    assert wrong[1] == said
    assert f'value="{data["from_on"]}"' in answer.text
    assert 'value="7"' in answer.text  # the capacity of the address
    assert stand_ins(place) == []


def test_two_stand_ins_on_one_day_are_refused_beside_the_day_and_what_was_typed_stays(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        add_account(session, "third", place.house.office, Role.LEAD_OFFICER)
    lead = place.enter("lead")
    lead.post(STAND_IN, data=asked(place, "other_lead", "third"))
    again = lead.post(
        STAND_IN, data=asked(place, "other_lead", "lead", from_on="2025-08-29", to_on="2025-09-03")
    )
    assert again.status_code == 422
    assert "这些天里已经有人代办" in again.text
    assert 'value="2025-09-03"' in again.text
    away = lead.post(STAND_IN, data=asked(place, "third", "other_lead"))
    assert "这位同事在这些天里自己也请假" in away.text
    assert len(stand_ins(place)) == 1


def test_nobody_names_a_stand_in_in_an_enterprise_there(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        add_account(session, "safer", place.house.firm, Role.SAFETY_OFFICER)
    data = asked(place, "officer", "safer", group=f"{place.house.firm}:safety_officer")
    assert place.enter("lead").post(STAND_IN, data=data).status_code == 403
    assert stand_ins(place) == []


def test_a_stand_in_is_ended_on_the_launch_page_and_the_choice_is_kept(place: Place) -> None:
    lead = place.enter("lead")
    lead.post(STAND_IN, data=asked(place, "other_lead", "lead"))
    [named] = stand_ins(place)
    assert f"{STAND_IN}/{named.id}/end?" in lead.get(f"/campaigns/new?{QUERY}").text
    answer = lead.post(f"{STAND_IN}/{named.id}/end?{QUERY}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/campaigns/new?{QUERY}#staffing")
    assert "由Lead代办" not in lead.get("/campaigns/new").text
    assert lead.post(f"{STAND_IN}/999/end").status_code == 404


def test_the_approver_sees_the_stand_in(place: Place) -> None:
    lead = place.enter("lead")
    lead.post(STAND_IN, data=asked(place))
    address = lead.post("/campaigns", data=FORM).headers["location"]
    page = place.enter("other_lead").get(address).text
    assert "8/20至8/29由Other_Lead代办" in page
    assert STAND_IN not in page  # it is named on the launch page


def test_weeks_of_a_year_without_a_calendar_are_said_to_be_estimated(place: Place) -> None:
    page = page_of(place, year=2031)  # the last week with a due date ends in 2032
    assert "2031、2032年工作日历未导入，这些周暂按五个工作日估算" in page
    assert "工作日历未导入" not in page_of(place)


def test_a_proposal_from_a_kept_version_opens_that_version_again(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        own = library.find(session, "hundred-day-drive").template
        data = templates.to_json(own) | {"issuer": "区安委办（改）"}
        key = library.save(session, data, based_on=own.code, actor="account:1", now=NOW).key
    lead = place.enter("lead")
    sent = {"template": key, "year": "2026", "p.safety_director_employees": "300"}
    page = lead.get(lead.post("/campaigns", data=sent).headers["location"]).text
    found = re.search(r'href="(/campaigns/new\?[^"]*)"', page)
    assert found is not None
    again = lead.get(html.unescape(found[1])).text
    assert re.search(rf'value="{key}" data-submit checked', again)
    assert 'value="300"' in again
