"""Bulk decisions and marks in the page."""

from __future__ import annotations

from tests.web.house import Place


def test_the_ticked_ones_get_a_line_each(place: Place) -> None:
    town = place.enter("town")
    page = town.get("/reviews").text
    assert 'form="bulk"' in page
    house = place.house
    answer = town.post(
        "/tasks/bulk",
        data={"page": "reviews", "decision": "accept", "task": [house.review, house.other_review, "x"]},
    )
    assert answer.status_code == 200
    assert "办好1件，共2件" in answer.text
    assert "云麓食品" not in answer.text


def test_sending_the_same_again_is_answered_plainly(place: Place) -> None:
    town, data = place.enter("town"), {"page": "reviews", "decision": "accept", "task": [place.house.review]}
    town.post("/tasks/bulk", data=data)
    assert "Town已于" in town.post("/tasks/bulk", data=data).text


def test_nothing_ticked_is_no_error(place: Place) -> None:
    answer = place.enter("town").post("/tasks/bulk", data={"page": "reviews"})
    assert (answer.status_code, "没有勾选" in answer.text) == (200, True)


def test_what_the_reviewer_found_missing_is_marked_in_the_form(place: Place) -> None:
    town, officer, house = place.enter("town"), place.enter("officer"), place.house
    assert 'name="missing" value="licences"' in town.get(f"/reviews?task={house.review}").text
    data = {"town_decision": "return", "missing": "licences"}
    assert town.post(f"/tasks/{house.review}", data=data).status_code == 303
    page = officer.get("/inbox?group=returned").text
    assert "缺少材料：" in page
    assert "审核认为缺这份" in page


def test_marks_on_what_is_accepted_come_back_with_the_marks(place: Place) -> None:
    answer = place.enter("town").post(
        f"/tasks/{place.house.review}", data={"town_decision": "accept", "missing": "licences"}
    )
    assert answer.status_code == 422
    assert "不能通过" in answer.text
    assert 'value="licences" checked' in answer.text


def test_earlier_files_are_offered_to_ones_own_enterprise_only(place: Place) -> None:
    mine = place.enter("officer").get("/evidence/earlier?slot=evidence.licences").text
    assert "data-pick=" in mine
    other = place.enter("town").get("/evidence/earlier?slot=evidence.licences").text
    assert "data-pick=" not in other
