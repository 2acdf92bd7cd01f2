"""The overdue board and the promises: what stands where, who sees what, what is behind a number."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from engine.models import UserTask
from tests.factories import at
from tests.people import add_account
from tests.web.house import NOW, Place
from workflows.accounts.models import Account
from workflows.accounts.types import Role
from workflows.notifications.models import Notification
from workflows.promises.models import Promise
from workflows.promises.service import settle
from workflows.times import day_of

WORDS = "材料已经备齐，盖章后提交"


def board(client: TestClient, query: str = "") -> str:
    answer = client.get(f"/overdue?{query}")
    assert answer.status_code == 200
    return answer.text


def urge(place: Place) -> None:
    sent = {"late": f"obligation:{place.house.late}"}
    answer = place.enter("town").post("/overdue/urge", data=sent)
    assert answer.headers["location"].endswith("urged=1")


def answer_urge(place: Place, who: str = "officer", days: int = 2, words: str = WORDS) -> int:
    sent = {
        "subject": f"obligation:{place.house.late}",
        "by_on": (day_of(NOW) + timedelta(days=days)).isoformat(),
        "words": words,
    }
    return place.enter(who).post("/promises", data=sent).status_code


def lines(page: str) -> list[str]:
    """The subjects that can be ticked."""
    return re.findall(r'name="late" value="([^"]+)"', page)


def test_each_town_sees_its_own(each_place: Place) -> None:
    house = each_place.house
    own, other = lines(board(each_place.enter("town"))), lines(board(each_place.enter("other_town")))
    assert f"obligation:{house.late}" in own
    assert f"obligation:{house.other_late}" in other
    assert not set(own) & set(other)
    assert set(own) | set(other) == set(lines(board(each_place.enter("lead"))))


@pytest.mark.parametrize(
    ("kind", "by"),
    [
        ("obligation", "town"), ("obligation", "industry"), ("obligation", "department"), ("obligation", "item"),
        ("obligation", "step"), ("hazard", "town"), ("hazard", "step"), ("review", "reviewer"), ("review", "town"),
    ],
)  # fmt: skip
def test_a_number_opens_as_many_lines(each_place: Place, kind: str, by: str) -> None:
    client = each_place.enter("lead")
    page = board(client, f"kind={kind}&by={by}")
    cells = re.findall(r'hx-get="/overdue\?([^"]*)"[^>]*>([\d,]+)</a>', page)
    assert cells
    for query, number in cells:
        assert len(lines(board(client, query.replace("&amp;", "&")))) == int(number), query


def test_a_review_that_waits_counts_as_its_reviewers_lateness(each_place: Place) -> None:
    page = board(each_place.enter("lead"), "kind=review")
    assert "测试镇1（镇街）" in page
    assert f"obligation:{each_place.house.submitted}" in lines(page)
    assert "默认送达后3个工作日内应审完" in page


def test_the_board_of_a_past_day_shows_what_was_late_then(each_place: Place) -> None:
    client = each_place.enter("lead")
    assert f"/obligations/{each_place.house.late}" in board(client, "on=2025-08-16")
    before = board(client, "on=2025-08-15")
    assert f"/obligations/{each_place.house.late}" not in before
    assert "2025-08-15" in before
    assert "催办全部" not in board(client, "on=2025-08-16")


def test_the_last_urge_stands_in_the_line_with_who_and_when(place: Place) -> None:
    assert "从未催办" in board(place.enter("town"))
    urge(place)
    page = board(place.enter("town"), f"town={place.house.town}")
    line = re.search(rf'value="obligation:{place.house.late}".*?</tr>', page, re.S)
    assert line is not None
    assert "从未催办" not in line[0]
    assert "今天10:00" in line[0] or "10:00" in line[0]


def test_nobody_answers_an_urge_that_never_came(place: Place) -> None:
    assert answer_urge(place) == 409


def test_an_answer_stands_on_the_board_and_on_the_list(each_place: Place) -> None:
    urge(each_place)
    assert answer_urge(each_place) == 303
    assert WORDS in board(each_place.enter("town"))
    assert WORDS in each_place.enter("town").get("/promises?part=coming").text
    assert WORDS not in each_place.enter("other_town").get("/promises?part=coming").text
    assert WORDS in each_place.enter("officer").get(f"/obligations/{each_place.house.late}").text


@pytest.mark.parametrize(
    ("who", "status"), [("other_officer", 404), ("town", 403), ("leader", 403), ("principal", 303)]
)
def test_only_whose_work_it_is_promises(place: Place, who: str, status: int) -> None:
    urge(place)
    assert answer_urge(place, who) == status


@pytest.mark.parametrize(("days", "words"), [(-1, WORDS), (61, WORDS), (2, " "), (2, "长" * 201)])
def test_a_promise_without_sense_is_refused(place: Place, days: int, words: str) -> None:
    urge(place)
    assert answer_urge(place, days=days, words=words) == 422


def test_a_newer_promise_replaces_the_older(place: Place) -> None:
    urge(place)
    assert [answer_urge(place), answer_urge(place, days=3)] == [303, 303]
    with place.look() as session:
        found = session.scalars(select(Promise).order_by(Promise.id)).all()
        assert [one.outcome for one in found] == ["replaced", None]


def test_a_broken_promise_is_told_once_to_who_urged(each_place: Place) -> None:
    urge(each_place)
    answer_urge(each_place)
    with each_place.app.state.sessions.begin() as session:
        assert settle(session, now=at("2025-08-20 23:59")) == 0
        assert settle(session, now=at("2025-08-21 00:00")) == 1
        assert settle(session, now=at("2025-08-22 09:00")) == 0
        [promise] = session.scalars(select(Promise))
        told = session.scalars(select(Notification).where(Notification.kind == "promise.broken")).all()
        assert [one.candidate_group for one in told] == [promise.urged_by]
    assert WORDS in each_place.enter("town").get("/promises?part=broken").text


def test_what_is_handed_in_by_its_day_is_kept(each_place: Place) -> None:
    urge(each_place)
    answer_urge(each_place)
    with each_place.app.state.sessions.begin() as session:
        task = session.get_one(UserTask, each_place.house.check)
        task.closed_at = at("2025-08-19 09:00")
        session.flush()
        assert settle(session, now=at("2025-08-19 09:01")) == 1
    assert WORDS in each_place.enter("town").get("/promises?part=kept").text


def hand_over(place: Place, who: str, late: list[str], to: str = "second_town") -> Response:
    with place.look() as session:
        colleague = session.scalar(select(Account.id).where(Account.username == to)) or 0
    return place.enter(who).post("/overdue/hand-over", data={"kind": "review", "late": late, "to": colleague})


@pytest.fixture
def of_two(place: Place) -> Place:
    """The town has a second officer."""
    with place.app.state.sessions.begin() as session:
        add_account(session, "second_town", place.house.town, Role.TOWN_OFFICER)
    return place


def test_a_review_that_waits_is_handed_to_a_colleague_from_its_line(of_two: Place) -> None:
    line = f"obligation:{of_two.house.submitted}"
    assert "转办所选" in board(of_two.enter("town"), "kind=review")
    answer = hand_over(of_two, "town", [line])
    assert answer.headers["location"] == "/overdue?kind=review&handed=1&left=0"
    with of_two.look() as session:
        task = session.get_one(UserTask, of_two.house.review)
        chosen = session.scalar(select(Account).where(Account.username == "second_town"))
        assert chosen is not None
        assert task.assignee == chosen.actor
    assert "转办所选" not in board(of_two.enter("town"), "kind=review")  # it is not theirs any more


def test_what_is_somebody_elses_is_left_alone(of_two: Place) -> None:
    lines_ = [f"obligation:{of_two.house.submitted}", f"obligation:{of_two.house.late}"]
    assert hand_over(of_two, "town", lines_).headers["location"].endswith("handed=1&left=1")
    page = of_two.enter("town").get("/overdue?kind=review&handed=1&left=1").text
    assert "已转办1项" in page
    assert "另有1项没有动" in page


@pytest.mark.parametrize(
    ("who", "to"),
    [("town", "other_town"), ("town", "nobody"), ("lead", "second_town"), ("leader", "second_town")],
)
def test_only_a_colleague_takes_over_and_only_from_whose_turn_it_is(of_two: Place, who: str, to: str) -> None:
    assert hand_over(of_two, who, [f"obligation:{of_two.house.submitted}"], to).status_code == 422
    with of_two.look() as session:
        assert session.get_one(UserTask, of_two.house.review).assignee is None


@pytest.mark.parametrize("path", ["/overdue", "/promises", "/appraisal"])
def test_the_menu_keeps_its_numbers_on_every_page(place: Place, path: str) -> None:
    client = place.enter("lead")
    numbers = re.compile(r'<span class="n[^"]*" id="count-[^>]*>[^<]*</span>')
    assert numbers.findall(client.get(path).text) == numbers.findall(client.get("/hazards").text) != []
