"""The overdue board now: by town and days late, within sight; what is listed, who is urged."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

import pytest
from sqlalchemy import select

from tests.factories import World, at, drive_of
from workflows.accounts.types import Held, Role
from workflows.calendar.service import load
from workflows.hazards.models import Hazard
from workflows.lateness.board import Key, Late, count, count_up_to, every, listed, matrix
from workflows.lateness.rules import Kind
from workflows.lateness.turns import Moment, View
from workflows.lateness.urging import urge
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.sight import Sight, sight_of
from workflows.subjects import SubjectKind

EVERYTHING = Sight(everything=True)


def moment(world: World, sight: Sight = EVERYTHING, now: datetime | None = None) -> Moment:
    on = now or world.now
    return Moment.of(world.session, on, now=on, sight=sight, calendar=load(world.session))


def shown(world: World, sight: Sight = EVERYTHING, **part: int) -> list[Late]:
    return listed(world.session, view=View(**part), moment=moment(world, sight))  # type: ignore[arg-type]


def number(world: World, sight: Sight = EVERYTHING) -> int:
    return count(world.session, view=View(), moment=moment(world, sight))


def chosen(ones: list[Obligation]) -> View:
    return View(chosen=tuple((SubjectKind.OBLIGATION, one.id) for one in ones))


@pytest.fixture
def late(world: World) -> list[Obligation]:
    """Two towns; on Wednesday 2025-08-20 items due on 08-15 are three working days late."""
    for town in (0, 0, 1):
        world.firm(town_id=world.towns[town], department_id=world.departments[town])
    campaign = world.launch(drive_of("3", "12", due={"3": "2025-08-15", "12": "2025-08-08"}))
    world.jump(at("2025-07-01 00:00"))
    world.now = at("2025-08-20 12:00")
    query = select(Obligation).where(Obligation.campaign_id == campaign.id).order_by(Obligation.id)
    return list(world.session.scalars(query))


def board(world: World, sight: Sight = EVERYTHING) -> dict[Key, list[int]]:
    return matrix(world.session, view=View(), moment=moment(world, sight))


def test_the_board_counts_by_town_and_working_days(world: World, late: list[Obligation]) -> None:
    first, second = world.towns
    # 08-15 (Fri) to 08-20: 18, 19, 20; 08-08 (Fri): 11 to 15 and 18 to 20 make eight
    assert board(world) == {first: [0, 2, 2, 0, 0], second: [0, 1, 1, 0, 0]}


def test_a_town_sees_its_own_enterprises_only(world: World, late: list[Obligation]) -> None:
    sight = sight_of([Held(world.towns[1], Role.TOWN_OFFICER)])
    assert board(world, sight) == {world.towns[1]: [0, 1, 1, 0, 0]}


def test_a_menu_counts_as_far_as_it_tells(world: World, late: list[Obligation]) -> None:
    kinds = Kind.OBLIGATION, Kind.DUTY
    counted = [count_up_to(world.session, most, kinds=kinds, moment=moment(world)) for most in (4, 6, 999)]
    assert counted == [4, len(late), len(late)] == [4, 6, 6]


def test_an_enterprise_sees_itself(world: World, late: list[Obligation]) -> None:
    mine = late[0].enterprise_id
    sight = sight_of([Held(mine, Role.SAFETY_OFFICER)])
    assert [row.file.enterprise_id for row in shown(world, sight)] == [mine, mine]


def test_a_department_sees_what_it_supervises(world: World, late: list[Obligation]) -> None:
    sight = sight_of([Held(world.departments[1], Role.DEPARTMENT_OFFICER)])
    assert number(world, sight) == 2


def test_the_lead_office_sees_everything(world: World, late: list[Obligation]) -> None:
    sight = sight_of([Held(world.office, Role.LEAD_OFFICER)])
    assert number(world, sight) == len(late) == 6


def test_somebody_without_a_role_sees_nothing(world: World, late: list[Obligation]) -> None:
    assert number(world, sight_of([])) == 0
    assert board(world, sight_of([])) == {}


def test_the_list_of_a_cell_is_what_the_board_counts(world: World, late: list[Obligation]) -> None:
    for town, row in board(world).items():
        for bucket, expected in enumerate(row):
            assert len(shown(world, town_id=int(town or 0), bucket=bucket)) == expected


def test_the_list_begins_with_the_longest_overdue(world: World, late: list[Obligation]) -> None:
    assert [row.workdays for row in shown(world)] == [8, 8, 8, 3, 3, 3]


def test_the_list_names_the_last_step_of_the_ladder(world: World, late: list[Obligation]) -> None:
    world.jump(world.now)
    assert {row.step.offset if row.step else None for row in shown(world, bucket=1)} == {3}


def test_what_is_submitted_is_not_overdue_any_more(world: World, late: list[Obligation]) -> None:
    world.submit(late[0])
    assert number(world) == len(late) - 1


def test_urging_tells_safety_officer_and_principal_of_each_enterprise(
    world: World, late: list[Obligation]
) -> None:
    mine = [one for one in late if one.enterprise_id == late[0].enterprise_id]
    assert urge(world.session, view=chosen(mine), moment=moment(world), actor="town") == 1
    query = select(Notification.candidate_group).where(Notification.kind == "urged")
    firm = late[0].enterprise_id
    assert Counter(world.session.scalars(query)) == {f"{firm}:safety_officer": 2, f"{firm}:principal": 2}


def test_the_list_shows_when_somebody_was_urged(world: World, late: list[Obligation]) -> None:
    urge(world.session, view=chosen(late[:1]), moment=moment(world), actor="town")
    told = {row.subject.id: row.urged for row in shown(world)}[late[0].id]
    assert told is not None
    assert (told.at, told.by) == (world.now, "town")


def test_only_what_is_overdue_and_in_sight_can_be_urged(world: World, late: list[Obligation]) -> None:
    sight = sight_of([Held(world.towns[1], Role.TOWN_OFFICER)])
    wanted = chosen(late)
    found = every(world.session, view=wanted, moment=moment(world, sight))
    assert {subject.id for subject, _ in found} == {one.id for one in late if one.town_id == world.towns[1]}
    early = moment(world, now=at("2025-08-01 12:00"))
    assert every(world.session, view=wanted, moment=early) == []


def test_the_board_stands_where_a_year_has_no_calendar(world: World) -> None:
    world.obligation(due="2026-12-30")
    world.now = at("2027-01-10 12:00")
    assert sum(map(sum, board(world).values())) == 1


def test_late_reviews_are_counted_as_they_are_listed_whoever_looks(
    world: World, late: list[Obligation]
) -> None:
    for one in late[:2]:
        world.submit(one)
    world.now = at("2025-08-28 12:00")
    town = sight_of([Held(world.towns[0], Role.TOWN_OFFICER)])
    for sight in (EVERYTHING, town):
        for view in (View(kind=Kind.REVIEW), View(kind=Kind.REVIEW, bucket=1)):
            asked = moment(world, sight)
            expected = len(every(world.session, view=view, moment=asked))
            assert count(world.session, view=view, moment=asked) == expected
    assert count(world.session, view=View(kind=Kind.REVIEW), moment=moment(world)) == 2


# --- the check of the effect of a closed hazard


@pytest.fixture
def unchecked(world: World) -> Hazard:
    """Closed on 20 June 2025; its effect is to be checked by 1 August, and on 6 August nobody has."""
    hazard = world.hazard()
    world.close_hazard(hazard)
    world.advance(at("2025-08-06 12:00"))
    return hazard


def test_a_late_check_of_the_effect_is_on_the_board(world: World, unchecked: Hazard) -> None:
    [line] = shown(world, kind=Kind.HAZARD)  # type: ignore[arg-type]
    assert (line.subject.id, line.workdays) == (unchecked.id, 3)
    assert line.group == f"{unchecked.town_id}:town_officer"


def test_urging_it_reaches_the_town_that_checks(world: World, unchecked: Hazard) -> None:
    urge(world.session, view=View(kind=Kind.HAZARD), moment=moment(world), actor="account:1")
    found = world.session.scalars(select(Notification).where(Notification.kind == "urged")).one()
    assert (found.candidate_group, found.data["due_at"]) == (f"{unchecked.town_id}:town_officer", None)


def test_it_goes_when_somebody_has_checked(world: World, unchecked: Hazard) -> None:
    world.do(unchecked, "check_effect", world.town("b"), effective=True, effect_findings="现场查看，护栏完好")
    assert shown(world, kind=Kind.HAZARD) == []  # type: ignore[arg-type]


def test_on_a_past_day_it_was_there(world: World, unchecked: Hazard) -> None:
    then = at("2025-08-05 12:00")
    world.do(unchecked, "check_effect", world.town("b"), effective=True, effect_findings="现场查看，护栏完好")
    past = Moment.of(world.session, then, now=world.now, sight=EVERYTHING, calendar=load(world.session))
    assert [one.subject.id for one in listed(world.session, view=View(kind=Kind.HAZARD), moment=past)] == [
        unchecked.id
    ]
