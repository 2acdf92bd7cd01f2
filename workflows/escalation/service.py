"""Plan a round's ladder and act on its steps; called by the process, never by a page.

One table decides: that of the campaign, read anew at each step, so that a table may change under running rounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from engine.among import among_given
from engine.handlers import JobContext
from workflows.calendar.service import load
from workflows.escalation import paths
from workflows.escalation.climbing import Climb, Done, nothing
from workflows.escalation.models import Escalation
from workflows.escalation.rules import Outcome
from workflows.escalation.tables import table_of
from workflows.notifications.service import notify_each
from workflows.subjects import Subject, group_of
from workflows.times import iso, parse_iso

_TAKEN: Final = select(
    Escalation.subject_kind, Escalation.subject_id, Escalation.round, Escalation.step, Escalation.offset
).where(Escalation.subject_kind == bindparam("kind"), among_given(Escalation.subject_id, "ids"))
Round = tuple[str, int, int]  # kind and id of the subject, number of the round


@dataclass(frozen=True, slots=True)
class Record:
    """A step to be written down for a round."""

    job: JobContext
    climb: Climb
    done: Done


def plan(session: Session, job: JobContext) -> dict[str, Any]:
    """The first step of a round. A subject without a due date has no ladder."""
    return plan_many(session, [job])[0]


def plan_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """The first step of each round, or the next one of a round that goes on."""
    return _climb_all(session, jobs, lambda climb, _job: climb.plan())


def act(session: Session, job: JobContext) -> dict[str, Any]:
    """Take one step: write it down once, tell whom it concerns, name the next."""
    return act_many(session, [job])[0]


def act_many(session: Session, jobs: Sequence[JobContext]) -> list[dict[str, Any]]:
    """Take one step of each."""
    calendar = load(session)
    return _climb_all(session, jobs, lambda climb, job: climb.act(calendar, armed=_armed(climb, job)))


def _armed(climb: Climb, job: JobContext) -> int | None:
    """The step that the timer was set for, if the table is still the one it was set under."""
    same = job.variables.get("ladder_table") == climb.table.hash
    return job.variables["step"] if same else None


def _climb_all(
    session: Session, jobs: Sequence[JobContext], go: Callable[[Climb, JobContext], dict[str, Any]]
) -> list[dict[str, Any]]:
    taken, add = _taken(session, jobs), load(session).add
    records: list[Record] = []
    answers: list[dict[str, Any]] = []
    for job in jobs:
        due_at = parse_iso(job.variables.get("due_at"))
        if due_at is None:
            answers.append(nothing())
            continue
        table = table_of(session, job.group_id)
        climb = Climb(table, job.variables["ladder"], due_at, taken.get(_round(job), {}), job.now, add)
        answers.append(go(climb, job))
        records += [Record(job, climb, done) for done in climb.done]
    _write(session, records)
    return answers


def _round(job: JobContext) -> Round:
    subject = Subject.parse(job.business_key)
    return subject.kind, subject.id, job.variables["round"]


def _taken(session: Session, jobs: Sequence[JobContext]) -> dict[Round, dict[int, int]]:
    """The offset of each step that these rounds took, by its number."""
    subjects: dict[str, set[int]] = {}
    for kind, number, _ in map(_round, jobs):
        subjects.setdefault(kind, set()).add(number)
    found: dict[Round, dict[int, int]] = {}
    for kind, ids in subjects.items():
        for k, i, r, step, offset in session.execute(_TAKEN, {"kind": kind, "ids": list(ids)}):
            found.setdefault((k, i, r), {})[step] = offset
    return found


def _write(session: Session, records: Sequence[Record]) -> None:
    """Write each step down, and send those that are not superseded."""
    if not records:
        return
    session.connection().execute(insert(Escalation), [_row(one) for one in records])
    after = [one for one in records if one.done.outcome is Outcome.SENT and one.done.step.offset > 0]
    climbed = [paths.Taken(*_round(one.job)[:2], one.done.step.action) for one in after]
    paths.lengthen(session, climbed, at=records[0].job.now)
    sent: dict[str, list[tuple[str, str, dict[str, Any]]]] = {}
    for one in records:
        if one.done.outcome is Outcome.SENT:
            values, step = one.job.variables, one.done.step
            data = {"title": values["title"], "due_at": iso(one.climb.due_at), "offset": step.offset}
            notice = group_of(step.recipient, values), one.job.business_key, data
            sent.setdefault(step.action, []).append(notice)
    for action, notices in sent.items():
        notify_each(session, notices, kind=f"ladder.{action}", at=records[0].job.now)


def _row(one: Record) -> dict[str, Any]:
    values, step = one.job.variables, one.done.step
    kind, number, in_round = _round(one.job)
    return {
        "campaign_id": one.job.group_id,
        "subject_kind": kind,
        "subject_id": number,
        "enterprise_id": values["enterprise_id"],
        "town_id": values["town_id"],
        "department_id": values["department_id"],
        "round": in_round,
        "step": step.number,
        "action": step.action,
        "offset": step.offset,
        "candidate_group": group_of(step.recipient, values),
        "acted_at": one.job.now,
        "outcome": one.done.outcome,
        "planned_at": one.done.planned_at,
    }
