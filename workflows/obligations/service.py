"""What the obligation process asks of the domain: notice, hazards, rounds, sampling, closing."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine.among import among_given
from engine.handlers import JobContext
from workflows.calendar.service import load
from workflows.escalation.models import Escalation
from workflows.hazards import service as hazards
from workflows.hazards.models import Hazard
from workflows.hazards.rules import Source
from workflows.notifications.service import notify_each
from workflows.obligations.models import Obligation
from workflows.obligations.rules import (
    Outcome,
    RoundKind,
    draw_number,
    draw_reason,
    is_late,
    round_due,
)
from workflows.subjectrows import rows_of
from workflows.subjects import Subject, SubjectKind, group_of
from workflows.times import iso, parse_iso

_DATES: Final = select(Obligation.id, Obligation.due_at, Obligation.submitted_at).where(
    among_given(Obligation.id, "ids")
)
_STEPPED: Final = select(Escalation.subject_id).where(
    Escalation.subject_kind == SubjectKind.OBLIGATION,
    among_given(Escalation.subject_id, "ids"),
    Escalation.offset > 0,
)


def notify_enterprise(_session: Session, job: JobContext) -> dict[str, Any]:
    """Remember when the obligation reached the enterprise; the dispatch sends one notice for all of them."""
    return {"notified_at": iso(job.now)}


def open_hazards(session: Session, job: JobContext) -> dict[str, Any]:
    """Open one hazard for each defect that the self-check named.

    A form that comes back brings its defects along when it is sent again: what is still open is not opened twice.
    """
    return open_hazards_of_many(session, [job])[0]


def open_hazards_of_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    pairs = list(zip(jobs, rows_of(session, Obligation, jobs), strict=True))
    still_open = hazards.open_ids(session, [obligation.id for _, obligation in pairs])
    found = [
        _finding(obligation, defect, job)
        for job, obligation in pairs
        for defect in job.variables["defects"]
        if _registered(job).get((defect["title"], defect["place"])) not in still_open[obligation.id]
    ]
    opened: dict[int, list[Hazard]] = {obligation.id: [] for _, obligation in pairs}
    for hazard in hazards.open_many(session, found, now=jobs[0].now):
        opened[hazard.obligation_id or 0].append(hazard)
    return [_opened(job, opened[one.id], already=len(still_open[one.id])) for job, one in pairs]


def _registered(job: JobContext) -> dict[tuple[str, str], int]:
    """The hazards of defects that were sent in before, by title and place."""
    return {(title, place): number for title, place, number in job.variables.get("registered_defects", [])}


def _opened(job: JobContext, opened: Sequence[Hazard], *, already: int) -> dict[str, Any]:
    registered = _registered(job) | {(one.title, one.place): one.id for one in opened}
    return {
        "open_hazards": already + len(opened),
        "registered_defects": [[title, place, number] for (title, place), number in registered.items()],
        "defects": [],
    }


def _finding(obligation: Obligation, defect: Mapping[str, str], job: JobContext) -> hazards.Finding:
    return hazards.Finding(
        enterprise_id=obligation.enterprise_id, campaign_id=obligation.campaign_id,
        obligation_id=obligation.id, title=defect["title"], place=defect["place"],
        description=defect.get("description", ""), found_by=job.variables["actor"],
        source=Source.SELF_CHECK,
    )  # fmt: skip


def next_round(session: Session, job: JobContext) -> dict[str, Any]:
    """Begin another round: count it, set its due date, tell the enterprise why."""
    return next_rounds(session, [job])[0]


def next_rounds(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    add = cache(load(session).add)
    answers = []
    notices: dict[RoundKind, list[tuple[str, str, dict[str, Any]]]] = {}
    for job, obligation in zip(jobs, rows_of(session, Obligation, jobs), strict=True):
        kind = RoundKind(job.properties["kind"])
        answers.append(_begun(obligation, kind, job, add))
        data = {"title": obligation.title, "kind": kind.value, "reason": _reason(kind, job)}
        notice = group_of("safety_officer", job.variables), job.business_key, data
        notices.setdefault(kind, []).append(notice)
    for kind, told in notices.items():
        notify_each(session, told, kind=f"round.{kind}", at=jobs[0].now)
    return answers


def _begun(
    obligation: Obligation, kind: RoundKind, job: JobContext, add: Callable[[date, int], date]
) -> dict[str, Any]:
    late = is_late(obligation.due_at, submitted_at=obligation.submitted_at, now=job.now)
    due_at = parse_iso(job.variables.get("due_at"))
    obligation.due_at = round_due(kind, due_at=due_at, now=job.now, add_workdays=add)
    obligation.round += 1
    obligation.round_kind = kind.value
    obligation.submitted_at = None
    return {
        "round": obligation.round,
        "round_kind": kind.value,
        "step": 0,
        "due_at": iso(obligation.due_at) if obligation.due_at else None,
        "was_overdue": late or job.variables.get("was_overdue", False),
    }


def withdraw(session: Session, job: JobContext) -> dict[str, Any]:
    """The enterprise goes on with what it had submitted: the same round, the same due date, the same ladder.

    Steps that were taken stay recorded under the round and are not taken again.
    """
    obligation = session.get_one(Obligation, Subject.parse(job.business_key).id)
    obligation.submitted_at = None
    return {"step": 0}


def _reason(kind: RoundKind, job: JobContext) -> str:
    field = {RoundKind.RETURN: "reason", RoundKind.SITE_FAILED: "findings"}.get(kind)
    return str(job.variables.get(field) or "") if field else ""


def notify_enterprises(_session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    return [{"notified_at": iso(job.now)} for job in jobs]


def draw_sample(session: Session, job: JobContext) -> dict[str, Any]:
    """Decide whether somebody goes and looks."""
    return draw_samples(session, [job])[0]


def draw_samples(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The same for many."""
    overdue = _were_overdue(session, jobs)
    return [_drawn(job, overdue) for job in jobs]


