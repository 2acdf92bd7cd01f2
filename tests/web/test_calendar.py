"""The working calendar: who may, loading a year after a look at it, days of one's own, and what waits for a year."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.factories import at, world_in
from tests.web.house import NOW, ROLES, Place
from tests.web.test_what_was_typed import summary_of
from workflows.audit.models import AuditEntry
from workflows.calendar.service import load
from workflows.clock import Clock

YEAR = "2027-01-01,否,元旦\n2027-02-06,是,春节调休上班"
FORM = {"days": YEAR, "source": "国办发明电〔2026〕7号"}
DAY = {"day": "2025-08-20", "works": "0", "reason": "台风停工"}


def audited(place: Place) -> list[tuple[str, str, dict[str, object]]]:
    with place.look() as session:
        query = select(AuditEntry).where(AuditEntry.action.startswith("calendar.")).order_by(AuditEntry.id)
        return [(one.action, one.subject, one.detail) for one in session.scalars(query)]


def works(place: Place, day: date) -> bool:
    with place.look() as session:
        return load(session).is_workday(day)


def moved_to(place: Place, moment: str) -> None:
    with place.app.state.sessions.begin() as session:
        session.get_one(Clock, 1).business_at = at(moment)


@pytest.mark.parametrize("who", sorted(set(ROLES) - {"administrator", "lead"}))
def test_only_the_office_and_the_administrator_keep_the_calendar(place: Place, who: str) -> None:
    client = place.enter(who)
    assert client.get("/calendar").status_code == 403
    answers = [client.post(path, data=FORM | DAY).status_code for path in ("/calendar", "/calendar/days")]
    assert answers == [403, 403]
    assert audited(place) == []


def test_a_published_year_shows_its_swapped_days(place: Place) -> None:
    page = place.enter("administrator").get("/calendar?year=2025").text
    assert "全年248个工作日" in page
    assert all(words in page for words in ("10月1日 周三", "国庆节", "9月28日 周日", "调休上班"))


def test_a_missing_next_year_is_told_with_what_waits_for_it(place: Place, tmp_path: Path) -> None:
    client = place.enter("administrator")
    assert "的日历还没有载入，落在" not in client.get("/calendar").text
    moved_to(place, "2026-12-01 10:00")
    assert "2027年的日历还没有载入" in client.get("/calendar").text
    assert "现在还没有事项在等" in client.get("/calendar").text
    with place.app.state.sessions.begin() as session:
        world = world_in(session, tmp_path)
        world.now = NOW
        one = world.obligation(due="2027-03-01")  # of the town's two enterprises
        waiting = world.variables(one)["calendar_missing"]
    assert waiting is True
    page = client.get("/calendar").text
    assert "现在有2件事项停在这里等日历" in page
    assert f'href="/obligations/{one.id}"' in page  # which step of what waits
    assert page.count("到期提醒") == 2
    answer = client.post("/calendar", data=FORM | {"apply": "1"})
    assert answer.headers["location"] == "/calendar?year=2027&went_on=2"
    page = client.get(answer.headers["location"]).text
    assert "2027年日历已载入" in page
    assert "2件等待日历的事项已接着走" in page


def test_a_list_is_looked_at_before_it_is_loaded(place: Place) -> None:
    answer = place.enter("lead").post("/calendar", data=FORM)
    assert answer.status_code == 200
    assert YEAR in answer.text
    assert "载入2027年" in answer.text
    assert '<dd class="big">261</dd>' in answer.text
    assert audited(place) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_list_may_come_as_a_file(place: Place, encoding: str) -> None:
    form = {"source": FORM["source"], "days": "2027-05-01,否,别的"}
    answer = place.enter("lead").post(
        "/calendar", data=form, files={"file": ("2027.csv", YEAR.encode(encoding))}
    )
    assert answer.status_code == 200
    assert YEAR in answer.text
    assert "载入2027年" in answer.text


def test_without_a_file_the_list_that_was_typed_counts(place: Place) -> None:
    answer = place.enter("lead").post("/calendar", data=FORM, files={"file": ("", b"")})
    assert YEAR in answer.text


def test_a_loaded_year_counts_and_is_written_down(place: Place) -> None:
    place.enter("lead").post("/calendar", data=FORM | {"apply": "1"})
    assert [works(place, date(2027, 1, 1)), works(place, date(2027, 2, 6))] == [False, True]
    assert audited(place) == [("calendar.load", "calendar:2027", {"source": FORM["source"], "days": 2})]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"days": "2027-01-01,否,元旦\n2027-01-04"}, "第2行：应有三栏"),
        ({"days": ""}, "表里没有一个日子"),
        ({"source": " "}, "请写明依据的文件"),
    ],
)
def test_a_refused_list_is_not_lost_and_not_loaded(place: Place, change: dict[str, str], words: str) -> None:
    form = FORM | change
    answer = place.enter("administrator").post("/calendar", data=form | {"apply": "1"})
    assert answer.status_code == 422
    assert [line for line in summary_of(answer.text) if words in line]
    assert form["days"] in answer.text
    assert form["source"] in answer.text
    assert audited(place) == []


def test_a_day_of_ones_own_wins_until_it_is_taken_back(place: Place) -> None:
    client = place.enter("administrator")
    page = client.get(client.post("/calendar/days", data=DAY).headers["location"]).text
    assert all(words in page for words in ("8月20日 周三", "休息", "台风停工", "Administrator"))
    assert not works(place, date(2025, 8, 20))
    assert client.post("/calendar/days/2025-08-20/remove", data={"reason": ""}).status_code == 422
    assert client.post("/calendar/days/2025-08-20/remove", data={"reason": "台风转向"}).status_code == 303
    assert works(place, date(2025, 8, 20))
    assert [(action, detail["reason"]) for action, _, detail in audited(place)] == [
        ("calendar.day", "台风停工"),
        ("calendar.day-removed", "台风转向"),
    ]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"day": "soon"}, "请填写日期"),
        ({"day": "0001-01-01"}, "请填写日期"),
        ({"works": ""}, "请选择这一天上班还是休息"),
        ({"reason": ""}, "请写明理由"),
        ({"reason": "因" * 201}, "请写明理由"),
    ],
)
def test_a_refused_day_keeps_what_was_typed(place: Place, change: dict[str, str], words: str) -> None:
    form = DAY | change
    answer = place.enter("administrator").post("/calendar/days", data=form)
    assert answer.status_code == 422
    assert [line for line in summary_of(answer.text) if words in line]
    assert f'name="reason" value="{form["reason"]}"' in answer.text
    assert audited(place) == []


def test_a_day_that_nobody_set_is_not_taken_back(place: Place) -> None:
    answer = place.enter("administrator").post("/calendar/days/2025-08-20/remove", data={"reason": "没有"})
    assert answer.status_code == 404
