"""Pages of duties of government bodies and of events: own pages, isolation, what a phone sends."""

from __future__ import annotations

import re
from datetime import timedelta

from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.web.house import NOW, Place
from workflows.duties.models import UnitTask
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.sweep import sweep


def launched(place: Place, year: str = "2025", template: str = "anshan-three-year") -> str:
    """A campaign of 2025 with everything of its first phases dispatched."""
    place.enter("lead").post("/campaigns", data={"template": template, "year": year})
    campaign = place.approve()
    sweep(place.app.state.sessions, now=NOW)
    return f"/campaigns/{campaign}"


def task_of(place: Place, body: int, code: str) -> UnitTask:
    with place.look() as session:
        query = select(UnitTask).where(UnitTask.body_id == body, UnitTask.duty_code == code)
        return session.scalars(query.order_by(UnitTask.id.desc())).first()  # type: ignore[return-value]


def test_a_duty_has_a_page_and_a_line_in_the_list_and_on_the_campaign_page(place: Place) -> None:
    campaign = launched(place)
    duty = task_of(place, place.house.town, "U7")
    client = place.enter("town")
    page = client.get(f"/duties/{duty.id}").text
    assert "纳入年度监督检查计划" in page
    assert "unit_task.bpmn" in page
    assert f"/duties/{duty.id}" in client.get("/duties").text
    assert "纳入年度监督检查计划" in client.get(campaign).text


def test_the_body_finds_it_in_its_inbox_and_the_lead_office_in_its_queue(place: Place) -> None:
    launched(place)
    duty = task_of(place, place.house.town, "U7")
    client = place.enter("town")
    found = re.search(
        r'/inbox\?task=(\d+)"[^>]*>[^<]*<svg[^>]*>.*?</svg>去办理', client.get(f"/duties/{duty.id}").text
    )
    assert found
    task = found[1]
    assert "年度监督检查计划" in client.get(f"/inbox?task={task}").text
    refused = client.post(f"/tasks/{task}", data={"statement": "已列入年度计划"})
    assert refused.status_code == 422
    assert "已列入年度计划" in refused.text
    assert place.enter("lead").get("/reviews").status_code == 200


def test_a_duty_of_another_body_does_not_exist(place: Place) -> None:
    launched(place)
    duty = task_of(place, place.house.town, "U7")
    assert place.enter("other_town").get(f"/duties/{duty.id}").status_code == 404
    assert place.enter("officer").get(f"/duties/{duty.id}").status_code == 404
    assert f"/duties/{duty.id}" not in place.enter("other_town").get("/duties").text


def test_a_case_is_opened_by_hand_for_ones_own_body(place: Place) -> None:
    campaign = launched(place)
    client = place.enter("department")
    page = client.get(campaign).text
    body = int(re.findall(r'name="body"><option value="(\d+)">', page)[0])
    answer = client.post(f"{campaign}/duties", data={"duty": "U8", "body": body})
    assert answer.status_code == 303
    assert "依法查处四类问题" in client.get(answer.headers["location"]).text


def test_nobody_opens_a_case_for_another_department(place: Place) -> None:
    campaign = launched(place)
    other = task_of(place, place.house.town, "U7").body_id
    client = place.enter("department")
    for body in (other, "x", ""):
        assert client.post(f"{campaign}/duties", data={"duty": "U8", "body": body}).status_code == 404


def test_overdue_duties_stand_on_the_board_and_are_urged(place: Place) -> None:
    launched(place)
    number = task_of(place, place.house.town, "U7").id
    with place.app.state.sessions.begin() as session:
        session.get_one(UnitTask, number).due_at = NOW - timedelta(days=3)
    client = place.enter("lead")
    assert f"/duties/{number}" in client.get("/overdue?kind=unit_task").text
    answer = client.post("/overdue/urge", data={"kind": "unit_task", "late": f"unit_task:{number}"})
    assert "已催办1个单位" in client.get(answer.headers["location"]).text
    with place.look() as session:
        urged = session.scalars(select(Notification).where(Notification.kind == "urged")).all()
    assert [one.subject for one in urged] == [f"unit_task:{number}"]


def event(client: TestClient, **fields: str) -> dict[str, str]:
    offered = re.findall(r'name="item"[^>]*value="([^"]+)"', client.get("/events/new").text)
    accident = next(one for one in offered if one.endswith(":20"))
    given = {
        "item": accident,
        "what": "三号炉烫伤一人",
        "place": "炉台",
        "day": "2025-08-18",
        "time": "09:50",
    }
    return {**given, **fields}


def test_an_accident_is_opened_from_the_phone_and_leads_to_its_report(place: Place) -> None:
    launched(place, template="hundred-day-drive")
    client = place.enter("officer")
    answer = client.post("/events", data=event(client))
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "三号炉烫伤一人" in page
    assert "10:50" in page
    with place.look() as session:
        accident = session.scalars(select(Obligation).where(Obligation.item_code == "20")).one()
    assert client.get(f"/obligations/{accident.id}").status_code == 200
    assert "事故首报" in place.enter("town").get("/notices").text


def test_a_wrong_time_keeps_what_was_typed(place: Place) -> None:
    launched(place, template="hundred-day-drive")
    client = place.enter("officer")
    for wrong in ({"time": "25:00"}, {"time": "18:00"}, {"day": "x"}, {"what": ""}):
        answer = client.post("/events", data=event(client, **wrong))
        assert answer.status_code == 422
        assert "炉台" in answer.text


def test_only_enterprises_open_events(place: Place) -> None:
    assert place.enter("town").get("/events/new").status_code == 403
