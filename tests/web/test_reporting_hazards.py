"""Reporting a hazard: who says on what occasion it was found, and where one reads it afterwards."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.web.house import Place
from workflows.hazards.models import Hazard

SEEN = {"title": "配电箱冒烟", "place": "三号车间"}


def reported(place: Place, who: str, **form: str) -> str:
    """The source of the hazard that was opened."""
    answer = place.enter(who).post("/hazards", data={**SEEN, **form})
    assert answer.status_code == 303
    with place.look() as session:
        return session.scalars(select(Hazard.source).where(Hazard.title == SEEN["title"])).one()


@pytest.mark.parametrize(("source", "word"), [("check", "监督检查"), ("inspection", "执法检查")])
def test_an_official_says_on_what_occasion_they_saw_it(place: Place, source: str, word: str) -> None:
    assert reported(place, "lead", enterprise=str(place.house.firm), source=source) == source
    with place.look() as session:
        number = session.scalars(select(Hazard.id).where(Hazard.title == SEEN["title"])).one()
    assert f" · {word}</dd>" in place.enter("lead").get(f"/hazards/{number}").text


def test_an_enterprise_is_not_asked(place: Place) -> None:
    assert 'name="source"' not in place.enter("officer").get("/hazards/new").text
    assert reported(place, "officer") == "report"
    answer = place.enter("officer").post("/hazards", data={**SEEN, "source": "inspection"})
    assert answer.status_code == 422


def test_who_comes_from_a_visit_finds_enterprise_and_occasion_filled_in(place: Place) -> None:
    firm = place.house.firm
    page = place.enter("lead").get(f"/hazards/new?enterprise={firm}&inspection=1").text
    assert f'<option value="{firm}" selected>' in page
    assert 'value="inspection" checked' in page


def test_no_official_reports_without_saying_how_it_was_found(place: Place) -> None:
    answer = place.enter("lead").post("/hazards", data={**SEEN, "enterprise": str(place.house.firm)})
    assert answer.status_code == 422
    assert "怎么发现的" in answer.text