def _drawn(job: JobContext, overdue: Container[int]) -> dict[str, Any]:
    subject = Subject.parse(job.business_key)
    was_overdue = job.variables.get("was_overdue", False) or subject.id in overdue
    risk_is_major = bool(job.variables["risk_major"])
    seed = f"{job.group_id}/{subject}"
    reason = draw_reason(seed=seed, risk_is_major=risk_is_major, was_overdue=was_overdue)
    drawn = {"draw_reason": reason.value, "draw_seed": seed, "draw_number": draw_number(seed)}
    return {"sampled": reason.sampled, **drawn}


def _were_overdue(session: Session, jobs: Sequence[JobContext]) -> set[int]:
    """Submitted after their date, or a step after a date was taken in any round: an extension may have moved it."""
    ids = [Subject.parse(job.business_key).id for job in jobs]
    dates = session.execute(_DATES, {"ids": ids})
    late = {one for one, due_at, sent_at in dates if is_late(due_at, submitted_at=sent_at, now=jobs[0].now)}
    return late | set(session.scalars(_STEPPED, {"ids": ids}))


def close(session: Session, job: JobContext) -> None:
    """Write down the end."""
    close_many(session, [job])


def close_many(session: Session, jobs: Sequence[JobContext]) -> list[None]:
    """The same for many: one update, one notice for each."""
    ends = [
        {"id": Subject.parse(job.business_key).id, "outcome": _outcome(job), "closed_at": job.now}
        for job in jobs
    ]
    session.execute(update(Obligation), ends)
    notices = [
        (group_of("safety_officer", job.variables), job.business_key, {"title": job.variables["title"]})
        for job in jobs
    ]
    notify_each(session, notices, kind="obligation.closed", at=jobs[0].now)
    return [None] * len(jobs)


def _outcome(job: JobContext) -> Outcome:
    result = job.variables["result"]
    return Outcome.DEFECTS_FIXED if result == "defects" else Outcome(result)
