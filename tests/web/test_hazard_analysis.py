"""The analysis of hazards: who sees what, what is behind a number, the ledger as a file."""

from __future__ import annotations

import io
import re

import pytest
from openpyxl import load_workbook

from tests.web.house import Place


def test_each_number_of_the_page_opens_as_many_hazards(each_place: Place) -> None:
    client = each_place.enter("lead")
    page = client.get("/hazards/analysis?first=2025-06-01").text
    numbers = re.findall(r'href="(/hazards/analysis/behind\?[^"]+)">([\d,]+)</a>', page)
    assert numbers
    for link, number in numbers:
        behind = client.get(link.replace("&amp;", "&"))
        assert behind.status_code == 200
        assert behind.text.count('<th scope="row">') == int(number), link


def test_a_town_sees_its_own_hazards_only(each_place: Place) -> None:
    house = each_place.house
    page = each_place.enter("town").get("/hazards/analysis/behind?first=2025-06-01").text
    assert f"/hazards/{house.hazard}" in page
    assert f"/hazards/{house.other_hazard}" not in page
    assert all(link.startswith(("/", "#", "?")) for link in re.findall(r'href="([^"]+)"', page))


def test_without_a_choice_it_is_the_month_up_to_today(place: Place) -> None:
    page = place.enter("lead").get("/hazards/analysis").text
    assert 'value="2025-08-01"' in page
    assert 'value="2025-08-18"' in page


def test_the_ledger_is_a_workbook_with_a_row_each(place: Place) -> None:
    answer = place.enter("lead").get("/hazards/ledger.xlsx?first=2025-06-01")
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    assert {row[0] for row in rows[1:]} == {place.house.hazard, place.house.other_hazard}
    listed = place.enter("lead").get("/hazards/ledger.xlsx?first=2025-06-01&listed=1")
    sheet = load_workbook(io.BytesIO(listed.content)).active
    assert sheet is not None
    assert sheet.max_row == 1


@pytest.mark.parametrize(
    "query", ["first=2025-08-10&last=2025-08-01", "first=morgen", "part=all", "by=town&key=nowhere"]
)
def test_a_time_a_part_or_a_town_that_is_none_is_refused(place: Place, query: str) -> None:
    assert place.enter("lead").get(f"/hazards/analysis/behind?{query}").status_code in (404, 422)


def test_an_enterprise_has_no_analysis(place: Place) -> None:
    assert place.enter("officer").get("/hazards/analysis").status_code == 403
    assert place.enter("officer").get("/hazards/ledger.xlsx").status_code == 403
