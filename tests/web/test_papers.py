"""What leaves the system: the ledger of a campaign as a workbook, the checklist of an enterprise on paper."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from openpyxl import load_workbook

from tests.web.house import Place
from tests.web.test_documents import text_of
from workflows.campaigns import ledger
from workflows.obligations.models import Obligation
from workflows.register.models import Enterprise


def rows_of(place: Place, username: str, query: str = "") -> list[tuple[object, ...]]:
    answer = place.enter(username).get(f"/campaigns/{place.house.campaign}/ledger.xlsx{query}")
    assert answer.status_code == 200
    [sheet] = load_workbook(io.BytesIO(answer.content)).worksheets
    return list(sheet.iter_rows(values_only=True))


def test_the_ledger_has_a_row_for_each_obligation(place: Place) -> None:
    header, *rows = rows_of(place, "lead")
    [row] = [dict(zip(header, row, strict=True)) for row in rows]
    assert (row["企业"], row["项"], row["状态"], row["逾期"]) == ("宏岳铸造", "3", "办理中", "逾期")
    assert row["期限"] == datetime(2025, 8, 15)  # noqa: DTZ001 - a day in a workbook has no zone
    assert (row["提交日期"], row["办结日期"], row["第几轮"]) == (None, None, 1)


def test_the_ledger_holds_what_one_may_see(place: Place) -> None:
    assert len(rows_of(place, "town")) == 2
    assert len(rows_of(place, "other_town")) == len(rows_of(place, "other_department")) == 1
    assert len(rows_of(place, "lead", f"?town={place.house.other_town}")) == 1


def test_a_name_that_looks_like_a_formula_stays_text(place: Place) -> None:
    with place.look() as session, session.begin():
        session.get_one(Enterprise, place.house.firm).name = "=1+1"
    assert rows_of(place, "lead")[1][0] == "=1+1"


def test_a_ledger_of_too_many_rows_is_refused_with_a_way_out(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger, "LARGEST", 0)
    answer = place.enter("lead").get(f"/campaigns/{place.house.campaign}/ledger.xlsx")
    assert answer.status_code == 409
    assert "请先选一个镇街" in answer.text


def test_the_checklist_names_every_item_of_the_campaign_and_what_was_found(place: Place) -> None:
    with place.look() as session:
        campaign = session.get_one(Obligation, place.house.submitted).campaign_id
    page = place.enter("officer").get(f"/enterprises/{place.house.firm}/checklist?campaign={campaign}").text
    assert "证照齐全、依法生产" in page
    assert "已逐条核对" in page  # what the self-check said
    assert "主要负责人（签字）：" in page


def test_without_a_choice_the_newest_campaign_is_shown_and_the_others_offered(place: Place) -> None:
    page = place.enter("principal").get(f"/enterprises/{place.house.firm}/checklist").text
    assert page.count("<option value=") == 2


@pytest.mark.parametrize("username", ["other_officer", "other_town", "other_department"])
def test_nobody_sees_the_checklist_of_an_enterprise_out_of_sight(place: Place, username: str) -> None:
    assert place.enter(username).get(f"/enterprises/{place.house.firm}/checklist").status_code == 404


def test_a_campaign_that_has_nothing_to_do_with_the_enterprise_is_not_found(place: Place) -> None:
    path = f"/enterprises/{place.house.other_firm}/checklist?campaign={place.house.campaign}"
    assert place.enter("lead").get(path).status_code == 404


def test_the_checklist_in_word_says_the_same(place: Place) -> None:
    with place.look() as session:
        campaign = session.get_one(Obligation, place.house.submitted).campaign_id
    path = f"/enterprises/{place.house.firm}/checklist.docx?campaign={campaign}"
    text = text_of(place.enter("officer").get(path).content)
    assert "证照齐全、依法生产" in text
    assert "已逐条核对" in text
    assert "主要负责人（签字）：" in text
    assert place.enter("other_officer").get(path).status_code == 404
