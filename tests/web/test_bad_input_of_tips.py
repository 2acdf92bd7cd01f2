"""What is wrong with a report from a phone is said in the language of the page, and what was typed stays."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from tests.web.house import Place
from tests.web.test_tips import TEXT, hang, hidden, tips, triage
from tests.web.test_tips import send as send_chinese
from workflows.register.models import Enterprise
from workflows.register.types import EnterpriseStatus

LANGUAGES = pytest.mark.parametrize("lang", ["zh_CN", "en"])


def send(client: TestClient, token: str, lang: str, *, photo: bytes | None = None, **form: str) -> Response:
    typed = {**hidden(client.get(f"/s/{token}?lang={lang}")), "place": "二号平台", "text": TEXT, **form}
    files = {"photo": ("seen.jpg", photo, "image/jpeg")} if photo is not None else None
    return client.post(f"/s/{token}?lang={lang}", data=typed, files=files)


def kept(place: Place, answer: Response, status: int, *words: str) -> None:
    """Refused with these words and with the sentence that was typed; nothing was stored."""
    assert answer.status_code == status
    assert [one for one in (*words, TEXT) if one not in answer.text] == []
    assert tips(place) == []


@LANGUAGES
def test_a_photo_that_is_none(place: Place, lang: str) -> None:
    told = {"zh_CN": "这个文件不是照片", "en": "This file is not a photo"}
    kept(place, send(place.enter(), hang(place), lang, photo=b"%PDF-1.7"), 422, told[lang])


@LANGUAGES
def test_a_picture_that_is_cut_off(place: Place, lang: str) -> None:
    told = {"zh_CN": "这个文件不是照片", "en": "This file is not a photo"}
    kept(
        place, send(place.enter(), hang(place), lang, photo=b"\xff\xd8\xff\xe0\x00\x10JFIF"), 422, told[lang]
    )


@LANGUAGES
def test_an_empty_photo(place: Place, lang: str) -> None:
    told = {"zh_CN": "照片是空的", "en": "The photo is empty"}
    kept(place, send(place.enter(), hang(place), lang, photo=b""), 422, told[lang])


@LANGUAGES
def test_a_code_of_a_plant_that_is_gone(place: Place, lang: str) -> None:
    token, client = hang(place), place.enter()
    typed = hidden(client.get(f"/s/{token}?lang={lang}"))
    with place.app.state.sessions.begin() as session:
        session.get_one(Enterprise, place.house.firm).status = EnterpriseStatus.DEREGISTERED
    answer = client.post(f"/s/{token}?lang={lang}", data={**typed, "place": "二号平台", "text": TEXT})
    told = {"zh_CN": "这家企业已经注销", "en": "This enterprise is no longer registered"}
    kept(place, answer, 410, told[lang], "12350")


@LANGUAGES
def test_a_hundred_reports_a_minute_from_one_phone(place: Place, lang: str) -> None:
    token, client = hang(place), place.enter()
    typed = {**hidden(client.get(f"/s/{token}?lang={lang}")), "place": "二号平台"}
    answers = [
        client.post(f"/s/{token}", data={**typed, "text": f"{TEXT}{n}", "form_key": f"key-{n}"})
        for n in range(100)
    ]
    told = {
        "zh_CN": "短时间内发来的太多，这一条还没有收下",
        "en": "Too many reports in a short time; this one has not been taken",
    }
    assert [answer.status_code for answer in answers] == [303] * 20 + [429] * 80
    assert [
        n for n in range(20, 100) if f"{TEXT}{n}" not in answers[n].text or told[lang] not in answers[n].text
    ] == []
    assert len(tips(place)) == 20


@LANGUAGES
def test_a_hazard_of_another_enterprise(place: Place, lang: str) -> None:
    send_chinese(place.enter(), hang(place))
    [tip] = tips(place)
    answer = triage(place, tip, lang=lang, decision="duplicate", duplicate_of=str(place.house.other_hazard))
    told = {"zh_CN": "这家企业没有这一处隐患", "en": "This enterprise has no such hazard"}
    assert (answer.status_code, told[lang] in answer.text) == (422, True)
    assert tips(place)[0].decided_at is None
