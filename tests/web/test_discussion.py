"""Comments, copies, co-signatures and withdrawals in the page; who may not see a file can do nothing with it."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from engine.models import Incident
from tests.web.house import OTHERS, Place
from workflows.cosigning.models import Cosignature

WRITES = (
    "/obligations/{late}/comments", "/obligations/{late}/copies", "/hazards/{hazard}/comments",
    "/hazards/{hazard}/copies", "/tasks/{check}/cosign", "/tasks/{check}/claim", "/tasks/{check}/hand-over",
    "/tasks/{check}/delegate", "/tasks/{check}/remind", "/tasks/{check}/resolve", "/tasks/{review}/claim",
    "/cosignatures/1/take-back",
)  # fmt: skip


@pytest.mark.parametrize("who", OTHERS)
def test_nobody_writes_to_what_they_do_not_see(place: Place, who: str) -> None:
    client = place.enter(who)
    found = {path: client.post(path.format(**vars(place.house))).status_code for path in WRITES}
    assert found == dict.fromkeys(WRITES, 404)


def test_another_enterprise_withdraws_nothing(place: Place) -> None:
    path = f"/obligations/{place.house.submitted}"
    assert place.enter("other_officer").post(f"{path}/withdraw").status_code == 404
    assert place.enter("town").post(f"{path}/withdraw").status_code == 403


def test_a_fix_is_not_withdrawn_by_others_nor_before_it_was_sent(place: Place) -> None:
    path = f"/hazards/{place.house.hazard}/withdraw"
    answers = {who: place.enter(who).post(path).status_code for who in ("other_officer", "town", "officer")}
    assert answers == {"other_officer": 404, "town": 403, "officer": 409}


def test_what_is_said_stands_on_the_page(place: Place) -> None:
    client, path = place.enter("town"), f"/obligations/{place.house.late}"
    assert (
        client.post(f"{path}/comments", data={"body": "请@Officer 尽快补齐"}).headers["location"]
        == f"{path}#said"
    )
    assert "请@Officer 尽快补齐" in client.get(path).text
    assert "的讨论里提到了您" in place.enter("officer").get("/notices").text


def test_a_comment_comes_back_to_where_it_was_written_and_nowhere_else(place: Place) -> None:
    client, path = place.enter("town"), f"/obligations/{place.house.late}/comments"
    answer = client.post(path, data={"body": "好", "back": f"/reviews?task={place.house.review}"})
    assert answer.headers["location"] == f"/reviews?task={place.house.review}"
    assert client.post(path, data={"body": "好", "back": "https://example.org/"}).headers["location"] == "/"


def test_an_empty_comment_is_refused_in_words(place: Place) -> None:
    answer = place.enter("town").post(f"/obligations/{place.house.late}/comments", data={"body": " "})
    assert answer.status_code == 422
    assert "内容：必须填写" in answer.text


def test_what_was_submitted_is_withdrawn_and_the_reviewer_told(place: Place) -> None:
    client, path = place.enter("officer"), f"/obligations/{place.house.submitted}"
    assert "撤回" in client.get("/inbox/sent").text or "还没有提交过" in client.get("/inbox/sent").text
    assert f'action="{path}/withdraw"' in client.get(path).text
    assert client.post(f"{path}/withdraw").headers["location"] == f"{path}?did=withdraw"
    assert "已撤回，可以接着改" in client.get(f"{path}?did=withdraw").text
    late = place.enter("town", **{"HX-Request": "true"}).post(
        f"/tasks/{place.house.review}", data={"town_decision": "accept"}
    )
    assert late.status_code == 409
    assert "已被撤回或改期" in late.text


def test_a_second_withdrawal_says_why_not(place: Place) -> None:
    client, path = place.enter("officer"), f"/obligations/{place.house.submitted}/withdraw"
    place.enter("town").post(f"/tasks/{place.house.review}/claim")
    answer = client.post(path)
    assert answer.status_code == 409
    assert "Town已经在办，现在不能撤回" in answer.text


def test_a_cosigner_signs_in_the_inbox(place: Place) -> None:
    town, review = place.enter("town"), place.house.review
    page = town.get(f"/reviews?task={review}").text
    to = re.search(r'form="do-cosign">.*?<option value="(\d+)">Leader', page, re.S)
    assert to is not None
    assert town.post(f"/tasks/{review}/cosign", data={"to": to[1], "note": "请把关"}).status_code == 303
    refused = town.post(f"/tasks/{review}", data={"town_decision": "accept"})
    assert refused.status_code == 409
    assert "还在等Leader加签" in refused.text
    leader = place.enter("leader")
    inbox = leader.get("/inbox").text
    assert "Town请您加签" in inbox
    task = re.search(r'data-task="(\d+)"', inbox)
    assert task is not None
    assert leader.post(f"/tasks/{task[1]}", data={"agreed": "true"}).status_code == 303
    with place.look() as session:
        assert session.scalars(select(Incident.message)).all() == []
        assert session.scalars(select(Cosignature.agreed)).all() == [True]
    assert "Leader加签同意" in town.get(f"/reviews?task={review}").text
    assert town.post(f"/tasks/{review}", data={"town_decision": "accept"}).status_code == 303


@pytest.mark.parametrize("path", ["/inbox/sent", "/inbox?who=colleagues", "/reviews?order=enterprise", "/me"])
@pytest.mark.parametrize(
    "who", ["officer", "principal", "town", "department", "lead", "leader", "administrator"]
)
def test_the_pages_open_for_every_role(place: Place, who: str, path: str) -> None:
    status = place.enter(who).get(path).status_code
    assert status == 200 or (status == 403 and path.startswith("/reviews"))
