"""A hazard that began with a scanned code: its source is told to the authorities, its department is the right one."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.web.house import NOW, Place
from tests.web.test_tips import TEXT, hang, picture, send, tips, triage
from tests.web.test_what_was_typed import error_at
from workflows.audit.models import AuditEntry
from workflows.evidence.models import Evidence
from workflows.hazards.models import Hazard
from workflows.organizations.models import Organization

WORDS = {
    "decision": "accept", "hazard_title": "护栏缺失", "hazard_place": "二号平台", "hazard_description": "护栏缺一段",
    "pass_on_photo": "true",
}  # fmt: skip
SCANNED = "随手拍（扫码）"
PERIOD = f"first={NOW:%Y-%m-01}&last={NOW:%Y-%m-%d}"


def accepted(place: Place, **more: str) -> Hazard:
    send(place.enter(), hang(place), photo=picture())
    answer = triage(place, tips(place)[0], **WORDS, **more)
    assert answer.status_code == 303, answer.text
    with place.look() as session:
        return session.get_one(Hazard, tips(place)[0].hazard_id)


def other_department(place: Place) -> Organization:
    with place.look() as session:
        [own] = session.scalars(select(Hazard.department_id).where(Hazard.id == place.house.hazard))
        return session.scalars(
            select(Organization).where(Organization.kind == "department", Organization.id != own)
        ).first()  # type: ignore[return-value]


# --- the source


@pytest.mark.parametrize("who", ["town", "department", "lead", "leader"])
def test_the_authorities_read_that_a_code_was_scanned(place: Place, who: str) -> None:
    hazard = accepted(place)
    assert SCANNED in place.enter(who).get(f"/hazards/{hazard.id}").text


@pytest.mark.parametrize("who", ["officer", "principal"])
def test_the_enterprise_reads_nothing_of_a_code(place: Place, who: str) -> None:
    hazard = accepted(place)
    client = place.enter(who)
    for path in (f"/hazards/{hazard.id}", "/hazards", "/inbox", "/notices"):
        assert [said for said in ("（扫码）", "扫码反映", TEXT) if said in client.get(path).text] == []
    assert "监督检查" in client.get(f"/hazards/{hazard.id}").text


@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_it_is_counted_by_its_source(place: Place, lang: str) -> None:
    accepted(place)
    page = place.enter("lead").get(f"/hazards/analysis?{PERIOD}&lang={lang}").text
    told = {"zh_CN": SCANNED, "en": "Code on a wall"}
    row = re.search(rf'<tr><th scope="row">{re.escape(told[lang])}</th>.*?</tr>', page, re.S)
    assert row is not None
    assert "by=source&amp;key=tip" in row[0]


def test_the_list_behind_the_number_holds_it_alone(place: Place) -> None:
    hazard = accepted(place)
    page = place.enter("lead").get(f"/hazards/analysis/behind?{PERIOD}&part=found&by=source&key=tip").text
    assert set(re.findall(r'href="/hazards/(\d+)"', page)) == {str(hazard.id)}


def test_the_ledger_names_its_source_and_nothing_of_the_report(place: Place) -> None:
    accepted(place)
    content = place.enter("lead").get(f"/hazards/ledger.xlsx?{PERIOD}").content
    cells = [str(cell.value) for row in load_workbook(BytesIO(content)).active.iter_rows() for cell in row]
    assert cells.count(SCANNED) == 1
    assert [cell for cell in cells if TEXT in cell] == []


# --- the department


def form_of_the_town(place: Place) -> str:
    send(place.enter(), hang(place))
    page = place.enter("town").get(f"/tips/{tips(place)[0].id}").text
    task = re.search(r"/inbox\?task=(\d+)", page)
    assert task is not None
    return place.enter("town").get(f"/tasks/{task[1]}").text


def test_the_departments_stand_in_the_form_to_be_chosen(place: Place) -> None:
    assert f'<option value="{other_department(place).name}">' in form_of_the_town(place)


def test_the_form_says_by_when(place: Place) -> None:
    assert "还有3个工作日" in form_of_the_town(place)


def test_the_hazard_goes_to_the_department_that_the_town_names(each_place: Place) -> None:
    other = other_department(each_place)
    hazard = accepted(each_place, department=other.name)
    assert hazard.department_id == other.id
    assert each_place.enter("other_department").get(f"/hazards/{hazard.id}").status_code == 200
    assert each_place.enter("department").get(f"/hazards/{hazard.id}").status_code == 404


def test_a_department_that_there_is_not_is_refused_at_its_field(place: Place) -> None:
    send(place.enter(), hang(place))
    answer = triage(place, tips(place)[0], **WORDS, department="没有的局")
    assert answer.status_code == 422
    assert "归哪个部门管" in error_at(answer.text, "f-department")
    assert tips(place)[0].decided_at is None


def test_the_department_that_deals_with_it_opens_its_picture(place: Place) -> None:
    hazard = accepted(place, department=other_department(place).name)
    with place.look() as session:
        query = select(Evidence.id).where(Evidence.organization_id == hazard.enterprise_id)
        number = session.scalars(query.order_by(Evidence.id.desc())).first()
    assert place.enter("other_department").get(f"/evidence/{number}").status_code == 200
    assert place.enter("other_department").get(f"/evidence/{place.house.proof}").status_code == 404


def test_who_chose_the_department_is_written_down(place: Place) -> None:
    other = other_department(place)
    hazard = accepted(place, department=other.name)
    with place.look() as session:
        query = select(AuditEntry).where(AuditEntry.action == "hazard.transfer")
        entry = session.scalars(query).one()
    assert (entry.subject, entry.detail["to"]) == (f"hazard:{hazard.id}", other.id)
    assert entry.actor.startswith("account:")
