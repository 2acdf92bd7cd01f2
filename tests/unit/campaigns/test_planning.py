"""In which phase an item opens, and what is over before a launch; days and items of seed 002."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import DRIVE, drive_of
from workflows.campaigns.planning import is_past, occurrences, phase_of, to_do

LAUNCH = date(2025, 6, 20)


@pytest.mark.parametrize(
    ("code", "phase"),
    [
        ("1a", 1),  # 06-30
        ("2", 2),  # in the drive: 08-15
        ("17", 2),  # undated
        ("22b", 4),  # 11-30, after the end
        ("1b", 4),  # 12-31
    ],
)
def test_an_item_opens_in_the_phase_that_holds_its_day(code: str, phase: int) -> None:
    assert phase_of(DRIVE, DRIVE.item(code)) == phase


@pytest.mark.parametrize(
    ("due", "phase"),
    [
        ("2025-06-20", 1), ("2025-06-30", 1), ("2025-07-01", 2), ("2025-08-15", 2), ("2025-08-16", 3),
        ("2025-09-15", 3), ("2025-09-16", 4), ("2025-09-30", 4), ("2025-10-01", 4),
    ],
)  # fmt: skip
def test_the_first_and_the_last_day_of_a_phase_belong_to_it(due: str, phase: int) -> None:
    template = drive_of("3", due={"3": due})
    assert phase_of(template, template.item("3")) == phase


@pytest.mark.parametrize(
    ("due", "launched_on", "past"),
    [
        ("2025-06-19", "2025-06-20", True), ("2025-06-20", "2025-06-20", False), ("2025-06-30", "2025-07-01", True),
        (None, "2025-09-30", False),
    ],
)  # fmt: skip
def test_what_was_due_before_the_launch_is_past(due: str | None, launched_on: str, past: bool) -> None:
    template = drive_of("3", due={"3": due})
    [once] = occurrences(template, template.item("3"))
    assert is_past(once, launched_on=date.fromisoformat(launched_on)) is past


def test_the_filings_of_march_and_may_are_over_when_the_drive_begins() -> None:
    codes = {one.row.code for one in to_do(DRIVE, DRIVE.items, launched_on=LAUNCH)}
    assert codes & {"11b", "22a"} == set()
    assert {"1a", "1b", "22b", "25"} <= codes


def test_a_launch_in_march_still_asks_for_both() -> None:
    codes = {one.row.code for one in to_do(DRIVE, DRIVE.items, launched_on=date(2025, 3, 31))}
    assert {"11b", "22a"} <= codes


def test_what_waits_for_an_event_is_never_handed_out() -> None:
    assert "20" not in {
        one.row.code for one in to_do(DRIVE, DRIVE.items, launched_on=LAUNCH)
    }  # an accident report
