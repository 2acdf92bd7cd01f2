"""Business time: the machine's in production, a clock that only moves forward in sample mode."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.factories import World, at
from workflows.clock import Clock, business_now, set_clock, start_sample_clock
from workflows.notifications.models import Notification
from workflows.sweep import move_clock

MACHINE = datetime(2026, 11, 22, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_without_a_sample_clock_it_is_what_the_machine_says(session: Session) -> None:
    assert business_now(session, machine_now=MACHINE) == MACHINE


def test_the_sample_begins_before_the_drive(session: Session) -> None:
    start_sample_clock(session, machine_now=MACHINE)
    assert business_now(session, machine_now=MACHINE) == at("2025-06-16 08:30")


def test_the_sample_clock_runs_on_with_the_machines(session: Session) -> None:
    start_sample_clock(session, machine_now=MACHINE)
    assert business_now(session, machine_now=MACHINE + HOUR) == at("2025-06-16 09:30")


def test_a_clock_that_was_moved_runs_on_from_there(session: Session) -> None:
    start_sample_clock(session, machine_now=MACHINE)
    set_clock(session, business_at=at("2025-07-01 09:00"), machine_now=MACHINE + HOUR)
    assert business_now(session, machine_now=MACHINE + 2 * HOUR) == at("2025-07-01 10:00")


def test_a_clock_does_not_go_back(session: Session) -> None:
    start_sample_clock(session, machine_now=MACHINE)
    set_clock(session, business_at=at("2025-07-01 09:00"), machine_now=MACHINE)
    set_clock(session, business_at=at("2025-06-20 09:00"), machine_now=MACHINE + HOUR)
    assert business_now(session, machine_now=MACHINE + HOUR) == at("2025-07-01 10:00")


def test_a_move_to_an_instant_that_has_passed_meanwhile_does_not_go_back(session: Session) -> None:
    """The clock ran on while somebody looked at the page."""
    start_sample_clock(session, machine_now=MACHINE)
    set_clock(session, business_at=at("2025-06-16 10:00"), machine_now=MACHINE + 3 * HOUR)
    assert business_now(session, machine_now=MACHINE + 3 * HOUR) == at("2025-06-16 11:30")


def test_there_is_one_clock(session: Session) -> None:
    start_sample_clock(session, machine_now=MACHINE)
    session.add(Clock(id=2, business_at=MACHINE, machine_at=MACHINE))
    with pytest.raises(IntegrityError):
        session.flush()


def test_what_happens_on_the_way_of_a_moved_clock_happens_at_its_own_time(world: World) -> None:
    one = world.obligation(due="2025-08-15")
    start_sample_clock(world.session, machine_now=MACHINE)
    move_clock(world.sessions, until=at("2025-08-20 12:00"), now=world.now, machine_now=MACHINE)
    assert world.acted(one) == [
        (-5, "2025-08-08 09:00"),
        (-1, "2025-08-14 09:00"),
        (1, "2025-08-18 09:00"),
        (3, "2025-08-20 09:00"),
    ]
    reminded = world.session.query(Notification).filter_by(kind="ladder.remind").count()
    assert reminded == 2
    assert business_now(world.session, machine_now=MACHINE) == at("2025-08-20 12:00")
