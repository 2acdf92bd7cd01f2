"""The papers of a hazard: who is offered which when, what stands in them, and what stays blank."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import remediation
from tests.factories import World, world_in
from tests.web.house import NOW, Place
from tests.web.test_documents import template, text_of, upload
from tests.web.test_hazard_page import Going, graded_major, hazard_in
from workflows.documents.hazardpapers import BLANK, NO_NUMBER
from workflows.hazards.models import Hazard
from workflows.register.models import Enterprise

ORDER, NOTICE, RECHECK, WRITE_OFF = "fix_order", "plate_notice", "recheck_opinion", "write_off_opinion"


def reported(world: World, hazard: Hazard) -> None:
    world.report(hazard)


def approved(world: World, hazard: Hazard) -> None:
    """A major hazard whose plan waits for the department."""
    graded_major(world, hazard)
    safety, proof = world.safety(hazard.enterprise_id), world.proof(hazard.enterprise_id)
    world.do(hazard, "interim", safety, **remediation.measures(world.now))
    world.do(hazard, "confirm_interim", world.town(), interim_confirmed=True)
    world.do(hazard, "survey", safety, **remediation.survey(proof))
    world.do(hazard, "plan_major", safety, **remediation.major_plan("2025-09-12"))


def consented(world: World, hazard: Hazard) -> None:
    """A major hazard on the government's list, up to the on-site review."""
    graded_major(world, hazard)
    world.controlled(hazard, "2025-09-12", accounted=True)
    world.fix(hazard)
    world.accept_major(hazard)


def going_on(place: Place, folder: Path, number: int, *going: Going) -> None:
    with place.app.state.sessions.begin() as session:
        world = world_in(session, folder)
        world.now = NOW
        for go in going:
            go(world, session.get_one(Hazard, number))


def planned(world: World, hazard: Hazard) -> None:
    safety = world.safety(hazard.enterprise_id)
    world.do(hazard, "plan", safety, measures="更换护栏", responsible_person="车间主任", due_on="2025-09-01")


def fixed(world: World, hazard: Hazard) -> None:
    world.fix(hazard)


def decide(place: Place, who: str, number: int, node: str, **form: str) -> None:
    """A person with an account decides on the page."""
    with place.look() as session:
        task = world_in(session, Path()).task(session.get_one(Hazard, number), node).id
    answer = place.enter(who).post(f"/tasks/{task}", data=form)
    assert answer.status_code == 303, answer.text


def ordered(place: Place, folder: Path) -> int:
    """A general hazard that the town has graded."""
    number = hazard_in(place, folder, reported, title="护栏缺失", place="2号炉平台", description="东侧缺一段")
    decide(place, "town", number, "assess", level="general", assessment="现场核实为一般隐患")
    return number


def plated(place: Place, folder: Path) -> int:
    """A major hazard that the department has put on its list."""
    number = hazard_in(place, folder, approved, title="除尘管道锈穿")
    decide(place, "department", number, "approve_plan", approved="true")
    reason = {"plate_no": "测安督〔2025〕9号", "plate_reason": "每周报告进展", "request_account": "false"}
    decide(place, "department", number, "list_plate", plated="true", **reason)
    return number


def written_off(place: Place, folder: Path) -> int:
    number = hazard_in(place, folder, consented, title="除尘管道锈穿")
    decide(place, "department", number, "site_review", review_passed="true", **remediation.REVIEW)
    return number


def paper(place: Place, who: str, number: int, kind: str) -> str:
    answer = place.enter(who).get(f"/hazards/{number}/papers/{kind}.docx")
    assert answer.status_code == 200
    return text_of(answer.content)


def offered(place: Place, who: str, number: int) -> set[str]:
    page = place.enter(who).get(f"/hazards/{number}").text
    kinds = (ORDER, NOTICE, RECHECK, WRITE_OFF)
    return {kind for kind in kinds if f"/hazards/{number}/papers/{kind}.docx" in page}


def test_before_a_body_has_decided_there_is_no_paper(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, reported)
    assert offered(place, "town", number) == set()
    assert place.enter("town").get(f"/hazards/{number}/papers/{ORDER}.docx").status_code == 404


def test_the_town_that_graded_a_hazard_orders_it_to_be_fixed(each_place: Place, tmp_path: Path) -> None:
    number = ordered(each_place, tmp_path)
    assert offered(each_place, "town", number) == {ORDER}
    text = paper(each_place, "town", number, ORDER)
    for said in ("责令限期整改指令书", "宏岳铸造：", "护栏缺失", "2号炉平台", "东侧缺一段", "一般隐患", "2025年8月18日",
        "认定意见：现场核实为一般隐患", "决定人：Town", "《中华人民共和国安全生产法》第六十八条"):  # fmt: skip
        assert said in text


def test_what_nobody_has_entered_is_a_line_to_fill_in(place: Place, tmp_path: Path) -> None:
    text = paper(place, "town", ordered(place, tmp_path), ORDER)
    assert f"现责令于{BLANK}前整改完毕" in text
    assert f"措施：{BLANK}" in text
    assert f"责任人：{BLANK}" in text
    assert f"依据：{BLANK}" in text
    assert NO_NUMBER in text
    assert "None" not in text


