"""What is another's does not exist: not its pages, not its name in a list, not its number in a form."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from tests.web.house import OTHERS, Place
from workflows.hazards.models import Hazard
from workflows.notifications.models import Notification
from workflows.obligations.models import Extension
from workflows.submissions.models import Draft

FIRM = "宏岳铸造"
THEIRS = (
    "/obligations/{late}", "/obligations/{submitted}", "/hazards/{hazard}", "/evidence/{proof}", "/tasks/{check}",
    "/tasks/{review}", "/inbox?task={check}", "/obligations?enterprise={firm}", "/hazards?enterprise={firm}",
)  # fmt: skip
LISTS = (
    "/inbox", "/obligations", "/hazards", "/hazards?closed=1", "/notices", "/reviews", "/enterprises", "/overdue",
    "/enterprises/staff?state=met", "/enterprises/staff?state=short",
    "/obligations?town={town}", "/obligations?campaign={campaign}", "/overdue?campaign={campaign}",
    "/overdue?town={town}", "/enterprises?q=宏岳", "/enterprises?town={town}", "/campaigns/{campaign}", "/hazards/new",
    "/hazards/new?enterprise={firm}", "/failing-lists", "/enforcement", "/enforcement?closed=1",
    "/tip-codes", "/tips", "/tips?decided=1",
)  # fmt: skip


@pytest.mark.parametrize("who", OTHERS)
def test_the_pages_of_another_firm_do_not_exist(each_place: Place, who: str) -> None:
    client = each_place.enter(who)
    found = {page: client.get(page.format(**vars(each_place.house))).status_code for page in THEIRS}
    assert found == dict.fromkeys(THEIRS, 404)


@pytest.mark.parametrize("who", OTHERS)
def test_no_list_names_another_firm(place: Place, who: str) -> None:
    client = place.enter(who)
    pages = [client.get(page.format(**vars(place.house))).text for page in LISTS]
    assert [page for page, text in zip(LISTS, pages, strict=True) if FIRM in text] == []


def test_the_lists_do_name_a_firm_to_those_over_it(place: Place) -> None:
    client = place.enter("town")
    named = ("/obligations", "/hazards", "/reviews", "/enterprises", "/overdue", "/hazards/new")
    assert [page for page in named if FIRM not in client.get(page).text] == []


@pytest.mark.parametrize("who", OTHERS)
@pytest.mark.parametrize("path", ["/tasks/{check}", "/tasks/{check}/draft", "/tasks/{review}"])
def test_another_firms_tasks_cannot_be_done(place: Place, who: str, path: str) -> None:
    answer = place.enter(who).post(path.format(**vars(place.house)), data={"result": "compliant"})
    assert answer.status_code == 404


def test_nobody_asks_for_more_time_for_another_firm(place: Place) -> None:
    form = {"due_on": "2025-10-01", "reason": "设备到货推迟，需要延期"}
    answer = place.enter("other_officer").post(f"/obligations/{place.house.late}/extension", data=form)
    assert answer.status_code == 404
    with place.look() as session:
        assert len(session.scalars(select(Extension)).all()) == 1  # the one that was there


def foreign(client: TestClient, proof: int, path: str, **form: object) -> str:
    answer = client.post(path, data=form)
    assert answer.status_code == 422
    assert "不是本单位上传的" in answer.text
    assert f"/evidence/{proof}" not in answer.text
    return answer.text


def test_another_firms_picture_is_no_proof_and_is_not_shown(place: Place) -> None:
    form = {"result": "compliant", "statement": "已逐条核对", "evidence.licences": place.house.proof}
    page = foreign(
        place.enter("other_officer"), place.house.proof, f"/tasks/{place.house.other_check}", **form
    )
    assert "已逐条核对" in page


def test_another_firms_picture_is_not_kept_in_a_draft(place: Place) -> None:
    client, task = place.enter("other_officer"), place.house.other_check
    foreign(client, place.house.proof, f"/tasks/{task}/draft", **{"evidence.licences": place.house.proof})
    with place.look() as session:
        draft = session.scalars(select(Draft).where(Draft.task_id == task)).one()
    assert draft.form == {"evidence": {"licences": []}}


def test_another_firms_picture_is_not_shown_with_a_hazard(place: Place) -> None:
    form = {"photos": place.house.proof, "title": "裸露电线", "place": "一车间"}
    foreign(place.enter("other_officer"), place.house.proof, "/hazards", **form)
    with place.look() as session:
        assert session.scalars(select(Hazard).where(Hazard.title == "裸露电线")).all() == []


@pytest.mark.parametrize(
    ("who", "words"), [("town", "请从列出的几项里选"), ("officer", "没有“enterprise”一栏")]
)
def test_nobody_reports_a_hazard_at_a_firm_out_of_sight(place: Place, who: str, words: str) -> None:
    form = {"enterprise": place.house.other_firm, "title": "裸露电线", "place": "一车间"}
    answer = place.enter(who).post("/hazards", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    with place.look() as session:
        assert session.scalars(select(Hazard).where(Hazard.title == "裸露电线")).all() == []


@pytest.mark.parametrize("form", [{"late": "obligation:{other_late}"}, {"all": "1", "town": "{other_town}"}])
def test_urging_reaches_only_those_in_sight(place: Place, form: dict[str, str]) -> None:
    sent = {name: value.format(**vars(place.house)) for name, value in form.items()}
    answer = place.enter("town").post("/overdue/urge", data=sent)
    assert answer.headers["location"].endswith("urged=0")
    with place.look() as session:
        assert session.scalars(select(Notification).where(Notification.kind == "urged")).all() == []


def test_the_extension_is_decided_by_its_own_department(place: Place) -> None:
    path = f"/tasks/{place.house.other_extension_task}"
    found = {
        who: place.enter(who).get(path).status_code for who in ("department", "other_department", "lead")
    }
    assert found == {"department": 404, "other_department": 200, "lead": 404}
