"""How long each step of a hazard may take, in working days: `hazard_intervals.dmn`."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from engine import decisions
from workflows.calendar.service import load
from workflows.hazards.rules import HazardLevel
from workflows.rounds import later
from workflows.times import day_of


class Interval(StrEnum):
    """The rows of the table."""

    CONTROL = "control"
    SUPERVISION = "supervision"
    REOPENED = "reopened"
    EFFECT_OPENS = "effect_opens"
    EFFECT_DUE = "effect_due"


def day_after(session: Session, interval: Interval, level: HazardLevel, *, now: datetime) -> date:
    """The last day of the interval that begins today. Raises KeyError when the table has no row for it."""
    inputs = {"interval": interval.value, "level": level.value}
    found = decisions.decide(session, key="hazard", decision="hazard_intervals", inputs=inputs)
    days = found["workdays"]
    assert isinstance(days, int)
    return later(day_of(now), days, load(session).add)
