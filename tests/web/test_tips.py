"""What a code on a wall opens: the form without an account, its limits, and who sees what came of it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from PIL import Image
from PIL.ExifTags import Base
from sqlalchemy import select

from tests.web.house import NOW, Place
from workflows.audit.models import AuditEntry
from workflows.evidence import storage
from workflows.evidence.models import Evidence
from workflows.hazards.models import Hazard
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus
from workflows.tips.models import Tip, TipCode

TEXT = "平台护栏断了一截，从楼梯上看得见"
HIDDEN = re.compile(r'name="(csrf_token|form_key|kept)" value="([^"]*)"')


def picture() -> bytes:
    exif = Image.Exif()
    exif[Base.Make] = "PHONE-OF-WANG"
    out = BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif)
    return out.getvalue()


def hang(place: Place, who: str = "officer", **form: str) -> str:
    """Make a code; its token."""
    answer = place.enter(who).post("/tip-codes", data={"place": "二号平台", **form})
    assert answer.status_code == 303
    with place.look() as session:
        return session.scalars(select(TipCode.token).order_by(TipCode.id.desc())).first() or ""


def hidden(page: Response) -> dict[str, str]:
    return {str(name): str(value) for name, value in HIDDEN.findall(page.text)}


def send(client: TestClient, token: str, *, photo: bytes | None = None, **form: str) -> Response:
    """Open the form and send it."""
    typed = {**hidden(client.get(f"/s/{token}")), "place": "二号平台", "text": TEXT, **form}
    files = {"photo": ("IMG_WANG.jpg", photo, "image/jpeg")} if photo is not None else None
    return client.post(f"/s/{token}", data=typed, files=files)


def tips(place: Place) -> list[Tip]:
    with place.look() as session:
        return list(session.scalars(select(Tip).order_by(Tip.id)))


def triage(place: Place, tip: Tip, who: str = "town", *, lang: str = "zh_CN", **form: Any) -> Response:
    with place.look() as session:
        page = place.enter(who).get(f"/tips/{tip.id}")
        assert session.get(Tip, tip.id) is not None
    task = re.search(r"/inbox\?task=(\d+)", page.text)
    assert task is not None
    return place.enter(who).post(f"/tasks/{task[1]}?lang={lang}", data=form)


def accepted(place: Place) -> Tip:
    [tip] = tips(place)
    answer = triage(
        place, tip, decision="accept", hazard_title="护栏缺失", hazard_place="二号平台",
        hazard_description="护栏缺一段",
        pass_on_photo="true",
    )  # fmt: skip
    assert answer.status_code == 303, answer.text
    return tips(place)[0]


def test_somebody_without_an_account_reports_and_looks_it_up(each_place: Place) -> None:
    token = hang(each_place)
    client = each_place.enter()
    answer = send(client, token, photo=picture())
    assert answer.status_code == 303
    [tip] = tips(each_place)
    assert (tip.text, tip.place, tip.enterprise_id) == (TEXT, "二号平台", each_place.house.firm)
    page = client.get(answer.headers["location"])
    assert f"{tip.number[:4]}-{tip.number[4:]}" in page.text
    assert "已收到，待核实" in page.text


def test_the_place_stands_in_the_form_already(place: Place) -> None:
    assert 'value="二号平台"' in place.enter().get(f"/s/{hang(place)}").text


def test_the_form_needs_no_script_and_no_second_style_sheet(place: Place) -> None:
    page = place.enter().get(f"/s/{hang(place)}").text
    assert "<script" not in page
    assert page.count('rel="stylesheet"') == 1


def test_nothing_that_the_phone_wrote_into_the_picture_is_kept(place: Place) -> None:
    send(place.enter(), hang(place), photo=picture())
    with place.look() as session:
        [tip] = session.scalars(select(Tip))
        kept = session.get_one(Evidence, tip.evidence_id)
        content = storage.path_of(place.app.state.settings.evidence_dir, kept.sha256).read_bytes()
    assert b"PHONE-OF-WANG" not in content
    assert kept.original_name == "photo.jpg"


def test_nothing_is_written_down_about_the_reporter(place: Place) -> None:
    client = place.enter(**{"user-agent": "WANGS-PHONE"})
    send(client, hang(place), photo=picture())
    with place.look() as session:
        rows = [
            repr(vars(one)) for model in (Tip, Evidence, AuditEntry) for one in session.scalars(select(model))
        ]
    assert [row for row in rows if "testclient" in row or "WANG" in row] == []


def test_a_form_sent_twice_is_one_report_with_one_number(place: Place) -> None:
    token, client = hang(place), place.enter()
    typed = {**hidden(client.get(f"/s/{token}")), "place": "二号平台", "text": TEXT}
    first, second = (client.post(f"/s/{token}", data=typed) for _ in range(2))
    assert first.headers["location"] == second.headers["location"]
    assert len(tips(place)) == 1


def test_a_form_of_another_site_is_refused(place: Place) -> None:
    token = hang(place)
    answer = place.enter().post(f"/s/{token}", data={"place": "二号平台", "text": TEXT})
    assert answer.status_code == 403
    assert tips(place) == []


def test_without_a_sentence_the_rest_is_kept_and_so_is_the_picture(place: Place) -> None:
    token, client = hang(place), place.enter()
    answer = send(client, token, photo=picture(), text="")
    assert answer.status_code == 422
    assert "请用一句话写明看到了什么" in answer.text
    assert "照片已收到" in answer.text
    again = client.post(f"/s/{token}", data={**hidden(answer), "place": "二号平台", "text": TEXT})
    assert again.status_code == 303
    [tip] = tips(place)
    assert tip.evidence_id is not None


def test_a_photo_that_is_none_is_named_and_the_words_stay(place: Place) -> None:
    answer = send(place.enter(), hang(place), photo=b"%PDF-1.7 nothing")
    assert answer.status_code == 422
    assert "这个文件不是照片" in answer.text
    assert TEXT in answer.text
    assert tips(place) == []


def test_of_a_hundred_reports_a_minute_the_rest_wait_and_keep_their_words(place: Place) -> None:
    token, client = hang(place), place.enter()
    typed = {**hidden(client.get(f"/s/{token}")), "place": "二号平台"}
    answers = [
        client.post(f"/s/{token}", data={**typed, "text": f"{TEXT}{n}", "form_key": f"key-{n}"})
        for n in range(100)
    ]
    assert [answer.status_code for answer in answers] == [303] * 20 + [429] * 80
    assert f"{TEXT}99" in answers[-1].text
    assert "请在10分钟后再按“发送”" in answers[-1].text
    assert int(answers[-1].headers["retry-after"]) <= 601
    assert len(tips(place)) == 20


def test_numbers_cannot_be_tried_out(place: Place) -> None:
    client = place.enter()
    found = [client.get(f"/s?number=AAAA22{n}").status_code for n in range(32, 64)]
    assert found == [404] * 30 + [429] * 2


def test_a_plant_that_is_gone_says_what_to_do_instead(place: Place) -> None:
    token, client = hang(place), place.enter()
    typed = hidden(client.get(f"/s/{token}"))
    with place.app.state.sessions.begin() as session:
        session.get_one(Enterprise, place.house.firm).status = EnterpriseStatus.DEREGISTERED
    answer = client.post(f"/s/{token}", data={**typed, "place": "二号平台", "text": TEXT})
    assert answer.status_code == 410
    for said in ("已经注销", "12350", TEXT):
        assert said in answer.text
    assert tips(place) == []


def test_a_code_that_was_taken_down_says_so(place: Place) -> None:
    token = hang(place)
    with place.look() as session:
        code = session.scalars(select(TipCode.id)).one()
    assert place.enter("officer").post(f"/tip-codes/{code}/disable").status_code == 303
    answer = place.enter().get(f"/s/{token}")
    assert answer.status_code == 410
    assert "这个二维码已停用" in answer.text


def test_what_is_no_code_says_scan_again(place: Place) -> None:
    answer = place.enter().get("/s/no-such-code")
    assert answer.status_code == 404
    assert "再扫一次" in answer.text


def test_the_enterprise_sees_the_hazard_but_not_the_report(each_place: Place) -> None:
    send(each_place.enter(), hang(each_place), photo=picture())
    tip = accepted(each_place)
    officer = each_place.enter("officer")
    page = officer.get(f"/hazards/{tip.hazard_id}")
    assert page.status_code == 200
    assert "护栏缺一段" in page.text
    for path in (f"/hazards/{tip.hazard_id}", "/hazards", "/inbox", "/notices"):
        text = officer.get(path).text
        assert [said for said in (TEXT, "扫码反映", "anonymous") if said in text] == []
    assert officer.get(f"/tips/{tip.id}").status_code == 403
    assert officer.get(f"/evidence/{tip.evidence_id}").status_code == 404


def test_the_reporter_reads_what_became_of_it(place: Place) -> None:
    send(place.enter(), hang(place))
    tip = accepted(place)
    assert "已受理" in place.enter().get(f"/s?number={tip.number.lower()}").text


def test_a_hazard_of_another_enterprise_is_refused_beside_the_field(place: Place) -> None:
    send(place.enter(), hang(place))
    [tip] = tips(place)
    answer = triage(place, tip, decision="duplicate", duplicate_of=str(place.house.other_hazard))
    assert answer.status_code == 422
    assert "这家企业没有这一处隐患" in answer.text


def test_a_duplicate_joins_the_hazard_that_is_open(place: Place) -> None:
    send(place.enter(), hang(place))
    [tip] = tips(place)
    assert triage(place, tip, decision="duplicate", duplicate_of=str(place.house.hazard)).status_code == 303
    assert tips(place)[0].hazard_id == place.house.hazard


def test_another_town_does_not_see_it(place: Place) -> None:
    send(place.enter(), hang(place))
    [tip] = tips(place)
    client = place.enter("other_town")
    assert client.get(f"/tips/{tip.id}").status_code == 404
    assert TEXT not in client.get("/tips").text


@pytest.mark.parametrize("who", ["department", "other_department", "other_town"])
def test_nobody_but_the_town_opens_the_picture(place: Place, who: str) -> None:
    send(place.enter(), hang(place), photo=picture())
    [tip] = tips(place)
    assert place.enter("town").get(f"/evidence/{tip.evidence_id}").status_code == 200
    assert place.enter(who).get(f"/evidence/{tip.evidence_id}").status_code == 404


def test_the_picture_goes_along_to_the_town_of_another_enterprise(place: Place) -> None:
    send(place.enter(), hang(place), photo=picture())
    [tip] = tips(place)
    assert triage(place, tip, decision="other_enterprise", enterprise="云麓食品").status_code == 303
    [tip] = tips(place)
    assert place.enter("other_town").get(f"/evidence/{tip.evidence_id}").status_code == 200


def test_the_town_sees_how_many_wait(place: Place) -> None:
    send(place.enter(), hang(place))
    page = place.enter("town").get("/tips").text
    assert TEXT in page
    assert "待核实 1" in page


def test_a_town_makes_codes_only_in_its_area(place: Place) -> None:
    answer = place.enter("town").post("/tip-codes", data={"place": "门口", "enterprise_name": "云麓食品"})
    assert answer.status_code == 422
    assert "您的辖区内没有这家企业" in answer.text
    assert hang(place, "town", enterprise_name="宏岳铸造")


def test_an_enterprise_cannot_take_down_its_towns_code(place: Place) -> None:
    hang(place, "town", enterprise_name="宏岳铸造")
    with place.look() as session:
        code = session.scalars(select(TipCode.id)).one()
    answer = place.enter("officer").post(f"/tip-codes/{code}/disable")
    assert answer.status_code == 409
    assert "镇街设的" in answer.text


def test_another_firms_code_cannot_be_printed_or_taken_down(place: Place) -> None:
    hang(place)
    with place.look() as session:
        code = session.scalars(select(TipCode.id)).one()
    client = place.enter("other_officer")
    assert client.get(f"/tip-codes/{code}/print").status_code == 404
    assert client.post(f"/tip-codes/{code}/disable").status_code == 404


@pytest.mark.parametrize("size", ["a4", "a6"])
def test_a_code_is_printed_with_its_drawing_and_its_place(place: Place, size: str) -> None:
    hang(place)
    with place.look() as session:
        code = session.scalars(select(TipCode.id)).one()
    page = place.enter("officer").get(f"/tip-codes/{code}/print?size={size}").text
    assert "<svg" in page
    assert 'class="qr"' in page
    assert "二号平台" in page


def test_the_hazard_was_found_by_the_officer(place: Place) -> None:
    send(place.enter(), hang(place))
    tip = accepted(place)
    with place.look() as session:
        hazard = session.get_one(Hazard, tip.hazard_id)
    assert hazard.found_by.startswith("account:")
    assert hazard.found_at == NOW
