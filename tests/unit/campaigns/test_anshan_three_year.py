"""The three-year action as the seed document tells it, written down here from the document, not from the file."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from workflows.campaigns import templates
from workflows.campaigns.applicability import Applicability, evaluate
from workflows.campaigns.planning import occurrences, phase_of
from workflows.campaigns.types import RecurrenceKind
from workflows.register.types import EnterpriseFacts, Flag, Industry, RiskLevel

SHIPPED = templates.get("anshan-three-year")
# What the document leaves open, decided for the test: key sectors, key fields, and large means 1000 people.
DECIDED = templates.with_sets(
    SHIPPED,
    {
        "key_sectors": ({Industry.OTHER_INDUSTRY}, None),
        "key_fields": ({Industry.CROWDED_PLACES}, None),
        "large": (None, 1000),
    },
)
NO_TRAITS = EnterpriseFacts(
    industry=Industry.OTHER,
    employees=20,
    above_scale=False,
    state_owned=False,
    risk_level=RiskLevel.LOW,
    flags=dict.fromkeys(Flag, False),
)


def firm(industry: Industry = Industry.OTHER, **facts: object) -> EnterpriseFacts:
    return replace(NO_TRAITS, industry=industry, **facts)  # type: ignore[arg-type]


# HR7′: 非煤矿山、危险化学品、烟花爆竹、交通运输、建筑施工、民用爆炸物品、金属冶炼
HIGH_RISK = {
    "quarry": firm(Industry.NON_COAL_MINE),
    "chemicals maker": firm(Industry.CHEMICALS_PRODUCTION),
    "chemicals dealer": firm(Industry.CHEMICALS_TRADE),
    "chemicals store": firm(Industry.CHEMICALS_STORAGE),
    "chemicals user": firm(Industry.CHEMICALS_USE),
    "fireworks": firm(Industry.FIREWORKS),
    "carrier": firm(Industry.ROAD_TRANSPORT),
    "shipper": firm(Industry.OTHER_TRANSPORT),
    "builder": firm(Industry.CONSTRUCTION),
    "explosives": firm(Industry.CIVIL_EXPLOSIVES),
    "smelter": firm(Industry.METAL_SMELTING, employees=299),
    "smelter of 300": firm(Industry.METAL_SMELTING, employees=300),
}
OTHERS = {
    "plain": NO_TRAITS,
    "coal mine": firm(Industry.COAL_MINE),
    "machinery of 300": firm(Industry.MACHINERY, employees=300),
    "machinery of 999": firm(Industry.MACHINERY, employees=999),
    "machinery of 1000": firm(Industry.MACHINERY, employees=1000),
    "wood works": firm(Industry.OTHER_INDUSTRY),
    "shop": firm(Industry.CROWDED_PLACES),
    "above scale": firm(Industry.MACHINERY, above_scale=True),
    "noisy": firm(Industry.MACHINERY, flags={**NO_TRAITS.flags, Flag.OCCUPATIONAL_HAZARD: True}),
    "major risk": firm(Industry.MACHINERY, risk_level=RiskLevel.MAJOR),
}
FIRMS = {**HIGH_RISK, **OTHERS}
ALL, HR7 = set(FIRMS), set(HIGH_RISK)
Y2020, Y2021, Y2022 = "2020-12-31", "2021-12-31", "2022-12-31"

# id, deadline or recurrence, the firms above that it applies to
ORACLE: list[tuple[str, str, set[str]]] = [
    ("A1.1", Y2020, ALL),
    ("A1.2", "continuous", ALL),
    ("A1.3", Y2020, ALL),
    ("A1.3m", "undated", {"wood works"}),
    ("A1.3b", "monthly", {"quarry"}),
    ("A2.1", "undated", ALL),
    ("A2.1a", Y2020, {"smelter of 300", "machinery of 1000"}),
    ("A2.1b", Y2021, {"wood works"}),
    ("A2.2", "yearly", ALL),
    ("A2.2a", Y2020, HR7 | {"shop"}),
    ("A2.2b", Y2021, HR7 | {"shop"}),
    ("A2.2c", Y2021, ALL - HR7 - {"shop"}),
    ("A2.2d", Y2020, HR7 | {"shop"}),
    ("A2.2e", "undated", ALL),
    ("A2.2f", "periodic", {"noisy"}),
    ("A2.2g", "continuous", ALL),
    ("A2.3", Y2020, ALL),
    ("A2.4", Y2022, HR7 | {"above scale"}),
    ("A3.1", "periodic", ALL),
    ("A3.2", Y2021, ALL),
    ("A3.3", Y2020, ALL),
    ("A3.3w", Y2020, {"major risk"}),
    ("A3.3a", "monthly", ALL),
    ("A3.3b", "periodic", ALL),
    ("A3.3c", "on event", ALL),
    ("A4.1", Y2020, ALL),
    ("A4.1s", "undated", ALL),
    ("A4.2", Y2020, ALL),
    ("A4.2s", Y2021, ALL),
    ("A4.2i", Y2022, ALL),
    ("A4.2m", "on event", ALL),
    ("A5.1", "undated", ALL),
    ("A5.4", Y2020, HR7 | {"shop"}),
]
TOWNS_DEPARTMENTS_FIRMS = {"town", "department", "state_firm"}
# id, deadline or recurrence, bodies
DUTIES: list[tuple[str, str, set[str]]] = [
    ("U1", "2020-07-31", TOWNS_DEPARTMENTS_FIRMS),
    ("U2", "2020-07-31", TOWNS_DEPARTMENTS_FIRMS),
    ("U3", "2020-07-31", TOWNS_DEPARTMENTS_FIRMS),
    ("U4", Y2020, TOWNS_DEPARTMENTS_FIRMS),
    ("U5", Y2021, TOWNS_DEPARTMENTS_FIRMS),
    ("U6", Y2022, TOWNS_DEPARTMENTS_FIRMS),
    ("U7", "yearly", {"town", "department"}),
    ("U8", "on event", {"department"}),
    ("U9", "continuous", {"department"}),
    ("U10", "continuous", {"town", "department"}),
    ("A5.1g", Y2020, {"department"}),
    ("A5.2g", Y2020, {"development_reform", "emergency"}),
    ("A5.3g", Y2020, {"department"}),
    ("A5.4g1", Y2021, {"emergency"}),
    ("A5.4g2", Y2022, {"emergency"}),
]
WORDS = {
    RecurrenceKind.ONCE: "undated",
    RecurrenceKind.CONTINUOUS: "continuous",
    RecurrenceKind.PERIODIC: "periodic",
    RecurrenceKind.MONTHLY: "monthly",
    RecurrenceKind.YEARLY: "yearly",
    RecurrenceKind.EACH_EVENT: "on event",
}


def deadline(row: object) -> str:
    due_on, recurrence = row.due_on, row.recurrence  # type: ignore[attr-defined]
    return due_on.isoformat() if due_on else WORDS[recurrence.kind]


def test_every_duty_of_enterprises_is_a_row_with_its_deadline_and_those_it_applies_to() -> None:
    found = [
        (
            item.code,
            deadline(item),
            {
                n
                for n, facts in FIRMS.items()
                if evaluate(item.applies, facts).result is Applicability.APPLIES
            },
        )
        for item in DECIDED.items
    ]
    assert found == ORACLE


def test_every_duty_of_government_bodies_is_a_row_with_its_deadline_and_bodies() -> None:
    found = [(duty.code, deadline(duty), set(map(str, duty.bodies))) for duty in SHIPPED.duties]
    assert found == DUTIES


def test_there_are_33_and_15() -> None:
    assert (len(SHIPPED.items), len(SHIPPED.duties)) == (33, 15)


def test_the_four_phases_are_those_of_the_document() -> None:
    assert [(p.starts_on.isoformat(), p.ends_on.isoformat()) for p in SHIPPED.phases] == [
        ("2020-07-01", "2020-07-31"),
        ("2020-08-01", "2020-12-31"),
        ("2021-01-01", "2021-12-31"),
        ("2022-01-01", "2022-12-31"),
    ]


@pytest.mark.parametrize("code", ["A1.3m", "A2.1b"])
def test_a_set_that_the_document_does_not_define_leaves_everybody_open(code: str) -> None:
    verdicts = {evaluate(SHIPPED.item(code).applies, facts) for facts in FIRMS.values()}
    assert {(one.result, one.unknown) for one in verdicts} == {(Applicability.UNKNOWN, ("set:key_sectors",))}


def test_an_undefined_set_does_not_hold_up_whom_another_set_settles() -> None:
    predicate = SHIPPED.item("A2.2d").applies
    assert {evaluate(predicate, facts).result for facts in HIGH_RISK.values()} == {Applicability.APPLIES}
    assert {evaluate(predicate, facts).result for facts in OTHERS.values()} == {Applicability.UNKNOWN}


def test_an_empty_set_is_a_definition_nobody() -> None:
    nobody = templates.with_sets(SHIPPED, {"key_fields": (set(), None)})
    assert evaluate(nobody.item("A2.2c").applies, NO_TRAITS).result is Applicability.APPLIES


def test_a_monthly_row_comes_once_a_month_of_the_campaign_due_on_its_last_day() -> None:
    found = list(occurrences(SHIPPED, SHIPPED.item("A3.3a")))
    assert len(found) == 30
    assert (found[0].period, found[0].due_on) == ("2020-07", date(2020, 7, 31))
    assert found[7].due_on == date(2021, 2, 28)
    assert (found[-1].period, found[-1].opens_on, found[-1].due_on) == (
        "2022-12", date(2022, 12, 1), date(2022, 12, 31),
    )  # fmt: skip


def test_a_yearly_row_comes_once_a_year() -> None:
    found = [(o.period, o.opens_on, o.due_on, o.phase) for o in occurrences(SHIPPED, SHIPPED.item("A2.2"))]
    assert found == [
        ("2020", date(2020, 7, 1), date(2020, 12, 31), 1),
        ("2021", date(2021, 1, 1), date(2021, 12, 31), 3),
        ("2022", date(2022, 1, 1), date(2022, 12, 31), 4),
    ]


def test_a_continuous_duty_opens_in_the_second_phase_and_stays_to_the_end() -> None:
    [found] = occurrences(SHIPPED, SHIPPED.duty("U9"))
    assert (found.phase, found.due_on) == (2, date(2022, 12, 31))


def test_what_comes_with_a_finding_is_not_dispatched() -> None:
    rows = [row.code for row in SHIPPED.rows if not list(occurrences(SHIPPED, row))]
    assert rows == ["A3.3c", "A4.2m", "U8"]


def test_every_dated_row_opens_in_the_phase_that_holds_its_day() -> None:
    phases = Counter(phase_of(SHIPPED, row) for row in SHIPPED.rows if row.due_on)
    assert phases == {1: 3, 2: 11 + 4, 3: 5 + 2, 4: 2 + 2}


def test_every_gap_of_the_document_is_marked() -> None:
    marked = {row.code for row in SHIPPED.rows if row.source_gap}
    unclear = {"A1.3m", "A2.1a", "A2.1b", "A2.2a", "A2.2b", "A2.2c", "A2.2d", "A5.4"}
    undated = {code for code, due, _ in ORACLE if due in ("undated", "periodic", "yearly")}
    assert unclear | undated <= marked
    assert [one.code for one in SHIPPED.sets if one.gap_note] == ["key_sectors", "key_fields", "large"]
