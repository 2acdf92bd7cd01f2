"""A launch is proposed on one page, approved on another; a campaign is suspended, resumed, cancelled."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.models import UserTask
from tests.web.house import Place
from workflows.accounts.models import Account
from workflows.campaigns.models import Campaign, LaunchProposal

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
