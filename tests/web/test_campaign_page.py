"""The pages of one campaign: a town of it, the list behind each number, bodies side by side, the wall."""

from __future__ import annotations

import re

import pytest

from tests.web.house import NOW, Place
from workflows.sweep import sweep


def page_of(place: Place, username: str, path: str = "") -> str:
    answer = place.enter(username).get(f"/campaigns/{place.house.campaign}{path}")
    assert answer.status_code == 200
    return answer.text


def test_the_page_of_one_town_counts_and_refreshes_that_town(place: Place) -> None:
    town = f"?town={place.house.other_town}"
    page = page_of(place, "lead", town)
    assert "尚未派发" in page  # the campaign of `late` concerns the other town alone
    assert f'hx-get="/campaigns/{place.house.campaign}{town}"' in page
    assert "尚未派发" not in page_of(place, "lead")


@pytest.mark.parametrize("town", ["0", "999999", "x", "-1"])
def test_a_town_that_is_none_is_refused(place: Place, town: str) -> None:
    answer = place.enter("lead").get(f"/campaigns/{place.house.campaign}?town={town}")
    assert answer.status_code in (404, 422)


def test_every_step_in_the_table_opens_the_list_of_what_stands_there(place: Place) -> None:
    page = page_of(place, "lead")
    links = set(re.findall(rf'href="(/campaigns/{place.house.campaign}/nodes/[a-z_/]+)"', page))
    assert f"/campaigns/{place.house.campaign}/nodes/obligation/self_check" in links
    client = place.enter("lead")
    assert {client.get(link).status_code for link in links} == {200}


def test_the_list_of_a_step_opens_the_obligation_and_names_the_enterprise(place: Place) -> None:
    page = page_of(place, "town", "/nodes/obligation/self_check")
    assert f'href="/obligations/{place.house.late}"' in page
    assert "宏岳铸造" in page


def test_another_town_finds_nothing_at_the_step(place: Place) -> None:
    assert "宏岳铸造" not in page_of(place, "other_town", "/nodes/obligation/self_check")


@pytest.mark.parametrize("path", ["/nodes/extension/decide", "/nodes/campaign/wait", "/nodes/nothing/x"])
def test_a_process_without_a_list_is_not_found(place: Place, path: str) -> None:
    assert place.enter("lead").get(f"/campaigns/{place.house.campaign}{path}").status_code == 404


def test_a_step_that_does_not_exist_has_an_empty_list(place: Place) -> None:
    assert "没有停在这一环的" in page_of(place, "lead", "/nodes/obligation/nowhere")


@pytest.mark.parametrize("by", ["town", "department", "industry", "item"])
def test_each_line_of_a_comparison_opens_as_many_obligations_as_it_counts(place: Place, by: str) -> None:
    page = page_of(place, "lead", f"/compare?by={by}")
    [(link, owed)] = re.findall(
        r'<th scope="row"><a href="(/obligations[^"]+)".*?/ <a [^>]*>(\d+)</a></td>', page, re.DOTALL
    )
    rows = place.enter("lead").get(link.replace("&amp;", "&")).text
    assert len(re.findall(r'href="/obligations/\d+"', rows)) == int(owed) == 1


def test_a_comparison_by_something_else_is_refused(place: Place) -> None:
    assert place.enter("lead").get(f"/campaigns/{place.house.campaign}/compare?by=colour").status_code == 404


def test_the_trend_draws_a_line_up_to_today(place: Place) -> None:
    sweep(place.app.state.sessions, now=NOW)
    page = page_of(place, "lead")
    line = re.search(r'<polyline class="line" points="([^"]+)"', page)
    assert line
    assert len(line.group(1).split()) == 60  # 20 June to 18 August


def test_the_trend_names_the_pace_or_says_that_there_is_none(place: Place) -> None:
    assert "近10个工作日没有办结，无法推算。" in page_of(place, "lead")


def test_the_wall_shows_the_towns_and_asks_again_by_itself(place: Place) -> None:
    page = page_of(place, "leader", "/screen")
    assert "镇街排名" in page
    assert 'hx-trigger="every 60s"' in page
    part = (
        place.enter("leader", **{"HX-Request": "true"}).get(f"/campaigns/{place.house.campaign}/screen").text
    )
    assert "镇街排名" in part
    assert "<html" not in part
