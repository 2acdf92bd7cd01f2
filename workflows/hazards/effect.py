"""The end of a hazard and what comes after: closed, its effect checked weeks later, fixed again when it came back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine.handlers import JobContext
from workflows.hazards.intervals import Interval, day_after
from workflows.hazards.models import Hazard
from workflows.hazards.rules import EFFECT_LADDER, HazardLevel, Outcome, effect_round, ladder_of
from workflows.hazards.service import tell_obligations_of
from workflows.notifications.service import notify_all, notify_each
from workflows.subjectrows import rows_of
from workflows.subjects import group_of
from workflows.times import end_of_day, iso, morning_of


def close(session: Session, job: JobContext) -> dict[str, Any]:
    """Close the hazard and let its obligation go on when it was the last; the check of its effect has its own dates."""
    return close_many(session, [job])[0]


def close_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    now = jobs[0].now
    closed = rows_of(session, Hazard, jobs)
    for hazard in closed:
        hazard.closed_at, hazard.outcome = now, Outcome.CLOSED
        hazard.verified_at = hazard.verified_at or now
        hazard.effective = hazard.effect_checked_at = None
    session.flush()
    tell_obligations_of(session, closed, now=now)
    levels = {HazardLevel(one.level or HazardLevel.GENERAL) for one in closed}
    dates = {level: _dates(session, level, now) for level in levels}
    return [
        {
            **dates[HazardLevel(one.level or HazardLevel.GENERAL)],
            "round": effect_round(one.round),
            "ladder": EFFECT_LADDER,
            "step": 0,
        }
        for one in closed
    ]


def _dates(session: Session, level: HazardLevel, now: datetime) -> dict[str, str]:
    opens = day_after(session, Interval.EFFECT_OPENS, level, now=now)
    due = day_after(session, Interval.EFFECT_DUE, level, now=now)
    return {"effect_opens_at": iso(morning_of(opens)), "due_at": iso(end_of_day(due))}


def record_effect(session: Session, job: JobContext) -> None:
    """What somebody else found weeks later; the enterprise is told."""
    [hazard] = rows_of(session, Hazard, [job])
    hazard.effective, hazard.effect_checked_at = bool(job.variables["effective"]), job.now
    groups = [group_of(role, job.variables) for role in ("safety_officer", "principal")]
    kind = "hazard.effective" if hazard.effective else "hazard.not_effective"
    data = {"title": hazard.title, "reason": job.variables["effect_findings"]}
    notify_all(session, groups, kind=kind, subject=job.business_key, data=data, at=job.now)


def reopen(session: Session, job: JobContext) -> dict[str, Any]:
    """It came back, or was never gone: the closure is taken back, and another round begins with a date of its own."""
    [hazard] = rows_of(session, Hazard, [job])
    level = HazardLevel(hazard.level or HazardLevel.GENERAL)
    due_at = end_of_day(day_after(session, Interval.REOPENED, level, now=job.now))
    hazard.closed_at = hazard.outcome = hazard.fixed_at = hazard.verified_at = None
    hazard.round, hazard.round_kind, hazard.due_at = hazard.round + 1, "reopened", due_at
    session.flush()
    tell_obligations_of(session, [hazard], now=job.now)
    asked = job.variables.get("reopen_reason")
    data = {"title": hazard.title, "reason": asked or job.variables.get("effect_findings") or ""}
    groups = [group_of(role, job.variables) for role in ("safety_officer", "principal", "town_officer")]
    notify_all(session, groups, kind="round.reopened", subject=job.business_key, data=data, at=job.now)
    return {
        "round": hazard.round,
        "round_kind": "reopened",
        "due_at": iso(due_at),
        "ladder": ladder_of(level),
        "step": 0,
        "reopen_reason": None,
    }


def merge(session: Session, job: JobContext) -> None:
    """A duplicate goes with the other one: who reported it is told, and its obligation waits for the other one."""
    [hazard] = rows_of(session, Hazard, [job])
    target: int = job.variables["merged_into"]
    hazard.closed_at, hazard.outcome, hazard.merged_into_id = job.now, Outcome.MERGED, target
    session.flush()
    session.execute(update(Hazard).where(Hazard.merged_into_id == hazard.id).values(merged_into_id=target))
    tell_obligations_of(session, [hazard, session.get_one(Hazard, target)], now=job.now)
    told = {group_of("safety_officer", job.variables), group_of("town_officer", job.variables)}
    told |= {hazard.found_by} if hazard.found_by.startswith("account:") else set()
    data = {"title": hazard.title, "other": target}
    notices = [(group, job.business_key, data) for group in sorted(told)]
    notify_each(session, notices, kind="hazard.merged", at=job.now)
