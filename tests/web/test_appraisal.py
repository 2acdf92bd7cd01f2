"""The appraisal's page: who enters what, what is refused, what stays as it was typed."""

from __future__ import annotations

import re

import pytest

from tests.web.house import Place

TEXT = "各项任务已完成，差距在道路指标，下一步加强治理和检查。"


def test_the_page_shows_targets_values_and_gaps(place: Place) -> None:
    page = place.enter("leader").get("/appraisal?year=2015").text
    assert "45.78%" in page
    assert "比2010年下降38%以上" in page
    assert "规划没有写明以哪一年为基数" in place.enter("leader").get("/appraisal?year=2020").text


def test_the_lead_office_reports_a_value(place: Place) -> None:
    client = place.enter("lead")
    sent = {"code": "road", "value": "1.95", "source": "公安交管部门年报"}
    assert client.post("/appraisal/2018/values", data=sent).status_code == 303
    page = client.get("/appraisal?year=2018").text
    assert "严重滞后" in page
    assert "公安交管部门年报" in page


@pytest.mark.parametrize("value", ["-1", "1,5", "很多", "", "1.23456", "１.５"])
def test_a_value_that_is_no_number_is_refused_and_stays_in_the_field(place: Place, value: str) -> None:
    sent = {"code": "road", "value": value, "source": "公安交管部门年报"}
    answer = place.enter("lead").post("/appraisal/2018/values", data=sent)
    assert answer.status_code == 422
    assert 'value="公安交管部门年报"' in answer.text


def test_the_lead_office_sets_a_year_a_town_files_it_and_it_is_accepted(place: Place) -> None:
    town, lead = place.enter("town"), place.enter("lead")
    assert "还没有布置自评" in lead.get("/appraisal?year=2018").text
    assert lead.post("/appraisal/2018/evaluations", data={"due_on": "2025-08-29"}).status_code == 303
    task = re.search(r"/inbox\?task=(\d+)", town.get("/appraisal?year=2018").text)
    assert task is not None
    assert town.post(f"/tasks/{task[1]}", data={"statement": TEXT}).status_code == 303
    page = lead.get("/appraisal?year=2018").text
    assert TEXT in page
    check = re.search(r"/reviews\?task=(\d+)", page)
    assert check is not None
    assert TEXT in lead.get(f"/reviews?task={check[1]}").text
    sent = {"office_decision": "return", "reason": "请补充道路数据"}
    assert lead.post(f"/tasks/{check[1]}", data=sent).status_code == 303
    page = town.get("/appraisal?year=2018").text
    assert "请补充道路数据" in page
    assert "已退回" in page
    notice = town.get("/appraisal/evaluations/1")
    assert notice.headers["location"] == "/appraisal?year=2018#evaluations"


@pytest.mark.parametrize("due_on", ["2025-08-17", "", "明天"])
def test_a_day_that_is_past_or_none_is_refused_beside_its_field(place: Place, due_on: str) -> None:
    answer = place.enter("lead").post("/appraisal/2018/evaluations", data={"due_on": due_on})
    assert answer.status_code == 422
    assert "报送期限" in answer.text


def test_an_appraisal_is_frozen_with_an_opinion_and_a_tick(place: Place) -> None:
    client = place.enter("lead")
    sent = {"kind": "midterm", "opinion": "总体达到进度，道路指标由交通局负责整改。"}
    assert client.post("/appraisal/2018/freeze", data=sent).status_code == 422
    made = client.post("/appraisal/2018/freeze", data={**sent, "confirmed": "true"})
    assert made.headers["location"] == "/appraisal/made/1"
    assert "道路指标由交通局负责整改" in place.enter("leader").get("/appraisal/made/1").text
    again = client.post("/appraisal/2019/freeze", data={**sent, "confirmed": "true"})
    assert again.status_code == 409
    assert "没有重复评估" in again.text


@pytest.mark.parametrize(
    ("path", "allowed"),
    [("2018/values", {"lead"}), ("2018/freeze", {"lead"}), ("2018/evaluations", {"lead"})],
)
def test_only_who_answers_for_it_may_write(place: Place, path: str, allowed: set[str]) -> None:
    for username in ("officer", "principal", "town", "department", "lead", "leader", "administrator"):
        status = place.enter(username).post(f"/appraisal/{path}", data={}).status_code
        assert status == (422 if username in allowed else 403), username


@pytest.mark.parametrize(
    "path",
    ["/appraisal?year=2009", "/appraisal?year=2021", "/appraisal/made/99", "/appraisal/evaluations/99"],
)
def test_what_is_not_there_is_not_found(place: Place, path: str) -> None:
    assert place.enter("lead").get(f"/appraisal{path}").status_code == 404