def test_once_the_enterprise_has_planned_the_order_holds_its_plan(place: Place, tmp_path: Path) -> None:
    number = ordered(place, tmp_path)
    going_on(place, tmp_path, number, planned)
    text = paper(place, "town", number, ORDER)
    assert "现责令于2025年9月1日前整改完毕" in text
    assert "措施：更换护栏" in text
    assert "责任人：车间主任" in text


@pytest.mark.parametrize("who", ["department", "lead", "leader", "officer", "principal"])
def test_nobody_but_the_body_that_decided_is_offered_its_paper(
    place: Place, tmp_path: Path, who: str
) -> None:
    number = ordered(place, tmp_path)
    assert offered(place, who, number) == set()
    assert place.enter(who).get(f"/hazards/{number}/papers/{ORDER}.docx").status_code in (403, 404)


def test_another_town_finds_neither_hazard_nor_paper(place: Place, tmp_path: Path) -> None:
    number = ordered(place, tmp_path)
    assert place.enter("other_town").get(f"/hazards/{number}/papers/{ORDER}.docx").status_code == 404


def test_the_department_that_listed_a_major_hazard_gives_notice_of_it(
    each_place: Place, tmp_path: Path
) -> None:
    number = plated(each_place, tmp_path)
    assert offered(each_place, "department", number) == {ORDER, NOTICE}
    assert offered(each_place, "town", number) == set()
    text = paper(each_place, "department", number, NOTICE)
    for said in ("重大事故隐患挂牌督办通知书", "测安督〔2025〕9号", "除尘管道锈穿", "重大隐患", "责任：总经理负责",
        "措施：停用并改造", "资金：自筹二十万元", "时限：2025年9月12日前", "预案：撤离并报警",
        "停产设警戒", "每周报告进展", "第四十一条", "决定人：Department"):  # fmt: skip
        assert said in text


def test_a_department_that_listed_nothing_has_no_notice(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, approved)
    decide(place, "department", number, "approve_plan", approved="true")
    reason = {"plate_reason": "影响面不大", "request_account": "false"}
    decide(place, "department", number, "list_plate", plated="false", **reason)
    assert offered(place, "department", number) == {ORDER}


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        ({"passed": "true"}, "整改合格"),
        ({"passed": "false", "findings": "仍有一处松动"}, "整改不合格，须继续整改"),
    ],
)  # fmt: skip
def test_the_opinion_on_a_re_check_says_what_was_found(
    place: Place, tmp_path: Path, passed: dict[str, str], said: str
) -> None:
    number = ordered(place, tmp_path)
    going_on(place, tmp_path, number, planned, fixed)
    decide(place, "town", number, "verify", **passed)
    assert offered(place, "town", number) == {ORDER, RECHECK}
    text = paper(place, "town", number, RECHECK)
    assert f"结果：{said}。" in text
    assert f"情况：{passed.get('findings', BLANK)}" in text
    assert "人员：Town" in text


def test_a_hazard_that_is_written_off_has_all_four_papers(each_place: Place, tmp_path: Path) -> None:
    number = written_off(each_place, tmp_path)
    assert offered(each_place, "department", number) == {ORDER, NOTICE, RECHECK, WRITE_OFF}
    text = paper(each_place, "department", number, WRITE_OFF)
    for said in ("核销（销号）意见书", "测安督〔2025〕3号", "测政办〔2025〕8号", "专家验收合格", "韩立、陆平",
        "到现场逐项看过", "整改情况：已更换", "决定人：Department"):  # fmt: skip
        assert said in text
    assert "方式：专家" in paper(each_place, "department", number, RECHECK)


def test_who_decided_outside_the_system_is_not_made_up(place: Place, tmp_path: Path) -> None:
    number = hazard_in(place, tmp_path, graded_major)
    going_on(place, tmp_path, number, lambda world, hazard: world.controlled(hazard, "2025-09-12"))
    assert f"决定人：{BLANK}" in paper(place, "department", number, NOTICE)


def test_facts_of_the_register_stand_in_a_template_that_asks_for_them(place: Place, tmp_path: Path) -> None:
    content = template("{{ 企业 }} {{ 统一社会信用代码 }} {{ 地址 }} {{ 主要负责人 }}")
    assert upload(place, content, who="department", kind=NOTICE).status_code == 303
    number = plated(place, tmp_path)
    with place.look() as session, session.begin():
        firm = session.get_one(Enterprise, place.house.firm)
        firm.uscc, firm.address, firm.principal_name = "91110000600037341L", "一号路8号", None
    text = paper(place, "department", number, NOTICE)
    assert text.strip() == f"宏岳铸造 91110000600037341L 一号路8号 {BLANK}"


def test_a_town_without_templates_of_its_own_writes_in_the_lead_office_s_form(
    place: Place, tmp_path: Path
) -> None:
    assert upload(place, template("区里的样子：{{ 隐患 }}"), kind=ORDER).status_code == 303
    assert paper(place, "town", ordered(place, tmp_path), ORDER).startswith("区里的样子：护栏缺失")
