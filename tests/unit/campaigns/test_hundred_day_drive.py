"""The hundred-day drive as the seed document tells it, written down here from the document, not from the file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from workflows.campaigns import templates
from workflows.campaigns.applicability import Applicability, evaluate
from workflows.campaigns.types import Body, RecurrenceKind
from workflows.register.types import EnterpriseFacts, Flag, Industry

DRIVE = templates.get("hundred-day-drive")
WITH_THRESHOLD = templates.with_parameters(DRIVE, {"safety_director_employees": 100})

NO_TRAITS = EnterpriseFacts(
    industry=Industry.OTHER,
    employees=20,
    above_scale=False,
    state_owned=False,
    flags=dict.fromkeys(Flag, False),
)


def firm(industry: Industry = Industry.OTHER, *traits: Flag, employees: int = 20) -> EnterpriseFacts:
    flags = {flag: flag in traits for flag in Flag}
    return replace(NO_TRAITS, industry=industry, flags=flags, employees=employees)


FIRMS = {
    "plain": NO_TRAITS,
    "large": replace(NO_TRAITS, above_scale=True, employees=500),
    "smelter": firm(Industry.METAL_SMELTING),
    "big smelter": firm(Industry.METAL_SMELTING, employees=100),
    "dust": firm(Industry.MACHINERY, Flag.DUST),
    "big dust": firm(Industry.MACHINERY, Flag.DUST, employees=101),
    "spray": firm(Industry.MACHINERY, Flag.SPRAY),
    "deep casting": firm(Industry.MACHINERY, Flag.DEEP_CAST),
    "Al/Mg": firm(Industry.MACHINERY, Flag.AL_MG),
    "chemicals maker": firm(Industry.CHEMICALS_PRODUCTION),
    "chemicals dealer": firm(Industry.CHEMICALS_TRADE),
    "chemicals user": firm(Industry.CHEMICALS_USE, Flag.CHEMICALS_USE),
    "uses chemicals": firm(Industry.OTHER_INDUSTRY, Flag.CHEMICALS_USE),
    "chemical plant": firm(Industry.CHEMICAL_INDUSTRY),
    "drug maker": firm(Industry.PHARMACEUTICAL),
    "sewage plant": firm(Industry.OTHER_INDUSTRY, Flag.ENV_FACILITY),
    "carrier": firm(Industry.ROAD_TRANSPORT),
    "shipper": firm(Industry.OTHER_TRANSPORT),
    "builder": firm(Industry.CONSTRUCTION),
    "night": firm(Industry.OTHER_INDUSTRY, Flag.NIGHT),
    "contracts out": firm(Industry.OTHER, Flag.OUTSOURCING),
    "builds": firm(Industry.OTHER, Flag.PROJECT),
    "welds": firm(Industry.OTHER, Flag.HAZARDOUS_WORK),
    "standardised": firm(Industry.OTHER, Flag.STANDARDISED),
}
EVERYONE = set(FIRMS)
INSURED = {
    *("smelter", "big smelter", "dust", "big dust", "chemicals maker", "chemicals dealer", "chemicals user"),
    *("carrier", "shipper", "builder"),
}
DEEP = {"smelter", "big smelter", "dust", "big dust", "spray", "deep casting", "Al/Mg"}
DRIVE_END = "2025-08-15"  # the end of the self-check, for what has to be done in the drive without a day

# code, due, the firms above that it applies to when the missing threshold of 4b is 100
ORACLE: list[tuple[str, str | None, set[str]]] = [
    ("1a", "2025-06-30", EVERYONE),
    ("1b", "2025-12-31", EVERYONE),
    ("1c", DRIVE_END, EVERYONE),
    ("2", DRIVE_END, EVERYONE),
    ("3", DRIVE_END, EVERYONE),
    ("4a", DRIVE_END, EVERYONE),
    ("4b", DRIVE_END, {"big smelter", "big dust"}),
    ("5", None, EVERYONE),
    ("6", DRIVE_END, INSURED),
    ("7", None, {"standardised"}),
    ("8", DRIVE_END, EVERYONE),
    ("9", None, EVERYONE),
    ("10", None, EVERYONE),
    ("11a", None, EVERYONE),
    ("11b", "2025-03-31", EVERYONE),
    ("12", DRIVE_END, EVERYONE),
    ("13", DRIVE_END, EVERYONE),
    ("14", None, EVERYONE),
    ("15", None, {"welds"}),
    ("16", None, {"builds"}),
    ("17", None, EVERYONE),
    ("18", None, {"contracts out"}),
    ("19a", None, EVERYONE),
    ("19b", None, EVERYONE),
    ("20", None, EVERYONE),
    ("21a", None, EVERYONE),
    ("21b", DRIVE_END, {"night"}),
    ("22a", "2025-05-31", {"large"}),
    ("22b", "2025-11-30", EVERYONE),
    ("22c", None, EVERYONE),
    ("23", DRIVE_END, DEEP),
    ("24", DRIVE_END, {"chemicals user", "uses chemicals"}),
    ("25", DRIVE_END, {"chemicals maker", "chemical plant", "drug maker", "sewage plant"}),
]

DUTIES: list[tuple[str, str | None]] = [
    ("D1", "2025-06-30"),
    ("D2", "2025-07-01"),
    ("D3", "2025-06-30"),
    ("D4", DRIVE_END),
    ("D5", "2025-08-15"),
    ("D6", "2025-08-10"),
    ("D7", "2025-09-15"),
    ("D8", None),
    ("D9", "2025-09-30"),
    ("D10", None),
]


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def test_the_oracle_covers_every_row_in_order() -> None:
    assert [code for code, _, _ in ORACLE] == [item.code for item in DRIVE.items]


def test_the_checklist_has_25_items() -> None:
    assert sorted({item.number for item in DRIVE.items}) == list(range(1, 26))


@pytest.mark.parametrize(("code", "due", "applies"), ORACLE, ids=[code for code, _, _ in ORACLE])
def test_an_item_is_due_when_the_document_says(code: str, due: str | None, applies: set[str]) -> None:
    assert DRIVE.item(code).due_on == day(due)


@pytest.mark.parametrize(("code", "due", "applies"), ORACLE, ids=[code for code, _, _ in ORACLE])
def test_an_item_applies_to_whom_the_document_says(code: str, due: str | None, applies: set[str]) -> None:
    predicate = WITH_THRESHOLD.item(code).applies
    found = {
        name for name, facts in FIRMS.items() if evaluate(predicate, facts).result is Applicability.APPLIES
    }
    assert found == applies


def test_without_the_missing_threshold_item_4b_stays_open_for_its_trades() -> None:
    found = {name for name, facts in FIRMS.items() if evaluate(DRIVE.item("4b").applies, facts).unknown}
    assert found == INSURED - {"carrier", "shipper", "builder"}


@pytest.mark.parametrize(
    ("number", "starts_on", "ends_on"),
    [
        (1, "2025-06-20", "2025-06-30"),
        (2, "2025-07-01", "2025-08-15"),
        (3, "2025-08-16", "2025-09-15"),
        (4, "2025-09-16", "2025-09-30"),
    ],
)
def test_a_phase_runs_as_the_document_says(number: int, starts_on: str, ends_on: str) -> None:
    phase = DRIVE.phases[number - 1]
    assert (phase.number, phase.starts_on, phase.ends_on) == (number, day(starts_on), day(ends_on))


def test_the_phases_have_the_names_of_the_document() -> None:
    assert [phase.name for phase in DRIVE.phases] == ["动员部署", "排查整治", "集中攻坚", "巩固提升"]


def test_the_drive_runs_for_a_hundred_and_three_days() -> None:
    assert (DRIVE.ends_on - DRIVE.starts_on).days + 1 == 103


def test_the_failing_list_closes_on_the_tenth_of_august() -> None:
    assert DRIVE.failing_list_on == date(2025, 8, 10)


def test_the_supplement_closes_with_the_self_check() -> None:
    assert DRIVE.failing_list is not None
    assert DRIVE.failing_list.supplement_on == date(2025, 8, 15)


def test_only_jobs_and_accidents_are_not_handed_out() -> None:
    assert [item.code for item in DRIVE.items if not item.dispatched] == ["15", "20"]


def test_an_accident_is_reported_within_the_hour() -> None:
    assert DRIVE.item("20").recurrence.within_minutes == 60


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("1a", RecurrenceKind.YEARLY),
        ("2", RecurrenceKind.ONCE),
        ("5", RecurrenceKind.YEARLY),
        ("7", RecurrenceKind.PERIODIC),
        ("10", RecurrenceKind.YEARLY),
        ("11b", RecurrenceKind.YEARLY),
        ("14", RecurrenceKind.PERIODIC),
        ("15", RecurrenceKind.EACH_EVENT),
        ("17", RecurrenceKind.CONTINUOUS),
        ("18", RecurrenceKind.CONTINUOUS),
        ("19a", RecurrenceKind.YEARLY),
        ("19b", RecurrenceKind.HALF_YEARLY),
        ("21a", RecurrenceKind.KEY_DATES),
        ("22b", RecurrenceKind.ONCE),
    ],
)
def test_an_item_comes_back_as_the_document_says(code: str, kind: RecurrenceKind) -> None:
    assert DRIVE.item(code).recurrence.kind is kind


def test_what_the_document_leaves_open_is_marked() -> None:
    assert {item.code for item in DRIVE.items if item.source_gap} == {
        *("1a", "4b", "7", "11a", "14", "21a", "22c")
    }


def test_every_gap_says_what_is_missing() -> None:
    noted = [(entry.source_gap, entry.gap_note) for entry in DRIVE.items]
    noted += [(entry.source_gap, entry.gap_note) for entry in DRIVE.duties]
    assert all(gap == bool(note) for gap, note in noted)


def test_no_key_dates_are_invented() -> None:
    assert DRIVE.key_dates == ()


def test_the_missing_threshold_is_left_to_the_launcher() -> None:
    assert [(p.code, p.value) for p in DRIVE.parameters] == [("safety_director_employees", None)]


def test_every_item_has_proof_a_source_and_both_titles() -> None:
    assert all(i.evidence and i.source and i.title and i.title_en and i.requirement for i in DRIVE.items)


@pytest.mark.parametrize(("code", "due"), DUTIES)
def test_a_government_duty_is_due_when_the_document_says(code: str, due: str | None) -> None:
    [duty] = [duty for duty in DRIVE.duties if duty.code == code]
    assert duty.due_on == day(due)


def test_the_ten_government_duties_are_there_in_order() -> None:
    assert [duty.code for duty in DRIVE.duties] == [code for code, _ in DUTIES]


def test_progress_is_reported_by_the_thirtieth_of_each_month() -> None:
    duty = DRIVE.duties[7]
    assert (duty.recurrence.kind, duty.recurrence.day) == (RecurrenceKind.MONTHLY, 30)


def test_enforcement_is_the_offices_and_starts_with_the_third_phase() -> None:
    duty = DRIVE.duties[6]
    assert (duty.bodies[0], duty.opens_on) == (Body.DISTRICT_OFFICE, date(2025, 8, 16))
