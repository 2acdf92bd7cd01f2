"""Business time: the machine's clock, or in sample mode a clock that people move forward."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import CheckConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.models import Base
from workflows.times import ZONE

SAMPLE_START = datetime(2025, 6, 16, 8, 30, tzinfo=ZONE)


class Clock(Base):
    """One row in sample mode: at `machine_at` it was `business_at`, and time has run on since."""

    __tablename__ = "clock"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    business_at: Mapped[datetime]
    machine_at: Mapped[datetime]


def business_now(session: Session, *, machine_now: datetime) -> datetime:
    """What time it is for campaigns, deadlines and documents (UTC)."""
    clock = session.scalar(select(Clock))
    if clock is None:
        return machine_now
    passed: timedelta = machine_now - clock.machine_at
    now: datetime = clock.business_at + passed
    return now


def start_sample_clock(session: Session, *, machine_now: datetime) -> None:
    """Begin sample time shortly before the hundred-day drive."""
    session.add(Clock(id=1, business_at=SAMPLE_START.astimezone(UTC), machine_at=machine_now))
    session.flush()


def set_clock(session: Session, *, business_at: datetime, machine_now: datetime) -> None:
    """Move sample time to `business_at`; it runs on from there. Never backwards: history would lie."""
    clock = session.get_one(Clock, 1, with_for_update=True, populate_existing=True)
    if business_at > clock.business_at + (machine_now - clock.machine_at):
        clock.business_at, clock.machine_at = business_at, machine_now
        session.flush()
