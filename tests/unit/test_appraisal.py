"""Indicators against the figures that domain.md recomputed from the source."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflows.appraisal.library import indicator, indicators, years
from workflows.appraisal.rules import drop_of, find, score
from workflows.appraisal.types import Finding, Verdict


def of(code: str, year: int, **reported: str) -> Finding:
    one = indicator(code)
    assert one is not None
    values = {**one.values, **{int(name[1:]): Decimal(value) for name, value in reported.items()}}
    return find(one, values, year)


@pytest.mark.parametrize(
    ("code", "drop"), [("gdp", "45.78"), ("industry", "68.97"), ("coal", "85.85"), ("serious", "62.50")]
)
def test_the_drops_of_the_twelfth_plan_are_those_of_the_source(code: str, drop: str) -> None:
    found = of(code, 2015)
    assert (found.drop, found.verdict) == (Decimal(drop), Verdict.MET)


@pytest.mark.parametrize("code", ["road", "fire", "equipment"])
def test_the_caps_of_the_twelfth_plan_were_kept(code: str) -> None:
    assert of(code, 2015).verdict is Verdict.MET


def test_a_rise_is_a_negative_drop() -> None:
    assert drop_of(Decimal("0.163"), Decimal("0.221")) == Decimal("-35.58")


def test_a_target_without_a_base_says_nothing_instead_of_guessing() -> None:
    found = of("gdp", 2020, y2020="0.03")
    assert (found.verdict, found.drop, found.required) == (Verdict.UNKNOWN, None, None)
    assert found.target is not None
    assert found.target.gap_note


def test_without_a_value_there_is_no_verdict() -> None:
    assert of("road", 2018).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("1.62", Verdict.MET), ("1.63", Verdict.BEHIND), ("1.944", Verdict.BEHIND), ("1.945", Verdict.SERIOUS)],
)
def test_a_cap_is_met_up_to_its_amount_and_serious_a_fifth_above(value: str, verdict: Verdict) -> None:
    assert of("road", 2017, y2017=value).verdict is verdict


@pytest.mark.parametrize(
    ("value", "verdict"),
    [("0.0640", Verdict.MET), ("0.0650", Verdict.BEHIND), ("0.0690", Verdict.SERIOUS)],
)
def test_half_way_a_drop_is_asked_for_by_its_share_of_the_way(value: str, verdict: Verdict) -> None:
    """2013 is three fifths of the way to 38 per cent: 22.80; four fifths of that are 18.24."""
    found = of("gdp", 2013, y2013=value)
    assert (found.required, found.verdict) == (Decimal("22.80"), verdict)


def test_the_score_is_the_share_of_what_is_met() -> None:
    found = [of("road", 2017, y2017="1.5"), of("fire", 2017, y2017="0.5"), of("coal", 2017)]
    assert score(found) == Decimal("50.00")
    assert score([of("coal", 2017)]) is None


def test_a_year_beyond_the_plans_has_no_target() -> None:
    assert (of("serious", 2018, y2018="3").target, years()) == (None, range(2011, 2021))


def test_every_indicator_has_the_two_values_of_the_source() -> None:
    assert {tuple(one.values) for one in indicators()} == {(2010, 2015)}
    assert len(indicators()) == 7
