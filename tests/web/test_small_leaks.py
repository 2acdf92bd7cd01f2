"""What an answer must not carry: another's cookie, a name out of sight, a file as something it is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests import files
from tests.factories import world_in
from tests.people import NOW
from tests.web.conftest import token_of
from tests.web.house import Place
from workflows import imports


def test_a_campaign_that_does_not_concern_a_firm_is_not_named_to_it(place: Place) -> None:
    client = place.enter("other_officer")
    assert client.get(f"/obligations?campaign={place.house.campaign}").status_code == 404
    mine = client.get(f"/obligations/{place.house.other_late}")
    assert mine.status_code == 200


def test_the_session_is_new_after_signing_in_whatever_cookie_was_planted(place: Place) -> None:
    client = place.enter()
    client.cookies.set("bihuan_session", "planted")
    form = {"csrf_token": token_of(client), "username": "officer", "password": "Right-horse-1"}
    answer = client.post("/login", data=form)
    assert answer.status_code == 303
    assert re.search(r"bihuan_session=(?!planted)[^;]{20,}", answer.headers["set-cookie"])
    assert place.enter(cookie="bihuan_session=planted").get("/inbox").status_code == 303


def test_evidence_is_kept_by_no_cache_for_somebody_else(place: Place) -> None:
    headers = place.enter("officer").get(f"/evidence/{place.house.proof}").headers
    assert headers["cache-control"].startswith("private")
    assert headers["vary"] == "Cookie"


@pytest.mark.parametrize(
    "path", ["/inbox", "/obligations/{late}", "/hazards/{hazard}", "/campaigns/{campaign}/nodes/hazard"]
)
def test_pages_are_kept_by_no_cache(place: Place, path: str) -> None:
    answer = place.enter("lead").get(path.format(**vars(place.house)))
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nX-Evil: 1.jpg",
        'a"; filename=evil.html; x=".jpg',
        "../../etc/passwd.jpg",
        "证\u202egpj.jpg",
        "a;b.jpg",
    ],
)
def test_the_name_of_a_file_writes_no_header(place: Place, name: str) -> None:
    client = place.enter("officer")
    page = client.post("/evidence", files={"file": (name, files.JPEG)}, data={"name": "photos"})
    assert page.status_code == 201
    found = re.search(r'value="(\d+)"', page.text)
    assert found is not None
    headers = client.get(f"/evidence/{found[1]}?download=1").headers
    assert "x-evil" not in headers
    assert headers["content-type"] == "image/jpeg"
    assert re.fullmatch(
        r"""attachment; filename(="[^";]*"|\*=utf-8''[\w%.~-]*)""", headers["content-disposition"]
    )


def test_a_register_row_with_control_characters_is_refused_and_the_others_go_in(each_place: Place) -> None:
    lead = each_place.enter("lead")
    rows = (
        "企业名称,统一社会信用代码,镇街,监管部门,行业\n"
        "甲有限公司,91110000600037341L,测试镇1,测试部门1,金属冶炼\n"
        "乙\0有限公司,91350100M000100Y43,测试镇1,测试部门1,金属冶炼\n"
    )
    answer = lead.post("/enterprises/import", files={"file": ("台\0账.csv", rows.encode())})
    address = answer.headers["location"]
    folder = each_place.app.state.settings.import_dir
    imports.run_due(each_place.app.state.sessions, folder, machine_now=NOW)
    assert "里有换行或不可见字符" in lead.get(address).text
    assert lead.post(f"{address}/accept").status_code == 303
    imports.run_due(each_place.app.state.sessions, folder, machine_now=NOW)
    assert "甲有限公司" in lead.get("/enterprises?q=甲有限").text


def test_the_search_finds_through_control_characters(each_place: Place) -> None:
    page = each_place.enter("lead").get("/enterprises", params={"q": "宏\0岳", "town": ""})
    assert page.status_code == 200
    assert "宏岳铸造" in page.text


def test_the_next_page_of_the_register_keeps_the_town(place: Place) -> None:
    with place.app.state.sessions.begin() as session:
        world = world_in(session, Path())
        for _ in range(51):
            world.firm(town_id=place.house.town)
    page = place.enter("lead").get(f"/enterprises?town={place.house.town}").text
    assert f'href="/enterprises?q=&amp;town={place.house.town}&amp;offset=50"' in page
