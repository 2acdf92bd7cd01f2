"""A whole hundred-day drive (seed 002) in minutes: what must come out, from the seed and the published calendar.

The shared rehearsal runs to the end of October, past the national holiday; small ones show one thing each.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from tests.factories import DRIVE, drive_of
from tests.published import works
from workflows.rehearsals import rehearse
from workflows.rehearsed import Rehearsal

pytestmark = pytest.mark.slow

CLOSED = {"closed", "not_applicable"}
OPEN = {"in_progress", "returned", "submitted", "accepted", "sampled"}
HAZARD_STEPS = {"report", "assess", "plan", "fix", "verify", "closed"}
ITEMS_FOR_EVERYBODY = {"1a", "1b", "1c", "2", "3", "4a", "8", "12", "13", "22b"}  # all, with a date
PAST_AT_LAUNCH = {"11b", "22a"}  # due 03-31 and 05-31
ON_EVENT = {"20"}  # within the hour of an accident


@pytest.fixture(scope="module")
def drive() -> Rehearsal:
    """Eight enterprises through the whole drive and a month beyond its end."""
    return rehearse(DRIVE, enterprises=8, seed=3, until=date(2025, 10, 31))


@pytest.fixture(scope="module")
def holiday() -> Rehearsal:
    """Nine enterprises with five items that are due on the eve of the national holiday."""
    template = drive_of(
        "2", "3", "8", "12", "13", due=dict.fromkeys(("2", "3", "8", "12", "13"), "2025-09-30")
    )
    return rehearse(template, enterprises=9, seed=5, until=date(2025, 10, 29))


@pytest.fixture(scope="module")
def november() -> Rehearsal:
    """Twelve enterprises with the filing of risks by the end of November (item 22b) only."""
    return rehearse(drive_of("22b"), enterprises=12, seed=4, until=date(2025, 12, 3))


def short(*, seed: int = 1, until: date | None = date(2025, 7, 16)) -> dict[str, Any]:
    """A few weeks of two enterprises with four items; without the time it took."""
    template = dataclasses.replace(drive_of("1a", "2", "3", "8"), code="short")
    found = dataclasses.asdict(rehearse(template, enterprises=2, seed=seed, until=until))
    return {name: value for name, value in found.items() if name != "seconds"}


@pytest.fixture(scope="module")
def weeks() -> dict[str, Any]:
    """The first weeks, for seed 1."""
    return short(seed=1)


def sent(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    return [step for step in rehearsal.ladder if step["outcome"] == "sent"]


def of_obligations(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """Steps for obligations only: hazards have due dates of their own."""
    return [step for step in sent(rehearsal) if step["subject"] == "obligation"]


def days_of(steps: Iterable[dict[str, Any]], offset: int) -> set[str]:
    return {step["on"] for step in steps if step["offset"] == offset}


# --- phases


def test_the_phases_change_at_midnight_of_the_days_in_the_seed(drive: Rehearsal) -> None:
    began = [phase["began_at"] for phase in drive.phases]
    assert began[1:] == [
        "2025-06-30T16:00:00+00:00",  # 07-01 in Shanghai
        "2025-08-15T16:00:00+00:00",  # 08-16
        "2025-09-15T16:00:00+00:00",  # 09-16
    ]


def test_the_first_phase_begins_on_the_morning_of_the_twentieth_of_june(drive: Rehearsal) -> None:
    assert drive.phases[0]["began_at"] == "2025-06-20T01:00:00+00:00"


def test_the_drive_ends_with_the_last_day_of_september(drive: Rehearsal) -> None:
    assert drive.phases[-1]["ended_at"] == "2025-09-30T16:00:00+00:00"


def test_each_phase_ends_when_the_next_one_begins(drive: Rehearsal) -> None:
    ends = [phase["ended_at"] for phase in drive.phases[:-1]]
    assert ends == [phase["began_at"] for phase in drive.phases[1:]]


def test_the_phases_bear_the_names_of_the_seed(drive: Rehearsal) -> None:
    assert [phase["name"] for phase in drive.phases] == ["动员部署", "排查整治", "集中攻坚", "巩固提升"]


# --- obligations and hazards


def test_nothing_breaks(drive: Rehearsal, holiday: Rehearsal, november: Rehearsal) -> None:
    assert [drive.incidents, holiday.incidents, november.incidents] == [0, 0, 0]


def test_every_obligation_is_over_or_still_with_somebody(drive: Rehearsal) -> None:
    assert set(drive.obligations) <= CLOSED | OPEN


def test_the_obligations_that_are_not_over_are_those_listed_as_open_by_item(drive: Rehearsal) -> None:
    still_open = sum(count for state, count in drive.obligations.items() if state in OPEN)
    assert still_open == sum(drive.obligations_open_by_item.values())


def test_every_enterprise_gets_what_is_for_everybody(drive: Rehearsal) -> None:
    assert sum(drive.obligations.values()) >= len(ITEMS_FOR_EVERYBODY) * drive.enterprises


def test_most_of_the_drive_is_closed_a_month_after_its_end(drive: Rehearsal) -> None:
    over = sum(drive.obligations.get(state, 0) for state in CLOSED)
    assert over > 0.8 * sum(drive.obligations.values())


def test_what_was_past_at_launch_or_waits_for_an_event_is_nobodys_obligation(drive: Rehearsal) -> None:
    assert not (PAST_AT_LAUNCH | ON_EVENT) & set(drive.obligations_open_by_item)


def test_hazards_are_found_and_each_is_at_one_of_the_six_steps(drive: Rehearsal) -> None:
    assert sum(drive.hazards.values()) > 0
    assert set(drive.hazards) <= HAZARD_STEPS


def test_the_states_of_hazards_sum_to_the_number_reported(drive: Rehearsal) -> None:
    assert sum(drive.hazards.values()) == drive.hazards_reported


def test_each_open_hazard_names_its_step_its_holder_and_the_days_it_is_late(drive: Rehearsal) -> None:
    assert len(drive.hazards_open) == drive.hazards_reported - drive.hazards["closed"]
    for one in drive.hazards_open:
        assert one["step"] in HAZARD_STEPS - {"closed"}
        assert "" not in one["held_by"] != []
        assert one["days_late"] >= 0


def test_an_obligation_waits_only_for_hazards_that_are_open(drive: Rehearsal) -> None:
    open_hazards = sum(count for step, count in drive.hazards.items() if step != "closed")
    assert drive.obligations.get("accepted", 0) <= open_hazards


def test_the_failing_lists_bear_the_tenth_of_august_and_their_supplements_the_fifteenth(
    drive: Rehearsal,
) -> None:
    days = {(one["on"], one["supplement"]) for one in drive.failing_lists}
    assert ("2025-08-10", False) in days
    assert days <= {("2025-08-10", False), ("2025-08-15", True)}


def test_no_department_gets_two_lists_for_one_day(drive: Rehearsal) -> None:
    keys = [(one["on"], one["department_id"]) for one in drive.failing_lists]
    assert len(keys) == len(set(keys))


# --- duties of bodies: six departments, eight towns and the lead office of seeds/district.yaml


def test_every_duty_of_a_body_is_in_one_state(drive: Rehearsal) -> None:
    once, months, towns_and_office = 8 * 6, 4 * 6, 8 + 1  # D1 to D6, D9, D10; D8; D7
    assert sum(drive.unit_tasks.values()) == once + months + towns_and_office
    assert set(drive.unit_tasks) <= {"in_progress", "returned", "submitted", "closed"}


def test_each_duty_is_dispatched_to_all_its_bodies(drive: Rehearsal) -> None:
    found = {(line["duty"], line["period"]): line["bodies"] for line in drive.duties}
    months = {("D8", f"2025-{month:02d}"): 6 for month in (6, 7, 8, 9)}
    once = dict.fromkeys((("D1", ""), ("D2", ""), ("D3", ""), ("D4", ""), ("D5", ""), ("D6", "")), 6)
    assert found == {**once, **months, ("D7", ""): 9, ("D9", ""): 6, ("D10", ""): 6}


def test_the_lines_of_the_duties_add_up_to_the_states(drive: Rehearsal) -> None:
    summed: Counter[str] = sum((Counter(line["states"]) for line in drive.duties), Counter())
    assert summed == drive.unit_tasks


def test_each_duty_is_due_on_the_day_of_the_seed(drive: Rehearsal) -> None:
    due = {(line["duty"], line["period"]): line["due_on"] for line in drive.duties}
    days = {
        "D1": "06-30",
        "D2": "07-01",
        "D3": "06-30",
        "D5": "08-15",
        "D6": "08-10",
        "D7": "09-15",
        "D9": "09-30",
    }
    assert {code: due[code, ""] for code in days} == {code: f"2025-{day}" for code, day in days.items()}
    monthly = [due["D8", f"2025-{month:02d}"] for month in (6, 7, 8, 9)]
    assert monthly == ["2025-06-30", "2025-07-30", "2025-08-30", "2025-09-30"]


def test_each_duty_opens_on_the_first_day_of_its_phase(drive: Rehearsal) -> None:
    first = {1: "2025-06-20", 2: "2025-07-01", 3: "2025-08-16", 4: "2025-09-16"}
    opened = {line["duty"]: line["opened_on"] for line in drive.duties if not line["period"]}
    phases = {line["duty"]: line["phase"] for line in drive.duties if not line["period"]}
    assert opened == {code: first[phase] for code, phase in phases.items()}
    assert (phases["D1"], phases["D6"], phases["D7"], phases["D9"]) == (1, 2, 3, 4)


# --- the filing by the end of November


def test_item_22b_is_open_after_the_drive_has_ended(drive: Rehearsal) -> None:
    assert drive.obligations_open_by_item["22b"] > 0


def test_item_22b_is_reminded_of_before_the_thirtieth_of_november(november: Rehearsal) -> None:
    first = [step for step in of_obligations(november) if step["on"] <= "2025-11-30"]
    assert days_of(first, -5) == {"2025-11-24"}  # the 30th is a Sunday: Fri 28 ... Mon 24
    assert days_of(first, -1) == {"2025-11-28"}


def test_item_22b_is_late_for_nobody_before_december(november: Rehearsal) -> None:
    late = [step["on"] for step in of_obligations(november) if step["offset"] > 0]
    assert min(late) == "2025-12-01"


# --- the ladder


def test_every_step_that_is_printed_lies_on_a_working_day(drive: Rehearsal, holiday: Rehearsal) -> None:
    steps = [*drive.ladder, *holiday.ladder]
    assert [step for step in steps if not works(date.fromisoformat(step["on"]))] == []


def test_every_step_is_printed_with_its_count(drive: Rehearsal) -> None:
    assert min(step["count"] for step in drive.ladder) >= 1


def test_only_reminders_are_ever_superseded(drive: Rehearsal) -> None:
    superseded = {step["action"] for step in drive.ladder if step["outcome"] == "superseded"}
    assert superseded <= {"remind", "remind_body"}


def test_the_reminders_of_the_duty_report_come_before_the_thirtieth_of_june(drive: Rehearsal) -> None:
    early = [step for step in of_obligations(drive) if step["on"] < "2025-07-01"]
    assert [(step["on"], step["offset"]) for step in early] == [("2025-06-23", -5), ("2025-06-27", -1)]


def test_what_is_due_in_the_middle_of_august_climbs_on_its_days(drive: Rehearsal) -> None:
    days = {-5: "08-08", -1: "08-14", 1: "08-18", 3: "08-20", 7: "08-26", 12: "09-02", 15: "09-05"}
    steps = of_obligations(drive)
    most = {
        offset: max((step for step in steps if step["offset"] == offset), key=lambda step: step["count"])[
            "on"
        ]
        for offset in days
    }
    assert most == {offset: f"2025-{day}" for offset, day in days.items()}


def test_the_reminders_count_the_sunday_that_works(holiday: Rehearsal) -> None:
    first = [min(days_of(of_obligations(holiday), offset)) for offset in (-5, -1)]
    assert first == ["2025-09-24", "2025-09-29"]  # Thu 25, Fri 26, Sun 28 and Mon 29 lie between


def test_nothing_acts_during_the_national_holiday(holiday: Rehearsal, drive: Rehearsal) -> None:
    steps = [*sent(holiday), *sent(drive)]
    assert [step for step in steps if "2025-10-01" <= step["on"] <= "2025-10-08"] == []


def test_the_first_day_late_after_the_holiday_is_the_ninth(holiday: Rehearsal) -> None:
    assert min(days_of(of_obligations(holiday), 1)) == "2025-10-09"


def test_the_third_day_late_is_the_saturday_that_works(holiday: Rehearsal) -> None:
    assert min(days_of(of_obligations(holiday), 3)) == "2025-10-11"


def test_the_steps_above_follow_on_the_days_of_october(holiday: Rehearsal) -> None:
    first = {offset: min(days_of(of_obligations(holiday), offset)) for offset in (7, 12, 15)}
    assert first == {7: "2025-10-16", 12: "2025-10-23", 15: "2025-10-28"}


# --- seed and end


def test_the_same_seed_gives_the_same_campaign(weeks: dict[str, Any]) -> None:
    assert weeks == short(seed=1)


def test_another_seed_gives_another_campaign(weeks: dict[str, Any]) -> None:
    one, other = weeks, short(seed=2)
    assert (one["obligations"], one["ladder"], one["tasks_completed"]) != (
        other["obligations"],
        other["ladder"],
        other["tasks_completed"],
    )


def test_until_stops_the_clock_there(weeks: dict[str, Any]) -> None:
    found = weeks
    assert found["until"] == "2025-07-16"
    assert [phase["began_at"] is not None for phase in found["phases"]] == [True, True, False, False]
    assert max(step["on"] for step in found["ladder"]) <= "2025-07-16"


def test_until_a_day_of_the_first_phase_shows_only_what_has_begun() -> None:
    found = short(until=date(2025, 6, 25))
    assert set(found["obligations_open_by_item"]) <= {"1a"}
    assert sum(found["obligations"].values()) == 2


def test_without_a_day_the_rehearsal_ends_the_day_after_the_drive() -> None:
    found = short(until=None)
    assert found["until"] == "2025-10-01"
    assert found["phases"][-1]["ended_at"] == "2025-09-30T16:00:00+00:00"


# --- in parts


@pytest.fixture(scope="module")
def whole_and_parts() -> tuple[Rehearsal, Rehearsal]:
    """Six enterprises and all bodies for a fortnight: at once, and three enterprises to a part."""
    template = drive_of("1a", "2", "3", "8", duties=True)
    whole, parts = (
        rehearse(template, enterprises=6, seed=2, until=date(2025, 7, 4), part=part) for part in (6, 3)
    )
    return whole, parts


def dispatched(rehearsal: Rehearsal) -> list[tuple[Any, ...]]:
    names = ("duty", "period", "phase", "opened_on", "due_on", "bodies")
    return [tuple(line[name] for name in names) for line in rehearsal.duties]


def test_the_parts_of_a_rehearsal_have_the_obligations_and_duties_of_the_whole(
    whole_and_parts: tuple[Rehearsal, Rehearsal],
) -> None:
    whole, parts = whole_and_parts
    assert sum(parts.obligations.values()) == sum(whole.obligations.values()) > 0
    assert dispatched(parts) == dispatched(whole) != []
    assert sum(parts.unit_tasks.values()) == sum(whole.unit_tasks.values())


def test_the_parts_of_a_rehearsal_have_its_phases_and_break_nowhere(
    whole_and_parts: tuple[Rehearsal, Rehearsal],
) -> None:
    whole, parts = whole_and_parts
    assert (parts.phases, parts.enterprises, parts.incidents) == (whole.phases, 6, 0)


def test_a_step_of_the_ladder_is_one_line_whatever_parts_it_acted_in(
    whole_and_parts: tuple[Rehearsal, Rehearsal],
) -> None:
    ladder = whole_and_parts[1].ladder
    names = ("on", "subject", "step", "action", "offset", "outcome")
    steps = [tuple(line[name] for name in names) for line in ladder]
    assert steps == sorted(set(steps)) != []
    assert max(line["count"] for line in ladder) > 3  # more than one part has enterprises
