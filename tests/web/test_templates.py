"""The pages of templates: read, printed, moved to another year, changed and kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from lxml import html
from sqlalchemy import select

from tests.web.house import Place
from workflows.campaigns.models import TemplateVersion

ANSHAN, DRIVE = "/templates/anshan-three-year", "/templates/hundred-day-drive"


def form_of(client: TestClient, page: str) -> dict[str, Any]:
    """What the form on a page would send unchanged."""
    form = html.fromstring(client.get(page).text).xpath("//form[contains(@action, '/versions')]")[0]
    fields: dict[str, Any] = {}
    for name, value in form.form_values():
        fields.setdefault(name, []).append(value)
    return fields


@pytest.mark.parametrize("key", [ANSHAN, DRIVE])
def test_a_template_is_read_with_every_row_its_basis_and_its_gaps(place: Place, key: str) -> None:
    page = place.enter("leader").get(key).text
    if key == ANSHAN:
        rows = re.findall(r'<td class="mute">(A[\d.]+\w*|U\d+)</td>', page)
        assert len(rows) == 48
        assert "安全生产责任保险实施办法" in page
        assert "方案没有界定重点领域" in page
    else:
        assert "缺口：" in page


def test_a_template_is_shown_in_another_year(place: Place) -> None:
    page = place.enter("lead").get(f"{ANSHAN}?year=2027").text
    assert "2027年12月31日" in page
    assert "2020年12月31日" not in page


def test_every_kept_row_is_in_the_form_and_an_unchanged_form_is_the_same_content(place: Place) -> None:
    client = place.enter("lead")
    answer = client.post(f"{DRIVE}/versions", data=form_of(client, f"{DRIVE}/edit"))
    assert answer.status_code == 303
    with place.look() as session:
        [kept] = session.scalars(select(TemplateVersion))
    assert (len(kept.data["items"]), len(kept.data["duties"])) == (33, 10)
    assert client.get(answer.headers["location"]).status_code == 200


def test_a_version_is_kept_and_offered_at_the_launch(place: Place) -> None:
    client = place.enter("lead")
    form = form_of(client, f"{ANSHAN}/edit?year=2025")
    form |= {"title": "我区三年行动", "title.A1.1": "责任书", "due.A1.1": "2025-11-30"}
    form.pop("keep.U8")
    answer = client.post(f"{ANSHAN}/versions", data=form)
    kept = answer.headers["location"].split("?")[0]
    assert "已另存为新版本" in client.get(answer.headers["location"]).text
    page = client.get(f"/campaigns/new?template={kept.rsplit('/', 1)[1]}").text
    assert "我区三年行动" in page
    assert "责任书" in page
    assert "U8" not in page


def test_a_broken_change_is_refused_with_its_row_and_nothing_is_lost(place: Place) -> None:
    client = place.enter("lead")
    form = form_of(client, f"{ANSHAN}/edit") | {"due.A1.1": "2020-02-31", "title.A1.2": "五到位（改）"}
    answer = client.post(f"{ANSHAN}/versions", data=form)
    assert answer.status_code == 422
    assert "企业清单第1行 A1.1" in answer.text
    assert 'value="2020-02-31"' in answer.text
    assert "五到位（改）" in answer.text
    with place.look() as session:
        assert session.scalars(select(TemplateVersion)).all() == []


@pytest.mark.parametrize("who", ["town", "department", "leader"])
def test_who_reads_a_template_does_not_change_it(place: Place, who: str) -> None:
    client = place.enter(who)
    assert client.get(ANSHAN).status_code == 200
    assert client.get(f"{ANSHAN}/edit").status_code == 403
    assert client.post(f"{ANSHAN}/versions", data={}).status_code == 403


@pytest.mark.parametrize("page", ["/templates/nothing", "/templates/nothing/edit"])
def test_an_unknown_template_does_not_exist(place: Place, page: str) -> None:
    assert place.enter("lead").get(page).status_code == 404


def test_the_preview_says_what_is_past_and_who_stands_in(place: Place) -> None:
    client = place.enter("lead")
    page = client.get("/campaigns/new?template=anshan-three-year&year=2024").text
    assert "另有 13 期已过，不派发" in page  # July 2024 to July 2025
    assert "本区没有这个部门，由牵头单位承担" in page
    assert "“重点领域”的范围" in page


def test_a_shifted_template_is_launched_in_its_year(place: Place) -> None:
    client = place.enter("lead")
    answer = client.post("/campaigns", data={"template": "anshan-three-year", "year": "2025"})
    assert answer.status_code == 303
    page = client.get(answer.headers["location"]).text
    assert "动员部署" in page


@pytest.mark.parametrize(
    "path", ["/templates", ANSHAN, f"{ANSHAN}/edit", "/duties", "/campaigns/new?template=anshan-three-year"]
)
def test_the_pages_speak_english(place: Place, path: str) -> None:
    client = place.enter("lead")
    client.cookies.set("bihuan_language", "en")
    assert client.get(path).status_code == 200
