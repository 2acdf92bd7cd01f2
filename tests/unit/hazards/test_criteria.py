"""Which criteria of major hazards concern an enterprise (seed 002, item 23), and what the source leaves open."""

from __future__ import annotations

import pytest

from workflows.hazards.criteria import lists, of_enterprise
from workflows.register.models import Enterprise
from workflows.register.types import Industry


def firm(industry: Industry = Industry.OTHER, **flags: bool | None) -> Enterprise:
    return Enterprise(industry=industry, flags=flags)


def test_the_lists_and_their_lengths_are_those_of_the_source() -> None:
    assert {one.code: one.count for one in lists()} == {"metal": 8, "dust": 6, "deep_cast": 7, "spray": 9}


def test_criteria_that_the_source_does_not_print_are_not_made_up() -> None:
    assert [(one.criteria, one.source_gap) for one in lists()] == [((), True)] * 4


@pytest.mark.parametrize("flag", ["dust", "deep_cast", "spray"])
def test_a_kind_of_work_brings_its_list(flag: str) -> None:
    assert [one.code for one in of_enterprise(firm(**{flag: True}))] == [flag]


def test_a_trade_brings_its_list() -> None:
    assert [one.code for one in of_enterprise(firm(Industry.METAL_SMELTING))] == ["metal"]


@pytest.mark.parametrize("known", [False, None])
def test_work_that_is_not_done_or_not_known_brings_none(known: bool | None) -> None:
    assert of_enterprise(firm(dust=known)) == []
