"""Articles 11, 12 and 14 of Beijing's order no. 285, as the source prints them, with every boundary."""

from __future__ import annotations

from typing import Any

import pytest

from workflows.register.types import Industry
from workflows.safetystaff.decisions import article_of, engineers_for, requirement_of
from workflows.safetystaff.rules import assess
from workflows.safetystaff.types import Staff, StaffKind, StaffState

ELEVEN = [  # 矿山、金属冶炼、建筑施工、道路运输、危险物品
    "coal_mine", "non_coal_mine", "metal_smelting", "construction", "road_transport", "chemicals_production",
    "chemicals_trade", "chemicals_storage", "fireworks", "civil_explosives",
]  # fmt: skip
FOURTEEN = sorted(set(ELEVEN) - {"construction", "road_transport"})  # 矿山、金属冶炼、危险物品
KNOWN: dict[str, Any] = {
    "has_safety_department": True, "full_time_officers": 50, "part_time_officers": 0,
    "commissioned_agency": False, "registered_engineers": 50,
}  # fmt: skip


def asked(industry: str, employees: int, *, national_rule: bool = False) -> tuple[int, int, bool]:
    """Full-time officers, officers of any kind or an agency, a department."""
    found = requirement_of(industry, employees, national_rule=national_rule)
    return found.full_time, found.anyone, found.department


def short(industry: str, employees: int | None, **facts: Any) -> dict[StaffKind, int | None]:
    found = assess(Staff(industry, employees, **{**KNOWN, **facts}))
    return {line.kind: line.missing for line in found.lines if line.missing != 0}


@pytest.mark.parametrize("industry", ELEVEN)
@pytest.mark.parametrize(
    ("employees", "officers", "department"),
    [
        (50, 1, False), (100, 1, False), (101, 3, True), (300, 3, True), (301, 4, True), (1000, 10, True),
        (1001, 11, True),
    ],
)  # fmt: skip
def test_article_11_asks_for_one_in_a_hundred_and_three_at_least(
    industry: str, employees: int, officers: int, department: bool
) -> None:
    assert asked(industry, employees) == (officers, 0, department)


@pytest.mark.parametrize("industry", sorted(set(Industry) - set(ELEVEN)))
@pytest.mark.parametrize(
    ("employees", "expected"),
    [
        (50, (0, 1, False)), (100, (0, 1, False)), (101, (2, 0, False)), (300, (2, 0, False)), (301, (3, 0, True)),
        (600, (3, 0, True)), (601, (4, 0, True)), (1000, (5, 0, True)),
    ],
)  # fmt: skip
def test_article_12_asks_the_others_for_one_in_two_hundred(
    industry: str, employees: int, expected: tuple[int, int, bool]
) -> None:
    assert asked(industry, employees) == expected


@pytest.mark.parametrize(
    ("officers", "engineers"), [(1, 1), (3, 1), (4, 1), (6, 1), (7, 2), (10, 2), (13, 2), (14, 3), (20, 3), (21, 4)]
)  # fmt: skip
def test_article_14_asks_for_fifteen_per_cent_and_one_at_least(officers: int, engineers: int) -> None:
    assert engineers_for("all", full_time=officers, part_time=0) == engineers


@pytest.mark.parametrize("industry", sorted(Industry))
def test_article_14_is_not_for_building_and_roads(industry: str) -> None:
    assert article_of(industry, national_rule=False)["engineers"] is (industry in FOURTEEN)


@pytest.mark.parametrize(("counted", "engineers"), [("all", 2), ("full_time", 1)])
def test_who_counts_as_safety_staff_is_a_setting_of_the_table(counted: str, engineers: int) -> None:
    assert engineers_for(counted, full_time=6, part_time=1) == engineers


def test_unless_the_table_says_otherwise_part_time_officers_count() -> None:
    assert short("coal_mine", 50, full_time_officers=6, part_time_officers=1, registered_engineers=1) == {
        StaffKind.ENGINEERS: 1
    }


def test_engineers_are_counted_by_the_officers_there_are_not_by_those_there_should_be() -> None:
    assert short("coal_mine", 1000, full_time_officers=6, registered_engineers=1) == {StaffKind.FULL_TIME: 4}


def test_large_numbers_stay_exact() -> None:
    assert asked("coal_mine", 4_999_901)[0] == 50_000


def test_what_the_state_rules_otherwise_is_excepted_from_article_11_alone() -> None:
    found = [asked(industry, 500, national_rule=True) for industry in ("coal_mine", "machinery")]
    assert found == [(0, 0, False), (3, 0, True)]


def test_an_exception_from_article_11_leaves_article_14() -> None:
    assert short("coal_mine", 500, national_rule=True, full_time_officers=0, registered_engineers=0) == {
        StaffKind.ENGINEERS: 1
    }


def test_the_difference_names_its_numbers() -> None:
    found = assess(Staff("construction", 300, **{**KNOWN, "full_time_officers": 1}))
    [line] = [one for one in found.lines if one.kind is StaffKind.FULL_TIME]
    assert (found.state, line.required, line.present, line.missing) == (StaffState.SHORT, 3, 1, 2)


def test_a_large_firm_without_a_department_lacks_it() -> None:
    assert short("machinery", 301, has_safety_department=False) == {StaffKind.DEPARTMENT: 1}


@pytest.mark.parametrize(
    "known", [{"full_time_officers": 1}, {"part_time_officers": 1}, {"commissioned_agency": True}]
)
def test_a_small_firm_may_choose_who_looks_after_safety(known: dict[str, Any]) -> None:
    assert assess(Staff("machinery", 100, **known)).state is StaffState.MET


def test_a_small_firm_with_nobody_lacks_one() -> None:
    assert short("machinery", 100, full_time_officers=0) == {StaffKind.ANYONE: 1}


@pytest.mark.parametrize(
    ("staff", "unknown"),
    [
        (Staff("machinery", None), ("employees", "full_time_officers")),
        (Staff("machinery", None, full_time_officers=2), ("employees",)),
        (Staff("machinery", 100), ("commissioned_agency", "full_time_officers", "part_time_officers")),
        (Staff("machinery", 100, full_time_officers=0, part_time_officers=0), ("commissioned_agency",)),
        (Staff("machinery", 200), ("full_time_officers",)),
        (Staff("machinery", 500, full_time_officers=3), ("has_safety_department",)),
        (Staff("coal_mine", 50, full_time_officers=1, part_time_officers=0), ("registered_engineers",)),
        (Staff("coal_mine", 50, full_time_officers=1, registered_engineers=1), ("part_time_officers",)),
    ],
)
def test_what_is_unknown_is_asked_for(staff: Staff, unknown: tuple[str, ...]) -> None:
    found = assess(staff)
    assert (found.state, found.unknown) == (StaffState.UNKNOWN, unknown)


def test_what_is_surely_short_is_short_whatever_else_is_unknown() -> None:
    assert assess(Staff("machinery", 500, full_time_officers=1)).state is StaffState.SHORT


def test_an_unknown_headcount_does_not_hide_that_no_engineer_is_there() -> None:
    found = assess(Staff("coal_mine", None, registered_engineers=0))
    assert (found.state, found.lines[0].missing) == (StaffState.SHORT, 1)
