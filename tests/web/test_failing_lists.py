"""The pages of failing lists: who sees which lines, strikes, signs, objects; what goes on paper and into a workbook."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from engine.models import UserTask
from engine.types import TaskStatus
from tests.web.house import NOW, OTHERS, Place
from tests.web.test_documents import text_of
from workflows.campaigns.models import FailingList, FailingListEntry
from workflows.enforcement.models import Enforcement
from workflows.failing.models import Objection
from workflows.sweep import sweep

FIRM = "宏岳铸造"
SIGNATURE = {"opinion": "情况属实，同意上报", "confirmed": "true"}
OBJECTION = {"text": "证照已于8月8日换发，系统里还没有更新"}
AUTHORITIES = ("town", "department", "lead", "leader", "administrator")


class Line(NamedTuple):
    """The ids of a list and of the line of `FIRM` on it, with the addresses of both."""

    list_id: int
    entry_id: int

    @property
    def list(self) -> str:
        return f"/failing-lists/{self.list_id}"

    @property
    def page(self) -> str:
        return f"/failing-lists/lines/{self.entry_id}"


def line_of(place: Place) -> Line:
    with place.look() as session:
        query = (
            select(FailingList.id, FailingListEntry.id)
            .join(FailingListEntry, FailingListEntry.list_id == FailingList.id)
            .where(FailingList.campaign_id == place.house.campaign)
        )
        return Line(*session.execute(query).one())


def still_open_to_objections(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        listed = session.get_one(FailingList, line_of(place).list_id)
        listed.objections_until = NOW + timedelta(days=1)


def signed(place: Place) -> Line:
    """Signed by the department, and what follows has happened."""
    line = line_of(place)
    answer = place.enter("department").post(f"{line.list}/sign", data=SIGNATURE)
    assert answer.status_code == 303
    sweep(place.app.state.sessions, now=NOW)
    return line


def open_task(place: Place, node: str) -> int:
    with place.look() as session:
        here = UserTask.node == node, UserTask.status == TaskStatus.OPEN
        return session.scalars(select(UserTask.id).where(*here)).one()


@pytest.mark.parametrize("who", AUTHORITIES)
def test_who_is_over_the_firm_sees_its_line(place: Place, who: str) -> None:
    line, client = line_of(place), place.enter(who)
    assert FIRM in client.get(line.list).text
    assert FIRM in client.get(line.page).text
    assert client.get("/failing-lists").status_code == 200


@pytest.mark.parametrize("who", ["officer", "principal"])
def test_an_enterprise_is_led_to_its_own_line(place: Place, who: str) -> None:
    line, client = line_of(place), place.enter(who)
    assert line.page in client.get("/failing-lists").text
    assert client.get(line.list).headers["location"] == line.page
    assert "名单是草稿，尚无效力" in client.get(line.page).text


@pytest.mark.parametrize("who", OTHERS)
def test_the_list_of_another_firm_does_not_exist(each_place: Place, who: str) -> None:
    line, client = line_of(each_place), each_place.enter(who)
    papers = [f"{line.list}/{one}" for one in ("print", "export.xlsx", "list.docx")]
    pages = (line.list, line.page, *papers)
    assert [client.get(page).status_code for page in pages] == [404] * len(pages)
    assert line.page not in client.get("/failing-lists").text


@pytest.mark.parametrize("who", ["officer", "principal"])
def test_an_enterprise_has_neither_the_paper_nor_the_workbook(place: Place, who: str) -> None:
    line, client = line_of(place), place.enter(who)
    papers = ("print", "export.xlsx", "list.docx", "circular", "circular.docx")
    pages = [f"{line.list}/{one}" for one in papers]
    assert [client.get(page).status_code for page in pages] == [404] * len(pages)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("department", 303),
        ("lead", 303),
        ("other_department", 404),
        ("town", 403),
        ("leader", 403),
        ("officer", 403),
    ],
)
def test_who_strikes(place: Place, who: str, status: int) -> None:
    line = line_of(place)
    answer = place.enter(who).post(f"{line.page}/strike", data={"reason": "该企业已停产"})
    assert answer.status_code == status
    with place.look() as session:
        assert (session.get_one(FailingListEntry, line.entry_id).struck_at is not None) == (status == 303)


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("department", 303),
        ("lead", 303),
        ("other_department", 404),
        ("town", 403),
        ("leader", 403),
        ("officer", 403),
    ],
)
def test_who_signs(place: Place, who: str, status: int) -> None:
    line = line_of(place)
    assert place.enter(who).post(f"{line.list}/sign", data=SIGNATURE).status_code == status
    with place.look() as session:
        assert (session.get_one(FailingList, line.list_id).signed_at is not None) == (status == 303)


def test_a_strike_needs_its_reason(place: Place) -> None:
    answer = place.enter("department").post(f"{line_of(place).page}/strike", data={"reason": "停产"})
    assert answer.status_code == 422
    assert "至少5个字" in answer.text


@pytest.mark.parametrize("left_out", ["opinion", "confirmed"])
def test_a_signature_needs_its_opinion_and_the_tick(place: Place, left_out: str) -> None:
    form = {name: value for name, value in SIGNATURE.items() if name != left_out}
    assert place.enter("department").post(f"{line_of(place).list}/sign", data=form).status_code == 422


def test_the_page_before_a_signature_names_the_number_and_the_consequence(place: Place) -> None:
    page = place.enter("department").get(f"{line_of(place).list}/sign").text
    assert "签发1家企业的名单" in page
    assert "签发后名单不能更改" in page


def test_nobody_signs_while_enterprises_may_object(place: Place) -> None:
    still_open_to_objections(place)
    client, line = place.enter("department"), line_of(place)
    assert "审定签发" not in client.get(line.list).text
    answer = client.post(f"{line.list}/sign", data=SIGNATURE)
    assert answer.status_code == 409
    assert "可以提出异议，现在还不能签发" in answer.text


def test_after_the_signature_the_list_is_closed_and_enforcement_begins(each_place: Place) -> None:
    line = signed(each_place)
    client = each_place.enter("department")
    assert client.post(f"{line.page}/strike", data={"reason": "该企业已停产"}).status_code == 409
    assert client.post(f"{line.list}/sign", data=SIGNATURE).status_code == 409
    with each_place.look() as session:
        one = session.scalars(select(Enforcement)).one()
        assert (one.entry_id, one.enterprise_id) == (line.entry_id, each_place.house.firm)
    for who in ("officer", "town", "department", "lead"):
        assert each_place.enter(who).get(f"/enforcement/{one.id}").status_code == 200
    for who in OTHERS:
        assert each_place.enter(who).get(f"/enforcement/{one.id}").status_code == 404


def test_the_lead_office_and_the_enterprise_are_told_of_a_signature(place: Place) -> None:
    signed(place)
    assert "未达标企业名单已签发，共1家" in place.enter("lead").get("/notices").text
    assert "未达标企业名单已签发，本企业在列" in place.enter("officer").get("/notices").text


def test_an_enterprise_objects_and_reads_the_answer(each_place: Place) -> None:
    still_open_to_objections(each_place)
    line, officer = line_of(each_place), each_place.enter("officer")
    assert officer.post(f"{line.page}/objections", data=OBJECTION).status_code == 303
    task = open_task(each_place, "answer")
    department = each_place.enter("department")
    assert OBJECTION["text"] in department.get(f"/tasks/{task}").text
    form = {"upheld": "false", "answer": "经核实，仍未换发"}
    assert department.post(f"/tasks/{task}", data=form).status_code == 303
    page = officer.get(line.page).text
    assert "不成立，保留" in page
    assert "经核实，仍未换发" in page


@pytest.mark.parametrize(("who", "status"), [("other_officer", 404), ("department", 403), ("town", 403)])
def test_who_does_not_object(place: Place, who: str, status: int) -> None:
    still_open_to_objections(place)
    answer = place.enter(who).post(f"{line_of(place).page}/objections", data=OBJECTION)
    assert answer.status_code == status
    with place.look() as session:
        assert session.scalars(select(Objection)).all() == []


def test_an_objection_keeps_what_was_typed_when_it_is_too_short(place: Place) -> None:
    still_open_to_objections(place)
    answer = place.enter("officer").post(f"{line_of(place).page}/objections", data={"text": "已换发证照"})
    assert answer.status_code == 422
    assert "已换发证照" in answer.text


def test_the_workbook_has_one_row_per_item(place: Place) -> None:
    body = place.enter("department").get(f"{line_of(place).list}/export.xlsx").content
    sheet = load_workbook(io.BytesIO(body)).worksheets[0]
    header, row = sheet.iter_rows(values_only=True)
    assert header[:5] == ("序号", "企业", "统一社会信用代码", "清单项", "事项")
    assert (row[0], row[1], row[3], row[5], row[6]) == (1, FIRM, "3", datetime(2025, 8, 15), "未到期")  # noqa: DTZ001


def test_a_struck_enterprise_stays_in_the_workbook_with_the_reason_and_leaves_the_paper(place: Place) -> None:
    line, client = line_of(place), place.enter("department")
    client.post(f"{line.page}/strike", data={"reason": "该企业已停产"})
    body = client.get(f"{line.list}/export.xlsx").content
    _, row = load_workbook(io.BytesIO(body)).worksheets[0].iter_rows(values_only=True)
    assert row[-2:] == ("已剔除", "该企业已停产")
    assert FIRM not in client.get(f"{line.list}/print").text
    assert FIRM not in text_of(client.get(f"{line.list}/list.docx").content)


def test_a_part_that_there_is_no_more_prints_the_last_one(place: Place) -> None:
    page = place.enter("department").get(f"{line_of(place).list}/print?part=9")
    assert page.status_code == 200
    assert FIRM in page.text


def test_the_list_in_word_names_the_enterprise_what_is_open_and_that_it_is_a_draft(place: Place) -> None:
    line = line_of(place)
    text = text_of(place.enter("department").get(f"{line.list}/list.docx").content)
    assert FIRM in text
    assert "草稿 未编号" in text
    assert "签发意见" not in text


def test_a_circular_takes_no_phone_and_no_number_of_a_person(place: Place) -> None:
    signed(place)
    task, client = open_task(place, "circular"), place.enter("department")
    draft = "截至8月10日，下列企业仍未按要求落实，现予通报，联系电话"
    form = {"published": "true", "opinion": "同意通报全区", "text": f"{draft}13800138000。"}
    answer = client.post(f"/tasks/{task}", data=form)
    assert answer.status_code == 422
    assert "“通报正文”里不能有电话和身份证号码" in answer.text


def test_a_signed_circular_names_the_firm_and_who_signed(place: Place) -> None:
    line = signed(place)
    task, client = open_task(place, "circular"), place.enter("department")
    draft = "截至8月10日，下列企业经督促仍未按要求落实，现予通报。"
    form = {"published": "true", "opinion": "同意通报全区", "text": draft}
    assert client.post(f"/tasks/{task}", data=form).status_code == 303
    page = client.get(f"{line.list}/circular").text
    paper = text_of(client.get(f"{line.list}/circular.docx").content)
    assert FIRM in paper
    assert "本通报不是行政处罚决定" in paper
    assert draft in page
    assert FIRM in page
