"""The steps of a ladder on their page: who may, rows, dates over the holiday, versions, a DMN file both ways."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from lxml import html

from tests.bpmn.files import ROOT
from tests.web.house import ROLES, Place
from tests.web.test_what_was_typed import summary_of
from workflows.audit.models import AuditEntry
from workflows.escalation import tables
from workflows.escalation.models import LadderVersion

DEFAULT = "/ladders/default"
WHY = "汛期从严"
READERS = {"town", "department", "leader", "administrator"}


def form_of(client: TestClient, page: str, query: str = "") -> dict[str, Any]:
    """What the form of the rows would send unchanged."""
    form = html.fromstring(client.get(page + query).text).xpath("//form[contains(@class, 'ladder-form')]")[0]
    return dict(form.form_values())


def dates_in(text: str) -> list[str]:
    """The sample dates of the rows."""
    cells = html.fromstring(text).xpath("//td[@data-label='示例的日期']")
    return [" ".join(cell.text_content().split()) for cell in cells]


def offsets(place: Place, campaign_id: int | None, ladder: str = "obligation") -> list[int]:
    with place.look() as session:
        return [step.offset for step in tables.table_of(session, campaign_id).steps(ladder)]


def versions(place: Place) -> list[LadderVersion]:
    with place.look() as session:
        return list(session.query(LadderVersion).order_by(LadderVersion.id))


# --- who may


@pytest.mark.parametrize("who", sorted(set(ROLES) - {"lead"}))
def test_only_the_lead_office_changes_a_table(place: Place, who: str) -> None:
    client = place.enter(who)
    answers = [client.post(path, data={"do": "save"}).status_code for path in (DEFAULT, f"{DEFAULT}/file")]
    assert answers == [403, 403]
    assert versions(place) == []


@pytest.mark.parametrize("who", sorted(READERS))
def test_authorities_read_what_follows_on_what_is_due(place: Place, who: str) -> None:
    page = place.enter(who).get(f"/ladders/{place.house.campaign}").text
    assert "逾期3个工作日" in page
    assert "保存为新的一版" not in page


@pytest.mark.parametrize("who", ["officer", "principal"])
def test_enterprises_do_not_read_the_table(place: Place, who: str) -> None:
    client = place.enter(who)
    pages = (DEFAULT, f"{DEFAULT}/table.dmn", f"/ladders/{place.house.campaign}")
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]


def test_the_campaign_and_the_templates_lead_to_their_tables(place: Place) -> None:
    client = place.enter("lead")
    assert f'href="/ladders/{place.house.campaign}"' in client.get(f"/campaigns/{place.house.campaign}").text
    assert f'href="{DEFAULT}"' in client.get("/templates").text


@pytest.mark.parametrize("scope", ["999999", "nothing", "0", "-1"])
def test_a_table_of_no_campaign_is_not_found(place: Place, scope: str) -> None:
    assert place.enter("lead").get(f"/ladders/{scope}").status_code == 404


# --- dates of a sample (State Council's notice for 2025: 10-01 to 10-08 rest, Sun 09-28 and Sat 10-11 work)


def test_the_dates_of_a_sample_go_over_the_holiday(place: Place) -> None:
    page = place.enter("leader").get(f"{DEFAULT}?due=2025-09-30").text
    assert dates_in(page) == [
        "9月24日 周三", "9月29日 周一", "10月9日 周四", "10月11日 周六 调休上班", "10月16日 周四", "10月23日 周四",
        "10月28日 周二",
    ]  # fmt: skip


def test_a_year_without_a_calendar_is_said(place: Place) -> None:
    page = place.enter("lead").get(f"{DEFAULT}?due=2026-12-31").text
    assert dates_in(page)[2:] == ["缺2027年日历"] * 5
    assert 'href="/calendar?year=2027"' in page


def test_rows_that_are_not_saved_show_their_dates(place: Place) -> None:
    client = place.enter("lead")
    form = form_of(client, DEFAULT) | {"due": "2025-09-30", "count.2": "2", "do": "dates"}
    answer = client.post(DEFAULT, data=form)
    assert dates_in(answer.text)[2] == "10月10日 周五"
    assert versions(place) == []


def test_a_ladder_in_minutes_shows_the_minute(place: Place) -> None:
    page = place.enter("leader").get(f"{DEFAULT}?ladder=accident&due=2025-10-04T17:00").text
    assert [cell.rpartition(" ")[2] for cell in dates_in(page)][:3] == ["16:30", "16:50", "17:00"]


def test_a_sample_date_that_is_none_is_said(place: Place) -> None:
    assert "示例期限看不懂" in place.enter("leader").get(f"{DEFAULT}?due=tomorrow").text


# --- rows


def test_a_step_is_changed_and_kept_as_a_version(place: Place) -> None:
    client, campaign = place.enter("lead"), place.house.campaign
    form = form_of(client, f"/ladders/{campaign}") | {"count.3": "2", "reason": WHY, "do": "save"}
    answer = client.post(f"/ladders/{campaign}", data=form)
    assert answer.headers["location"] == f"/ladders/{campaign}?ladder=obligation&saved=1"
    assert (offsets(place, campaign), offsets(place, None)) == (
        [-5, -1, 1, 2, 7, 12, 15],
        [-5, -1, 1, 3, 7, 12, 15],
    )
    page = client.get(answer.headers["location"]).text
    assert all(words in page for words in ("已保存为新的一版", "本行动自己的表，第1版", WHY))


def test_a_step_is_added(place: Place) -> None:
    client = place.enter("lead")
    form = dict(html_form(client.post(DEFAULT, data=form_of(client, DEFAULT) | {"do": "add"}).text))
    assert form["action.7"] == ""
    form |= {
        "side.7": "after",
        "count.7": "20",
        "action.7": "draft_circular",
        "recipient.7": "",
        "reason": WHY,
    }
    assert client.post(DEFAULT, data=form | {"do": "save"}).status_code == 303
    assert offsets(place, None) == [-5, -1, 1, 3, 7, 12, 15, 20]


def test_a_step_is_removed(place: Place) -> None:
    client = place.enter("lead")
    form = dict(html_form(client.post(DEFAULT, data=form_of(client, DEFAULT) | {"do": "remove-1"}).text))
    assert client.post(DEFAULT, data=form | {"reason": WHY, "do": "save"}).status_code == 303
    assert offsets(place, None) == [-5, 1, 3, 7, 12, 15]


def test_steps_are_put_in_the_order_of_their_time(place: Place) -> None:
    client = place.enter("lead")
    form = form_of(client, DEFAULT) | {"count.2": "9", "do": "sort"}
    form = dict(html_form(client.post(DEFAULT, data=form).text))
    assert [form[f"count.{at}"] for at in range(7)] == ["5", "1", "3", "7", "9", "12", "15"]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"count.4": "2"}, ["第5步：比第4步还早，请按时间先后排列。"]),
        ({"count.4": "soon"}, ["第5步：请填写天数或分钟数，只填数字。"]),
        ({"side.3": "before", "count.3": "1"}, ["第4步：督办和约谈不能在期限之前。"]),
        ({"recipient.3": "principal"}, ["第4步：对象不对，“转镇街督办”的对象是镇街。"]),
        ({"action.3": "arrest"}, ["第4步：请选择这类事项可用的动作。"]),
        ({"count.6": "251"}, ["第7步：离期限太远，最多250。"]),
        ({"reason": ""}, ["请写明修改的理由，2至200个字。"]),
    ],
)
def test_what_is_wrong_is_said_by_its_row_and_nothing_is_lost(
    place: Place, typed: dict[str, str], words: list[str]
) -> None:
    client = place.enter("lead")
    form = form_of(client, DEFAULT) | {"reason": WHY, "do": "save"} | typed
    answer = client.post(DEFAULT, data=form)
    assert (answer.status_code, versions(place)) == (422, [])
    assert [one for one in summary_of(answer.text) if one in words] == words
    kept = dict(html_form(answer.text))
    assert kept["count.0"] == "5"
    assert kept["reason"] == form["reason"]


def test_without_a_change_there_is_no_version(place: Place) -> None:
    client = place.enter("lead")
    answer = client.post(DEFAULT, data=form_of(client, DEFAULT) | {"reason": WHY, "do": "save"})
    assert summary_of(answer.text) == ["与现行的表相同，没有保存。"]


def test_who_is_slower_is_told_and_keeps_what_was_typed(place: Place) -> None:
    client, other = place.enter("lead"), place.enter("other_lead")
    form = form_of(client, DEFAULT) | {"count.6": "16", "reason": WHY, "do": "save"}
    assert other.post(DEFAULT, data=form | {"count.6": "18"}).status_code == 303
    answer = client.post(DEFAULT, data=form)
    assert answer.status_code == 409
    assert "已有人保存了新的一版" in answer.text
    assert dict(html_form(answer.text))["count.6"] == "16"
    assert offsets(place, None)[-1] == 18


def test_an_earlier_version_is_looked_at_and_not_changed(place: Place) -> None:
    client = place.enter("lead")
    for count in ("16", "18"):
        client.post(DEFAULT, data=form_of(client, DEFAULT) | {"count.6": count, "reason": WHY, "do": "save"})
    assert "保存为新的一版" in client.get(f"{DEFAULT}?version=2").text  # the present one
    page = client.get(f"{DEFAULT}?version=1").text
    assert "逾期16个工作日" in page
    assert "这是第1版，不是现行的" in page
    assert "保存为新的一版" not in page
    assert client.get(f"{DEFAULT}?version=3").status_code == 404


def test_a_version_is_audited(place: Place) -> None:
    client = place.enter("lead")
    client.post(DEFAULT, data=form_of(client, DEFAULT) | {"count.6": "16", "reason": WHY, "do": "save"})
    with place.look() as session:
        [entry] = session.query(AuditEntry).filter(AuditEntry.action == "ladder.save")
    assert (entry.subject, entry.detail["ladders"], entry.detail["reason"]) == (
        "ladder:",
        ["obligation"],
        WHY,
    )
    assert "修改升级步骤表" in place.enter("administrator").get("/audit").text


# --- DMN


def sent(client: TestClient, content: bytes, **typed: str) -> Any:
    form = form_of(client, DEFAULT)
    data = {"base": form["base"], "ladder": "obligation", "reason": WHY} | typed
    return client.post(f"{DEFAULT}/file", data=data, files={"file": ("ladder.dmn", content)})


def test_a_table_goes_out_as_dmn_and_comes_back_changed(place: Place) -> None:
    client = place.enter("lead")
    content = client.get(f"{DEFAULT}/table.dmn").content
    assert sent(client, content.replace(b"<text>15</text>", b"<text>20</text>")).status_code == 303
    assert offsets(place, None) == [-5, -1, 1, 3, 7, 12, 20]


def test_the_file_of_the_house_says_what_counts_already(place: Place) -> None:
    answer = sent(place.enter("lead"), (ROOT / "escalation" / "ladder.dmn").read_bytes())
    assert summary_of(answer.text) == ["与现行的表相同，没有保存。"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "请选择要导入的DMN文件。"),
        (b"PK\x03\x04", "不是可读的XML文件，第1行出错。"),
        (
            b'<!DOCTYPE a [<!ENTITY b "c">]><definitions>&b;</definitions>',
            "文件里有文档类型声明（DOCTYPE），不能导入。",
        ),
        (
            (ROOT / "hazard" / "hazard_level.dmn").read_bytes(),
            "决策表的输入栏应为ladder、step，文件里是“matches_major_criteria、possible_casualties”。",
        ),
    ],
)
def test_a_file_of_another_shape_is_refused(place: Place, content: bytes, words: str) -> None:
    answer = sent(place.enter("lead"), content)
    assert (answer.status_code, versions(place)) == (422, [])
    assert words in summary_of(answer.text)


def html_form(text: str) -> list[tuple[str, str]]:
    form = html.fromstring(text).xpath("//form[contains(@class, 'ladder-form')]")[0]
    return [(name, str(value)) for name, value in form.form_values()]


def test_the_page_speaks_english(place: Place) -> None:
    page = place.enter("leader").get(f"{DEFAULT}?lang=en").text
    assert re.search(r"3 working days (late|after)", page)
