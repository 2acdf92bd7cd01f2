"""More time to fix a hazard: asked for on its page, only while that changes something, only by the enterprise."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from engine.models import UserTask
from engine.types import TaskStatus
from tests.factories import World, world_in
from tests.web.house import NOW, Place
from tests.web.test_what_was_typed import error_at, summary_of
from workflows.hazards.models import Hazard
from workflows.obligations.models import Extension
from workflows.register.models import Enterprise
from workflows.times import day_of

ASKED = {"due_on": "2025-10-01", "reason": "设备到货推迟，需要延期"}
BUTTON = ">申请延期</button>"


def planned(world: World, hazard: Hazard) -> None:
    world.planned(hazard, due_on="2025-09-01")


def fixed(world: World, hazard: Hazard) -> None:
    planned(world, hazard)
    world.fix(hazard)


def closed(world: World, hazard: Hazard) -> None:
    fixed(world, hazard)
    world.do(hazard, "verify", world.town(), passed=True)


def hazard_of(place: Place, folder: Path, brought_to: Callable[[World, Hazard], None]) -> str:
    """The page of a new hazard of the firm."""
    with place.app.state.sessions.begin() as session:
        world = world_in(session, folder)
        world.now = NOW
        hazard = world.hazard(session.get_one(Enterprise, place.house.firm))
        brought_to(world, hazard)
        return f"/hazards/{hazard.id}"


@pytest.fixture
def page(place: Place, tmp_path: Path) -> str:
    """The page of a hazard that is to be fixed by 2025-09-01."""
    return hazard_of(place, tmp_path, planned)


def requests_about(place: Place, page: str) -> list[Extension]:
    number = int(page.rpartition("/")[2])
    with place.look() as session:
        query = select(Extension).where(Extension.subject_kind == "hazard", Extension.subject_id == number)
        return list(session.scalars(query))


def test_the_enterprise_asks_and_the_page_says_that_the_department_decides(place: Place, page: str) -> None:
    officer = place.enter("officer")
    answer = officer.post(f"{page}/extension", data=ASKED)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?asked=1#extension")
    shown = officer.get(f"{page}?asked=1").text
    assert all(words in shown for words in ("延期申请已送部门", "申请延至10月1日", "等部门决定"))
    assert BUTTON not in shown


def test_what_the_department_grants_is_the_hazards_new_date(place: Place, page: str) -> None:
    place.enter("officer").post(f"{page}/extension", data=ASKED)
    [asked] = requests_about(place, page)
    with place.look() as session:
        here = UserTask.instance_id == asked.instance_id, UserTask.status == TaskStatus.OPEN
        task = session.scalars(select(UserTask.id).where(*here)).one()
    form = {"granted": "true", "decided_due_on": "2025-09-20"}
    assert place.enter("department").post(f"/tasks/{task}", data=form).status_code == 303
    with place.look() as session:
        hazard = session.get_one(Hazard, asked.subject_id)
        assert hazard.due_at is not None
        assert day_of(hazard.due_at) == date(2025, 9, 20)
    shown = place.enter("officer").get(page).text
    assert "准予延至9月20日" in shown
    assert BUTTON in shown


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"due_on": "2025-08-30", "reason": "设备到货推迟，需要延期"}, "f-due_on", "须晚于现在的期限"),
        ({"due_on": "2025-10-01", "reason": "来不及"}, "f-reason", "至少写10个字"),
        ({"due_on": "soon", "reason": "设备到货推迟，需要延期"}, "f-due_on", "应为日期"),
    ],
)
def test_a_refused_request_keeps_what_was_typed(
    place: Place, page: str, form: dict[str, str], field: str, words: str
) -> None:
    answer = place.enter("officer").post(f"{page}/extension", data=form)
    assert answer.status_code == 422
    assert all(value in answer.text for value in form.values())
    assert words in error_at(answer.text, field)
    assert [line for line in summary_of(answer.text) if words in line]
    assert requests_about(place, page) == []


def test_a_second_request_is_a_conflict(place: Place, page: str) -> None:
    officer = place.enter("officer")
    assert officer.post(f"{page}/extension", data=ASKED).status_code == 303
    answer = officer.post(f"{page}/extension", data=ASKED)
    assert answer.status_code == 409
    assert "已有一份延期申请" in answer.text
    assert len(requests_about(place, page)) == 1


def test_another_firms_hazard_does_not_exist(place: Place, page: str) -> None:
    assert place.enter("other_officer").post(f"{page}/extension", data=ASKED).status_code == 404
    assert requests_about(place, page) == []


@pytest.mark.parametrize("who", ["town", "department", "lead", "leader", "administrator"])
def test_only_the_enterprise_is_offered_to_ask(place: Place, page: str, who: str) -> None:
    client = place.enter(who)
    assert BUTTON not in client.get(page).text
    assert client.post(f"{page}/extension", data=ASKED).status_code == 403


@pytest.mark.parametrize(("brought_to", "offered"), [(planned, True), (fixed, False), (closed, False)])
def test_more_time_is_offered_only_while_it_is_being_fixed(
    place: Place, tmp_path: Path, brought_to: Callable[[World, Hazard], None], offered: bool
) -> None:
    page = hazard_of(place, tmp_path, brought_to)
    assert (BUTTON in place.enter("officer").get(page).text) is offered


def test_a_hazard_without_a_date_yet_cannot_be_given_a_later_one(place: Place) -> None:
    page, officer = f"/hazards/{place.house.hazard}", place.enter("officer")
    assert BUTTON not in officer.get(page).text
    answer = officer.post(f"{page}/extension", data=ASKED)
    assert answer.status_code == 422
    assert "须晚于现在的期限" in error_at(answer.text, "f-due_on")


def test_a_closed_hazard_is_a_conflict(place: Place, tmp_path: Path) -> None:
    page = hazard_of(place, tmp_path, closed)
    assert place.enter("officer").post(f"{page}/extension", data=ASKED).status_code == 409
    assert requests_about(place, page) == []
