"""The formulas of remediation (domain 4), with their oracle."""

from __future__ import annotations

from decimal import Decimal

import pytest

from workflows.hazards.rates import Counts, pareto, percentage


def test_the_oracle_of_the_district_of_2021() -> None:
    assert Counts(found=563, fixed=559).fixed_rate == Decimal("99.29")


@pytest.mark.parametrize(
    ("part", "whole", "rate"),
    [(0, 5, "0.00"), (5, 5, "100.00"), (1, 3, "33.33"), (2, 3, "66.67"), (1, 16, "6.25"), (1, 800, "0.13")],
)
def test_a_rate_is_rounded_half_up_to_two_decimals(part: int, whole: int, rate: str) -> None:
    assert percentage(part, whole) == Decimal(rate)


def test_nothing_out_of_nothing_is_no_rate() -> None:
    rates = Counts()
    assert [
        rates.fixed_rate,
        rates.in_time_rate,
        rates.late_rate,
        rates.closed_rate,
        rates.written_off_rate,
    ] == [None] * 5


def test_the_late_rate_is_what_is_left() -> None:
    counts = Counts(found=9, due=8, in_time=7, due_originally=9, in_time_originally=3)
    assert (counts.in_time_rate, counts.late_rate) == (Decimal("87.50"), Decimal("12.50"))
    assert (counts.in_time_rate_originally, counts.late_rate_originally) == (
        Decimal("33.33"),
        Decimal("66.67"),
    )


def test_a_pareto_adds_up_to_all_of_them() -> None:
    bars = pareto({"electrical": 2, "fire": 5, None: 1, "site": 0})
    assert [(one.key, one.number, one.together) for one in bars] == [
        ("fire", 5, Decimal("62.50")), ("electrical", 2, Decimal("87.50")), (None, 1, Decimal("100.00")),
    ]  # fmt: skip
