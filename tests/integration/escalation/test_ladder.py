"""The ladder on the working days of 2025.

Written down from the State Council's notice on the holidays of 2025: National Day and Mid-Autumn rest from
10-01 to 10-08, Sunday 09-28 and Saturday 10-11 are working days. No other holiday touches these dates.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from engine.handlers import JobContext
from engine.models import Incident
from tests.factories import SHANGHAI, World, at
from workflows.audit.models import AuditEntry
from workflows.calendar.service import load_year
from workflows.escalation import service
from workflows.escalation.models import Escalation
from workflows.escalation.queries import for_groups, ladder_of
from workflows.notifications.models import Notification
from workflows.obligations.models import Obligation
from workflows.subjects import Subject, SubjectKind


def notices(world: World, kind: str) -> list[Notification]:
    query = select(Notification).where(Notification.kind == kind).order_by(Notification.id)
    return list(world.session.scalars(query))


def new_year(world: World) -> int:
    """2027 with its first day off; the rest of that calendar does not matter here."""
    days = {date(2027, 1, 1): (False, "元旦")}
    return load_year(world.session, 2027, days=days, source="国办发明电", now=world.now, actor="admin")


# --- the days


def test_the_ladder_of_an_obligation_due_before_the_national_holiday(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-11-30 12:00"))
    assert world.acted(one) == [
        (-5, "2025-09-24 09:00"),  # Thu 25, Fri 26, Sun 28, Mon 29 lie between
        (-1, "2025-09-29 09:00"),
        (1, "2025-10-09 09:00"),
        (3, "2025-10-11 09:00"),  # a Saturday that works
        (7, "2025-10-16 09:00"),
        (12, "2025-10-23 09:00"),
        (15, "2025-10-28 09:00"),
    ]


def test_the_ladder_of_an_obligation_due_in_the_middle_of_august(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-09-30 12:00"))
    assert world.acted(one) == [
        (-5, "2025-08-08 09:00"),
        (-1, "2025-08-14 09:00"),
        (1, "2025-08-18 09:00"),
        (3, "2025-08-20 09:00"),
        (7, "2025-08-26 09:00"),
        (12, "2025-09-02 09:00"),
        (15, "2025-09-05 09:00"),
    ]


def test_the_ladder_of_an_obligation_due_on_a_sunday(world: World) -> None:
    one = world.obligation(code="22b", due="2025-11-30")
    world.advance(at("2025-12-31 12:00"))
    assert world.acted(one) == [
        (-5, "2025-11-24 09:00"),
        (-1, "2025-11-28 09:00"),
        (1, "2025-12-01 09:00"),
        (3, "2025-12-03 09:00"),
        (7, "2025-12-09 09:00"),
        (12, "2025-12-16 09:00"),
        (15, "2025-12-19 09:00"),
    ]


def test_nothing_acts_during_the_national_holiday(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-10-01 00:00"))
    before = world.acted(one)
    world.advance(at("2025-10-09 08:59"))
    assert world.acted(one) == before


def test_a_step_acts_at_nine_and_not_a_minute_before(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-24 08:59"))
    assert world.acted(one) == []
    world.advance(at("2025-09-24 09:00"))
    assert world.acted(one) == [(-5, "2025-09-24 09:00")]


def test_each_step_goes_to_the_next_higher_place(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-09-30 12:00"))
    firm, town, department = one.enterprise_id, world.towns[0], world.departments[0]
    assert [(step.action, step.candidate_group) for step in world.steps(one)] == [
        ("remind", f"{firm}:safety_officer"),
        ("remind", f"{firm}:safety_officer"),
        ("notify", f"{firm}:principal"),
        ("town_task", f"{town}:town_officer"),
        ("department_task", f"{department}:department_officer"),
        ("draft_circular", f"{world.office}:lead_officer"),
        ("draft_enforcement", f"{world.office}:lead_officer"),
    ]


def test_a_step_is_told_to_whom_it_concerns(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-20 12:00"))
    [notice] = notices(world, "ladder.town_task")
    assert notice.candidate_group == f"{world.towns[0]}:town_officer"
    assert notice.subject == f"obligation:{one.id}"
    assert notice.data["offset"] == 3


def test_the_supervisor_finds_the_step_in_the_list_of_escalations(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-26 12:00"))
    [found] = for_groups(world.session, world.department().groups)
    assert str(found.subject) == f"obligation:{one.id}"
    assert (found.step.action, found.title) == ("department_task", one.title)


# --- when it ends


def test_a_submitted_obligation_climbs_no_further(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-18 12:00"))
    world.submit(one)
    world.advance(at("2025-09-30 12:00"))
    assert world.acted(one)[-1] == (1, "2025-08-18 09:00")


def test_an_obligation_that_waits_for_its_signature_still_climbs(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.check(one)
    world.advance(at("2025-08-18 12:00"))
    assert world.acted(one)[-1] == (1, "2025-08-18 09:00")


def test_the_end_of_the_ladder_does_not_end_the_work(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-09-30 12:00"))
    assert world.open_nodes(one) == ["self_check"]
    assert len(world.steps(one)) == 7


# --- once


def test_a_second_sweep_at_the_same_instant_does_nothing(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-08 09:00"))
    swept = world.jump(at("2025-08-08 09:00"))
    assert (swept.jobs, swept.timers) == (0, 0)
    assert len(world.steps(one)) == len(notices(world, "ladder.remind")) == 1


def test_a_step_that_is_taken_twice_is_recorded_and_sent_once(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-08 09:00"))
    assert one.instance_id is not None
    again = JobContext(
        instance_id=one.instance_id, group_id=one.campaign_id, business_key=f"obligation:{one.id}",
        node="act", topic="escalation.act", properties={}, variables={**world.variables(one), "step": 0},
        now=world.now,
    )  # fmt: skip
    service.act(world.session, again)
    assert len(world.steps(one)) == len(notices(world, "ladder.remind")) == 1


def test_the_database_refuses_a_step_for_the_second_time(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-08 09:00"))
    [step] = world.steps(one)
    columns = [column.name for column in Escalation.__table__.columns if column.name != "id"]
    values: dict[str, Any] = {name: getattr(step, name) for name in columns}
    with pytest.raises(IntegrityError), world.session.begin_nested():
        world.session.execute(insert(Escalation).values(**values))


# --- after downtime


def test_after_ten_days_of_downtime_each_step_acts_once(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-07 12:00"))
    world.jump(at("2025-08-20 12:00"))
    assert [(step.offset, step.outcome) for step in world.steps(one)] == [
        (-5, "superseded"),
        (-1, "superseded"),
        (1, "sent"),
        (3, "sent"),
    ]
    assert {step.acted_at for step in world.steps(one)} == {world.now}


def test_superseded_reminders_are_not_sent(world: World) -> None:
    world.obligation(due="2025-08-15")
    world.advance(at("2025-08-07 12:00"))
    world.jump(at("2025-08-20 12:00"))
    assert notices(world, "ladder.remind") == []
    assert len(notices(world, "ladder.notify")) == len(notices(world, "ladder.town_task")) == 1


def test_a_reminder_that_comes_late_but_is_still_true_is_sent(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-07 12:00"))
    world.jump(at("2025-08-12 12:00"))
    assert [(step.offset, step.outcome) for step in world.steps(one)] == [(-5, "sent")]


def test_the_record_keeps_when_a_late_step_was_planned(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    world.advance(at("2025-08-07 12:00"))
    world.jump(at("2025-08-12 12:00"))
    [step] = world.steps(one)
    assert step.planned_at == at("2025-08-08 09:00")


# --- years nobody published


def test_a_launch_does_not_wait_for_a_calendar(world: World) -> None:
    one = world.obligation(due="2027-03-01")
    assert world.open_nodes(one) == ["self_check"]
    assert world.session.scalar(select(func.count()).select_from(Incident)) == 0


def test_a_ladder_waits_visibly_for_a_calendar(world: World) -> None:
    one = world.obligation(due="2027-03-01")
    assert world.variables(one)["calendar_missing"] is True
    world.jump(at("2027-02-25 12:00"))
    assert world.steps(one) == []


def test_a_ladder_that_waited_arms_itself_when_the_year_is_loaded(world: World) -> None:
    one = world.obligation(due="2027-03-01")
    world.now = at("2026-12-01 12:00")
    assert new_year(world) == 1
    assert world.variables(one)["calendar_missing"] is False
    world.advance(at("2027-03-02 12:00"))
    assert world.acted(one) == [
        (-5, "2027-02-22 09:00"),
        (-1, "2027-02-26 09:00"),
        (1, "2027-03-02 09:00"),
    ]


def test_a_ladder_waits_in_the_middle_and_goes_on_there(world: World) -> None:
    one = world.obligation(due="2026-12-25")
    world.advance(at("2026-12-31 12:00"))
    taken = [
        (-5, "2026-12-18 09:00"),
        (-1, "2026-12-24 09:00"),
        (1, "2026-12-28 09:00"),
        (3, "2026-12-30 09:00"),
    ]
    assert world.acted(one) == taken
    assert new_year(world) == 1
    world.advance(at("2027-01-07 12:00"))
    assert world.acted(one) == [*taken, (7, "2027-01-06 09:00")]  # Thu 31, Mon 4, Tue 5, Wed 6


def test_a_calendar_that_comes_late_lets_the_step_act_at_once(world: World) -> None:
    one = world.obligation(due="2026-12-25")
    world.advance(at("2027-01-20 12:00"))
    new_year(world)
    world.jump(world.now)
    # T+12 is 01-13; T+15 is 01-18
    assert world.acted(one)[4:] == [
        (7, "2027-01-20 12:00"),
        (12, "2027-01-20 12:00"),
        (15, "2027-01-20 12:00"),
    ]


def test_an_extension_out_of_a_year_without_calendar_wakes_the_ladder(world: World) -> None:
    one = world.obligation(due="2026-12-25")
    world.advance(at("2026-12-31 12:00"))
    extension = world.ask(one, "2027-01-29")
    world.do(extension, "decide", world.department(), granted=True, decided_due_on="2027-01-29")
    assert world.variables(one)["calendar_missing"] is True
    new_year(world)
    world.advance(at("2027-01-23 12:00"))
    assert world.acted(one, round=2) == [(-5, "2027-01-22 09:00")]


def test_loading_a_year_is_in_the_audit_log(world: World) -> None:
    new_year(world)
    entry = world.session.scalars(select(AuditEntry).where(AuditEntry.action == "calendar.load")).one()
    assert (entry.actor, entry.subject) == ("admin", "calendar:2027")


def test_a_day_of_another_year_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="2028"):
        load_year(
            world.session, 2027, days={date(2028, 1, 1): (False, "")}, source="x", now=world.now, actor="a"
        )


# --- what pages show


def planned(world: World, one: Obligation) -> list[tuple[int, str | None, bool]]:
    from engine.models import ProcessInstance

    assert one.instance_id is not None
    instance = world.session.get_one(ProcessInstance, one.instance_id)
    listed = ladder_of(world.session, instance, Subject(SubjectKind.OBLIGATION, one.id), now=world.now)
    return [
        (
            step.offset,
            step.planned_at.astimezone(SHANGHAI).date().isoformat() if step.planned_at else None,
            step.acted_at is not None,
        )
        for step in listed
    ]


def test_the_ladder_shows_what_was_taken_and_what_is_to_come(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-25 12:00"))
    assert planned(world, one) == [
        (-5, "2025-09-24", True),
        (-1, "2025-09-29", False),
        (1, "2025-10-09", False),
        (3, "2025-10-11", False),
        (7, "2025-10-16", False),
        (12, "2025-10-23", False),
        (15, "2025-10-28", False),
    ]


def test_a_step_in_an_unpublished_year_has_no_day_yet(world: World) -> None:
    one = world.obligation(due="2026-12-25")
    assert planned(world, one)[3:5] == [(3, "2026-12-30", False), (7, None, False)]


def test_a_new_round_shows_a_fresh_ladder(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-25 12:00"))
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片看不清，请重拍")
    # due again on 10-09: the day of its first reminder is today, and nine o'clock is over
    assert [acted for _, _, acted in planned(world, one)] == [True] + [False] * 6


def test_a_reminder_whose_hour_was_over_when_the_round_opened_is_not_sent(world: World) -> None:
    one = world.obligation(due="2025-09-30")
    world.advance(at("2025-09-25 12:00"))
    world.submit(one)
    world.do(one, "town_review", world.town(), town_decision="return", reason="照片看不清，请重拍")
    assert [(step.round, step.offset, step.outcome) for step in world.steps(one)] == [
        (1, -5, "sent"),
        (2, -5, "superseded"),
    ]
    assert len(notices(world, "ladder.remind")) == 1
