"""Rates of hazards as they come about: found, fixed, verified, sent back, extended, merged, listed."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import World, at
from workflows.hazards import analysis, ledger
from workflows.hazards.analysis import Cohort, Dimension
from workflows.hazards.models import Hazard
from workflows.hazards.rates import Counts, Part
from workflows.sight import Sight

EVERYTHING = Sight(everything=True)


def cohort(world: World, last: str = "2025-12-31", first: str = "2025-06-01", **more: int) -> Cohort:
    return Cohort(date.fromisoformat(first), date.fromisoformat(last), world.now, EVERYTHING, **more)


def counts(world: World, **more: str) -> Counts:
    world.session.flush()
    return analysis.counts(world.session, cohort(world, **more))


def opened(world: World) -> Hazard:
    hazard = world.hazard()
    world.planned(hazard, "2025-07-20")
    return hazard


def verify(world: World, hazard: Hazard, *, passed: bool) -> None:
    world.do(hazard, "verify", world.town("b"), passed=passed, findings="现场核查，防护罩仍有缺口。")


def test_each_step_counts_from_the_instant_it_was_taken(world: World) -> None:
    hazard = opened(world)
    assert (counts(world).found, counts(world).fixed) == (1, 0)
    world.fix(hazard)
    assert (counts(world).fixed, counts(world).closed) == (1, 0)
    verify(world, hazard, passed=True)
    assert (counts(world).fixed, counts(world).closed, counts(world).due) == (1, 1, 0)
    world.advance(at("2025-07-21 09:00"))
    assert (counts(world).due, counts(world).in_time, counts(world).late_open) == (1, 1, 0)


def test_what_did_not_pass_is_not_fixed(world: World) -> None:
    hazard = opened(world)
    world.fix(hazard)
    verify(world, hazard, passed=False)
    assert counts(world).fixed == 0


def test_what_is_open_past_its_date_is_late_and_stays_so_in_the_rate_when_it_is_verified_later(
    world: World,
) -> None:
    hazard = opened(world)
    world.advance(at("2025-07-22 09:00"))
    assert (counts(world).late_open, counts(world).due, counts(world).in_time) == (1, 1, 0)
    world.fix(hazard)
    verify(world, hazard, passed=True)
    assert (counts(world).late_open, counts(world).due, counts(world).in_time) == (0, 1, 0)


def test_an_extension_moves_the_date_and_hides_nothing(world: World) -> None:
    hazard = opened(world)
    world.do(
        world.ask(hazard, "2025-08-20"),
        "decide",
        world.department(),
        granted=True,
        decided_due_on="2025-08-20",
    )
    world.advance(at("2025-07-25 09:00"))
    found = counts(world)
    assert (found.due, found.late_open) == (0, 0)
    assert (found.due_originally, found.late_open_originally) == (1, 1)


def test_what_was_found_outside_the_time_is_not_of_the_cohort(world: World) -> None:
    opened(world)
    assert counts(world, first="2025-01-01", last="2025-06-01").found == 0


@pytest.mark.parametrize("part", Part)
def test_a_number_opens_as_many_rows(world: World, part: Part) -> None:
    first, second, _third = opened(world), opened(world), world.hazard()
    for one in (first, second):
        world.fix(one)
    verify(world, first, passed=True)
    world.advance(at("2025-07-22 09:00"))
    world.session.flush()
    whole = cohort(world)
    rows = analysis.rows(world.session, whole, part)
    assert len(rows) == getattr(analysis.counts(world.session, whole), part)
    assert len(list(ledger.entries(world.session, whole, part))) == len(rows)


@pytest.mark.parametrize("by", Dimension)
def test_the_parts_of_a_cohort_add_up_to_it(world: World, by: Dimension) -> None:
    opened(world)
    world.hazard()
    world.hazard(world.firm(town_id=world.towns[1], department_id=world.departments[1]))
    world.session.flush()
    parts = analysis.counts_by(world.session, cohort(world), by)
    assert sum(parts.values(), Counts()) == counts(world)
    assert counts(world).found == 3


def test_twelve_months_end_with_the_month_of_the_last_day(world: World) -> None:
    opened(world)
    months = analysis.months(world.session, cohort(world, last="2025-07-15"))
    days = [(one.first, one.last) for one, _counts in months]
    assert len(days) == 12
    assert days[0] == (date(2024, 8, 1), date(2024, 8, 31))
    assert days[-1] == (date(2025, 7, 1), date(2025, 7, 15))
    assert sum(one.found for _first, one in months) == 1


def test_the_ledger_says_what_is_late(world: World) -> None:
    opened(world)
    world.advance(at("2025-07-22 09:00"))
    [entry] = ledger.entries(world.session, cohort(world), Part.FOUND)
    assert (entry.overdue, entry.hazard.place != "") == (True, True)
