"""Nothing typed is lost: a form that is refused comes back as it was, with the reason at the field and above."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from engine.models import UserTask
from tests import files
from tests.people import add_account
from tests.web.house import ROLES, Place
from workflows.campaigns.models import Campaign
from workflows.evidence.models import Evidence
from workflows.hazards.models import Hazard
from workflows.obligations.models import Extension
from workflows.submissions.models import Draft, Submission

WHOLE = {"result": "compliant", "statement": "三张许可证都在有效期内"}


def summary_of(page: str) -> list[str]:
    """The lines of the list of errors above the form."""
    found = re.search(r'<div class="error-summary".*?</div>', page, re.S)
    return re.findall(r"<li>(?:<a [^>]*>)?(.*?)(?:</a>)?</li>", found[0]) if found else []


def error_at(page: str, field: str) -> str:
    """What stands beside a field."""
    found = re.search(
        rf'id="{re.escape(field)}".*?class="field-error"[^>]*>.*?<span>(.*?)</span>', page, re.S
    )
    return found[1] if found else ""


def test_a_self_check_without_its_proof_keeps_the_statement_and_names_the_slot(place: Place) -> None:
    answer = place.enter("officer").post(f"/tasks/{place.house.check}", data=WHOLE)
    assert answer.status_code == 422
    assert "三张许可证都在有效期内" in answer.text
    assert [line for line in summary_of(answer.text) if "还缺材料" in line]
    assert "还缺材料" in error_at(answer.text, "f-evidence-licences")


def test_htmx_gets_the_panel_alone(place: Place) -> None:
    answer = place.enter("officer", **{"HX-Request": "true"}).post(f"/tasks/{place.house.check}", data=WHOLE)
    assert answer.status_code == 422
    assert "<html" not in answer.text
    assert "三张许可证都在有效期内" in answer.text


def test_a_hazard_without_a_place_keeps_its_title_and_its_picture(place: Place) -> None:
    form = {"title": "裸露电线", "description": "配电箱门坏了", "photos": place.house.proof}
    answer = place.enter("officer").post("/hazards", data=form)
    assert answer.status_code == 422
    assert all(
        words in answer.text for words in ("裸露电线", "配电箱门坏了", f"/evidence/{place.house.proof}")
    )
    assert summary_of(answer.text) == [error_at(answer.text, "f-place")] == ["请填写“在哪里”。"]


@pytest.mark.parametrize(
    ("form", "field", "words"),
    [
        ({"due_on": "2025-08-01", "reason": "设备到货推迟，需要延期"}, "f-due_on", "须晚于现在的期限"),
        ({"due_on": "2025-10-01", "reason": "来不及"}, "f-reason", "至少写10个字"),
        ({"due_on": "soon", "reason": "设备到货推迟，需要延期"}, "f-due_on", "应为日期"),
        ({"reason": "设备到货推迟，需要延期"}, "f-due_on", "请填写"),
    ],
)
def test_a_request_for_more_time_keeps_what_was_typed(
    place: Place, form: dict[str, str], field: str, words: str
) -> None:
    answer = place.enter("officer").post(f"/obligations/{place.house.late}/extension", data=form)
    assert answer.status_code == 422
    assert all(value in answer.text for value in form.values())
    assert words in error_at(answer.text, field)
    assert [line for line in summary_of(answer.text) if words in line]


def test_a_launch_with_a_number_that_is_none_keeps_it_and_launches_nothing(place: Place) -> None:
    form = {
        "template": "hundred-day-drive",
        "p.safety_director_employees": "三百人",
        "town": place.house.town,
    }
    before = campaigns(place)
    answer = place.enter("lead").post("/campaigns", data=form)
    assert answer.status_code == 422
    assert 'value="三百人"' in answer.text
    assert f'name="town" value="{place.house.town}" checked' in answer.text
    assert "请只填数字" in error_at(answer.text, "p-safety_director_employees")
    assert [line for line in summary_of(answer.text) if "请只填数字" in line]
    assert campaigns(place) == before


def campaigns(place: Place) -> int:
    with place.look() as session:
        return len(session.scalars(select(Campaign)).all())


@pytest.mark.parametrize(
    "form",
    [{"industry": "nonsense"}, {"town": "9999"}, {"town": "x"}, {"town": "{firm}"}, {"p.nothing": "1"}],
)
def test_a_launch_for_something_that_does_not_exist_is_not_a_launch_for_all(
    place: Place, form: dict[str, str]
) -> None:
    sent = {name: value.format(**vars(place.house)) for name, value in form.items()}
    before, lead = campaigns(place), place.enter("lead")
    assert lead.post("/campaigns", data={"template": "hundred-day-drive", **sent}).status_code == 404
    assert lead.get("/campaigns/new", params=sent).status_code == 404
    assert campaigns(place) == before


@pytest.mark.parametrize("form", [{"town": "x"}, {"campaign": "x"}, {"bucket": "77"}, {"bucket": "-1"}])
def test_urging_a_part_that_does_not_exist_is_not_urging_all(place: Place, form: dict[str, str]) -> None:
    assert place.enter("lead").post("/overdue/urge", data={"all": "1", **form}).status_code == 404


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("evil", "/tasks/{check}"), ("defects.0.evil", "/tasks/{check}"), ("result.x", "/tasks/{check}"),
        ("evidence.a.b", "/tasks/{check}"), ("result__files", "/tasks/{check}"), ("evil", "/hazards"),
        ("enterprise_id", "/hazards"), ("evil", "/obligations/{late}/extension"),
    ],
)  # fmt: skip
def test_a_field_that_a_form_does_not_have_is_refused_by_its_name(place: Place, name: str, path: str) -> None:
    answer = place.enter("officer").post(path.format(**vars(place.house)), data={**WHOLE, name: "1"})
    assert answer.status_code == 422
    assert [line for line in summary_of(answer.text) if f"没有“{name}”一栏" in line]


@pytest.mark.parametrize("name", ["evidence", "defects"])
def test_the_bare_name_of_a_group_does_no_harm(place: Place, name: str) -> None:
    form = {**WHOLE, "evidence.licences": str(place.house.proof), name: "1"}
    assert place.enter("officer").post(f"/tasks/{place.house.check}", data=form).status_code == 303


# --- files of a page without script


def send(client: TestClient, path: str, form: dict[str, str], **sent: tuple[str, bytes]) -> tuple[int, str]:
    answer = client.post(
        path, data=form, files={name.replace("__dot__", "."): file for name, file in sent.items()}
    )
    return answer.status_code, answer.text


def test_a_file_sent_with_the_form_is_stored_and_stays_when_something_else_is_missing(place: Place) -> None:
    path = f"/tasks/{place.house.check}"
    form = {"statement": "三张许可证都在有效期内"}
    status, page = send(
        place.enter("officer"), path, form, evidence__dot__licences__files=("许可证.jpg", files.JPEG)
    )
    assert status == 422
    assert "许可证.jpg" in page
    with place.look() as session:
        stored = session.scalars(select(Evidence).where(Evidence.original_name == "许可证.jpg")).one()
    assert stored.organization_id == place.house.firm
    assert f'name="evidence.licences" value="{stored.id}" checked' in page


def test_a_file_sent_with_the_form_is_part_of_the_submission(place: Place) -> None:
    path = f"/tasks/{place.house.check}"
    status, _ = send(
        place.enter("officer"), path, WHOLE, evidence__dot__licences__files=("许可证.jpg", files.JPEG)
    )
    assert status == 303
    with place.look() as session:
        done = session.scalars(select(Submission).where(Submission.task_id == place.house.check)).one()
        (number,) = done.form["evidence"]["licences"]
        assert session.get_one(Evidence, number).original_name == "许可证.jpg"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (("病毒.jpg", files.EXE), "“病毒.jpg”不是可以接收的文件"),
        (("合同.jpg", files.PDF), "“合同.jpg”内容与扩展名不符"),
        (("空.jpg", b""), "“空.jpg”是空的"),
        (("大.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * (20 * 1024 * 1024)), "“大.jpg”大于20MB"),
    ],
    ids=["refused", "lies", "empty", "large"],
)
@pytest.mark.parametrize("end", ["", "/draft"])
def test_a_file_that_is_refused_is_told_at_its_slot_and_the_rest_stays(
    place: Place, file: tuple[str, bytes], words: str, end: str
) -> None:
    path = f"/tasks/{place.house.check}{end}"
    status, page = send(place.enter("officer"), path, WHOLE, evidence__dot__licences__files=file)
    assert status == 422
    assert "三张许可证都在有效期内" in page
    assert words in error_at(page, "f-evidence-licences")
    assert [line for line in summary_of(page) if words in line]


def test_a_refused_picture_does_not_lose_the_report_of_a_hazard(place: Place) -> None:
    form = {"title": "裸露电线", "place": "一车间"}
    status, page = send(place.enter("officer"), "/hazards", form, photos__files=("病毒.jpg", files.EXE))
    assert status == 422
    assert "裸露电线" in page
    assert "“病毒.jpg”不是可以接收的文件" in error_at(page, "f-photos")
    with place.look() as session:
        assert session.scalars(select(Hazard).where(Hazard.title == "裸露电线")).all() == []


@pytest.mark.parametrize(
    "name", ["result__files", "nothing__files", "evidence.a.b__files", "defects.0__files"]
)
def test_a_file_where_no_file_belongs_is_refused_and_not_stored(place: Place, name: str) -> None:
    answer = place.enter("officer").post(
        f"/tasks/{place.house.check}", data=WHOLE, files={name: ("x.jpg", files.JPEG)}
    )
    assert answer.status_code == 422
    with place.look() as session:
        assert session.scalars(select(Evidence).where(Evidence.original_name == "x.jpg")).all() == []


# --- somebody was quicker


def done_by_a_colleague(place: Place) -> dict[str, str]:
    """The self-check is submitted by another safety officer of the same firm."""
    with place.app.state.sessions.begin() as session:
        add_account(session, "colleague", place.house.firm, ROLES["officer"])
    form = {**WHOLE, "evidence.licences": str(place.house.proof)}
    assert place.enter("colleague").post(f"/tasks/{place.house.check}", data=form).status_code == 303
    return form


def test_who_is_too_late_is_told_who_and_when_and_finds_the_words_again(each_place: Place) -> None:
    form = done_by_a_colleague(each_place) | {"statement": "我写的说明，请不要丢"}
    answer = each_place.enter("officer").post(f"/tasks/{each_place.house.check}", data=form)
    assert answer.status_code == 409
    assert "Colleague已于8月18日 10:00办理了这一项" in answer.text
    assert "我写的说明，请不要丢" in answer.text
    assert "没有保存" in answer.text
    with each_place.look() as session:
        assert session.scalars(select(Submission.task_id)).all().count(each_place.house.check) == 1


def test_htmx_is_told_beside_the_form(place: Place) -> None:
    form = done_by_a_colleague(place)
    client = place.enter("officer", **{"HX-Request": "true"})
    answer = client.post(f"/tasks/{place.house.check}", data=form)
    assert answer.status_code == 409
    assert answer.headers["hx-retarget"] == "#notice"
    assert "Colleague已于8月18日 10:00办理了这一项" in answer.text


def test_a_draft_that_comes_too_late_is_not_kept(place: Place) -> None:
    done_by_a_colleague(place)
    answer = place.enter("officer").post(f"/tasks/{place.house.check}/draft", data={"statement": "晚了"})
    assert answer.status_code == 409
    with place.look() as session:
        assert session.scalars(select(Draft)).all() == []


def test_a_second_request_for_more_time_is_a_conflict(place: Place) -> None:
    form = {"due_on": "2025-10-01", "reason": "设备到货推迟，需要延期"}
    path, officer = f"/obligations/{place.house.late}/extension", place.enter("officer")
    assert officer.post(path, data=form).status_code == 303
    answer = officer.post(path, data=form)
    assert answer.status_code == 409
    assert "已有一份延期申请" in answer.text
    with place.look() as session:
        assert len(session.scalars(select(Extension)).all()) == 2  # the other firm's and this one


def test_a_draft_comes_back_as_it_was(place: Place) -> None:
    officer, path = place.enter("officer"), f"/tasks/{place.house.check}"
    form = {"result": "defects", "statement": "一半", "defects.0.title": "证照过期"}
    assert officer.post(f"{path}/draft", data=form).status_code == 303
    page = officer.get(path).text
    assert 'value="defects" checked' in page
    assert all(words in page for words in ("一半", "证照过期", "草稿已保存"))
    with place.look() as session:
        assert session.get_one(UserTask, place.house.check).status == "open"
