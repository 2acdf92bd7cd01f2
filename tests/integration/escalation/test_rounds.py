"""The ladder through downtime, returns, extensions and a year without a calendar, around the national holiday.

Counted by hand on the State Council's notice: 2025-10-01 to 10-08 rest, Sunday 09-28 and Saturday 10-11 work.
"""

from __future__ import annotations

from collections import Counter

from sqlalchemy import func, select

from engine.models import Incident
from tests.factories import World, at, end_of
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation


def outcomes(world: World, one: Obligation) -> list[tuple[int, str]]:
    return [(step.offset, step.outcome) for step in world.steps(one)]


def ladder_notices(world: World) -> list[str]:
    query = select(Notification.kind).where(Notification.kind.startswith("ladder."))
    return sorted(world.session.scalars(query))


def send_back(world: World, one: Obligation) -> None:
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片看不清，请重拍")


def extend(world: World, one: Obligation, due_on: str) -> None:
    extension = world.ask(one, due_on)
    world.do(extension, "decide", world.department(), granted=True, decided_due_on=due_on)


# --- two weeks without a sweep


def test_after_two_weeks_of_downtime_a_reminder_that_is_still_true_is_sent(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-15 12:00"))
    world.jump(at("2025-09-29 12:00"))  # T-5 was 09-24, T-1 is today
    assert outcomes(world, one) == [(-5, "superseded"), (-1, "sent")]


def test_a_sweep_that_comes_back_in_the_holiday_waits_for_its_end(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-23 12:00"))
    world.jump(at("2025-10-07 12:00"))
    assert world.steps(one) == []
    world.advance(at("2025-10-09 12:00"))
    assert outcomes(world, one) == [(-5, "superseded"), (-1, "superseded"), (1, "sent")]
    assert world.acted(one)[-1] == (1, "2025-10-09 09:00")


def test_a_late_step_waits_for_monday(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-21 12:00"))
    world.jump(at("2025-08-31 12:00"))  # a Sunday; T+7 was Tuesday 26
    assert world.acted(one)[-1] == (3, "2025-08-20 09:00")
    world.advance(at("2025-09-01 12:00"))
    assert world.acted(one)[-1] == (7, "2025-09-01 09:00")
    world.advance(at("2025-09-05 12:00"))
    assert world.acted(one)[-2:] == [(12, "2025-09-02 09:00"), (15, "2025-09-05 09:00")]


def test_after_downtime_past_the_holiday_no_reminder_is_sent_at_all(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-23 12:00"))
    world.jump(at("2025-10-11 12:00"))
    assert outcomes(world, one) == [(-5, "superseded"), (-1, "superseded"), (1, "sent"), (3, "sent")]
    assert ladder_notices(world) == ["ladder.notify", "ladder.town_task"]


def test_after_downtime_nobody_gets_two_notices(world: World) -> None:
    world.obligation(due="2025-09-30")
    world.advance(at("2025-09-23 12:00"))
    world.jump(at("2025-10-16 12:00"))
    query = select(Notification.candidate_group).where(Notification.kind.startswith("ladder."))
    counts = Counter(world.session.scalars(query))
    assert (len(counts), set(counts.values())) == (3, {1})  # principal, town, department


def test_a_late_step_keeps_the_day_it_was_planned_for(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-23 12:00"))
    world.jump(at("2025-10-11 12:00"))
    assert [step.planned_at for step in world.steps(one)] == [
        at("2025-09-24 09:00"),
        at("2025-09-29 09:00"),
        at("2025-10-09 09:00"),
        at("2025-10-11 09:00"),
    ]


def test_what_lies_ahead_after_downtime_acts_on_its_own_day(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-23 12:00"))
    world.jump(at("2025-10-11 12:00"))
    world.advance(at("2025-10-31 12:00"))
    assert world.acted(one)[4:] == [
        (7, "2025-10-16 09:00"),
        (12, "2025-10-23 09:00"),
        (15, "2025-10-28 09:00"),
    ]


def test_what_was_submitted_before_the_downtime_climbs_nowhere(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-23 12:00"))
    world.submit(one)
    world.jump(at("2025-10-31 12:00"))
    assert world.steps(one) == []


# --- after a return


def test_what_is_returned_before_the_holiday_climbs_after_it_on_its_own_days(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-29 15:00"))
    send_back(world, one)
    assert one.due_at == end_of("2025-10-13")  # Tue 30, Thu 9, Fri 10, Sat 11, Mon 13
    world.advance(at("2025-10-24 12:00"))
    assert world.acted(one, round=2)[1:] == [
        (-1, "2025-10-11 09:00"),
        (1, "2025-10-14 09:00"),
        (3, "2025-10-16 09:00"),
        (7, "2025-10-22 09:00"),
    ]


def test_the_ladder_of_the_returned_round_is_gone(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-29 15:00"))
    send_back(world, one)
    world.advance(at("2025-10-31 12:00"))
    assert world.acted(one, round=1) == [(-5, "2025-09-24 09:00"), (-1, "2025-09-29 09:00")]


def test_each_return_begins_a_ladder_of_its_own(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-29 15:00"))
    send_back(world, one)
    world.advance(at("2025-10-14 12:00"))
    send_back(world, one)
    world.advance(at("2025-10-22 12:00"))
    assert {step.round for step in world.steps(one)} == {1, 2, 3}
    # due again on 10-21: Wed 15, Thu 16, Fri 17, Mon 20, Tue 21
    assert world.acted(one, round=3)[-2:] == [(-1, "2025-10-20 09:00"), (1, "2025-10-22 09:00")]


def test_returned_and_returned_again_the_work_can_still_be_accepted(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    for day in ("2025-09-23 12:00", "2025-09-24 12:00", "2025-09-25 12:00"):
        world.advance(at(day))
        send_back(world, one)
    assert (one.round, world.open_nodes(one)) == (4, ["self_check"])
    world.submit(one)
    assert world.open_nodes(one) == ["town_review"]


# --- after an extension


def test_an_extension_to_the_eve_of_the_holiday_is_reminded_and_escalated_again(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-20 12:00"))
    extend(world, one, "2025-09-30")
    world.advance(at("2025-10-16 12:00"))
    assert world.acted(one, round=2) == [
        (-5, "2025-09-24 09:00"),
        (-1, "2025-09-29 09:00"),
        (1, "2025-10-09 09:00"),
        (3, "2025-10-11 09:00"),
        (7, "2025-10-16 09:00"),
    ]


def test_after_an_extension_the_old_ladder_has_taken_its_last_step(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-20 12:00"))
    extend(world, one, "2025-09-30")
    world.advance(at("2025-10-16 12:00"))
    assert [offset for offset, _ in world.acted(one, round=1)] == [-5, -1, 1, 3]


def test_a_request_that_nobody_decides_does_not_stop_the_ladder(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-14 12:00"))
    world.ask(one, "2025-09-30")
    world.advance(at("2025-08-20 12:00"))
    assert world.acted(one)[-2:] == [(1, "2025-08-18 09:00"), (3, "2025-08-20 09:00")]


# --- hazards


def test_a_major_hazard_due_in_the_holiday_is_told_upwards_on_working_days(world: World) -> None:
    world.now = at("2025-09-22 10:00")
    hazard = world.hazard()
    world.planned_major(hazard, "2025-10-04")
    world.advance(at("2025-10-31 12:00"))
    fixing = [(offset, when) for offset, when in world.acted(hazard) if when > "2025-09-29"]
    assert fixing == [
        (0, "2025-09-30 09:00"),  # the last working day up to the 4th
        (1, "2025-10-09 09:00"),
        (3, "2025-10-11 09:00"),
    ]


def test_a_general_hazard_due_before_the_holiday_climbs_to_the_department(world: World) -> None:
    world.now = at("2025-09-15 10:00")
    hazard = world.hazard()
    world.planned(hazard, "2025-09-30")
    world.advance(at("2025-10-31 12:00"))
    fixing = [(offset, when) for offset, when in world.acted(hazard) if when > "2025-09-23"]
    assert fixing == [
        (-5, "2025-09-24 09:00"),
        (-1, "2025-09-29 09:00"),
        (1, "2025-10-09 09:00"),
        (3, "2025-10-11 09:00"),
        (7, "2025-10-16 09:00"),
    ]


# --- a year without a calendar


def test_a_ladder_without_a_calendar_is_no_incident_and_no_step(world: World) -> None:
    one = world.obligation(due="2026-12-31")
    world.advance(at("2027-03-31 12:00"))
    assert world.acted(one) == [(-5, "2026-12-24 09:00"), (-1, "2026-12-30 09:00")]
    assert world.variables(one)["calendar_missing"] is True
    assert world.session.scalar(select(func.count()).select_from(Incident)) == 0


def test_who_waits_for_a_calendar_can_still_be_done(world: World) -> None:
    one = world.obligation(due="2026-12-31")
    world.advance(at("2027-03-01 12:00"))
    world.submit(one)
    assert world.open_nodes(one) == ["town_review"]


def test_one_ladder_that_waits_holds_up_no_other(world: World) -> None:
    waiting = world.obligation(due="2027-01-04")
    other = world.obligation(due="2025-09-30")
    world.advance(at("2025-10-09 12:00"))
    assert (world.steps(waiting), len(world.steps(other))) == ([], 3)
